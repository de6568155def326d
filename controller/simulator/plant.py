"""The simulated site as a whole: its miners by group, and the true power and energy of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from controller.simulator.catalog import load_model
from controller.simulator.documented import new_atm
from controller.simulator.energy import EnergyAccount
from controller.simulator.miner import SimulatedMiner
from controller.simulator.physics import MinerPhysics
from controller.simulator.session import SessionDesk
from controller.simulator.settings import GroupSettings, SimulationSettings

# As if it had booted long ago: averages over hours are those of its profile.
_UPTIME = timedelta(days=2)


@dataclass
class Load:
    """What a meter measures: miners, and a constant load beside them."""

    miners: list[SimulatedMiner]
    constant_w: float = 0.0
    since: datetime | None = None
    capacity_w: float = field(init=False)
    """The most that it can draw, for the meter's range."""

    def __post_init__(self) -> None:
        highest = sum(_highest_w(miner) for miner in self.miners)
        self.capacity_w = max(1.0, highest * 1.1 + self.constant_w)

    def power_w(self, at: datetime) -> float:
        return self.constant_w + sum(miner.physics.power_w(at) for miner in self.miners)

    def energy_wh(self, at: datetime) -> float:
        """Since the start of the simulation."""
        hours = (at - (self.since or at)).total_seconds() / 3600
        return self.constant_w * hours + sum(miner.energy_wh(at) for miner in self.miners)


def _highest_w(miner: SimulatedMiner) -> float:
    return max(miner.model.level(name, miner.draw_ratio).power_w for name in miner.profiles)


@dataclass
class Plant:
    """Groups and site; `site` includes the house load."""

    groups: dict[str, Load]
    site: Load

    @classmethod
    def build(cls, settings: SimulationSettings, at: datetime) -> Plant:
        """A farm at full steam at `at`."""
        groups = {group.id: Load(_miners(settings, group, at)) for group in settings.groups}
        every = [miner for load in groups.values() for miner in load.miners]
        return cls(groups, Load(every, settings.house_load_kw * 1000, at))

    def miners(self) -> Iterable[SimulatedMiner]:
        return self.site.miners


def _miners(
    settings: SimulationSettings, group: GroupSettings, at: datetime
) -> list[SimulatedMiner]:
    return [_miner(settings, group, address, at) for address in group.addresses()]


def _miner(
    settings: SimulationSettings, group: GroupSettings, address: str, at: datetime
) -> SimulatedMiner:
    model = load_model(group.model)
    key = f"{settings.seed}/{address}"
    level = model.level(group.profile, group.draw_ratio)
    physics = MinerPhysics.running(key, level, at, settings.physics.dynamics())
    return SimulatedMiner(
        address=address,
        group=group.id,
        model=model,
        profiles=group.offered(),
        draw_ratio=group.draw_ratio,
        account=EnergyAccount(physics, at),
        booted_at=at - _UPTIME,
        session=SessionDesk(key),
        atm=new_atm(enabled=bool(model.recorded["config"]["CONFIG"][0]["IsAtmEnabled"])),
    )
