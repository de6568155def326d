"""The simulated site as a whole: its miners by group, and the true power and energy of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from controller.simulator import makes
from controller.simulator.group_settings import GroupSettings
from controller.simulator.miner import SimulatedMiner
from controller.simulator.seat import Seat
from controller.simulator.settings import SimulationSettings


class Reading(NamedTuple):
    """True power and energy of one moment."""

    power_w: float
    energy_wh: float
    """Since the start of the simulation."""


@dataclass
class Load:
    """What a meter measures: miners, and a constant load beside them."""

    miners: list[SimulatedMiner]
    constant_w: float = 0.0
    since: datetime | None = None
    capacity_w: float = field(init=False)
    """The most that it can draw, for the meter's range."""

    def __post_init__(self) -> None:
        highest = sum(miner.highest_w for miner in self.miners)
        self.capacity_w = max(1.0, highest * 1.1 + self.constant_w)

    def power_w(self, at: datetime) -> float:
        return self.constant_w + sum(miner.physics.power_w(at) for miner in self.miners)

    def energy_wh(self, at: datetime) -> float:
        """Since the start of the simulation."""
        hours = (at - (self.since or at)).total_seconds() / 3600
        return self.constant_w * hours + sum(miner.energy_wh(at) for miner in self.miners)

    async def measured(self, at: datetime) -> Reading:
        return Reading(self.power_w(at), self.energy_wh(at))


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
    dynamics = settings.physics_of(group).dynamics()
    seats = (Seat(group, place, settings.seed, dynamics, at) for place in group.places())
    return [makes.build(seat) for seat in seats]
