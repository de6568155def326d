"""What is known of the miners of a site: declared, simulated, met before, or on their plate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from controller.backtest.machines import Machines
from controller.config.backtest import BacktestGroup
from controller.config.compose import Settings
from controller.errors import PermanentError
from controller.fleet.antminer.settings import StockMiners
from controller.fleet.curves import offered
from controller.fleet.inventory import Inventory
from controller.model.fleet import OFF, Curve, Level
from controller.simulator.group_settings import STOCK_PHYSICS, GroupSettings
from controller.simulator.luxos.catalog import load_model
from controller.simulator.physics import Dynamics

INVENTORY = "inventory.json"
BLOCKS = 10


def machines_of(settings: Settings) -> tuple[list[Machines], list[str]]:
    """The miners of every group, and a sentence on each where it is known from.

    Raises:
        PermanentError: nothing is known of the miners of a group.
    """
    known = Known(settings)
    found, sentences = [], []
    for name in settings.groups:
        mine, sentence = known.group(name)
        found += mine
        sentences.append(sentence)
    return found, sentences


class Known:
    """The ways in which miners of a group can be known, tried in order."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        declared = settings.backtest
        self._declared = declared.groups if declared else {}
        simulation = settings.simulation
        self._simulated = {one.id: one for one in simulation.groups} if simulation else {}

    def group(self, name: str) -> tuple[list[Machines], str]:
        """The miners of a group, and in words where that is known from."""
        if name in self._declared:
            return [self._as_declared(name, self._declared[name])], _words(name, "as declared")
        if (simulated := self._simulated.get(name)) and simulated.make == "luxos":
            return [self._as_simulated(name, simulated)], _words(name, "as simulated")
        if met := self._as_met(name):
            return met, _words(name, "as the inventory knows them")
        miners = self._settings.groups[name].miners
        if isinstance(miners, StockMiners) and miners.nameplate_ths is not None:
            return [self._as_on_the_plate(name, miners)], _words(name, "by their plate")
        raise PermanentError(
            f"groups.{name}: nothing is known of how its miners run. Declare it under "
            f"backtest.groups.{name}: the levels, each with name, power_w and hashrate_ths."
        )

    def _as_declared(self, name: str, group: BacktestGroup) -> Machines:
        levels = (
            Level(name=one.name, power_w=one.power_w, hashrate_ths=one.hashrate_ths)
            for one in group.levels
        )
        count = group.miners or self._count(name)
        rise_s = min(group.rise_s, self._start_s(group.start_s))
        dynamics = Dynamics(
            stop_s=group.stop_s,
            start_s=self._start_s(group.start_s),
            rise_s=rise_s,
            change_s=group.change_s,
        )
        curve = self._curve(levels)
        return Machines(name, curve, dynamics, count, min(group.blocks, count))

    def _as_simulated(self, name: str, group: GroupSettings) -> Machines:
        model = load_model(group.model_name())
        allowed = self._settings.groups[name].miners.levels or (group.profile,)
        levels = (
            Level(name=row["Profile Name"], power_w=row["Watts"], hashrate_ths=_ths(row))
            for row in (model.profiles[one] for one in group.offered() if one in allowed)
        )
        simulation = self._settings.simulation
        assert simulation is not None
        dynamics = simulation.physics_of(group).dynamics()
        curve = self._curve(levels)
        return Machines(name, curve, dynamics, group.miners, min(BLOCKS, group.miners))

    def _as_met(self, name: str) -> list[Machines]:
        """By curve, those of a group that were identified once."""
        miners = self._settings.groups[name].miners
        inventory = Inventory(self._settings.state_dir / INVENTORY)
        curves: Counter[Curve] = Counter()
        for miner in miners.miners():
            if (known := inventory.get(miner)) is None:
                return []
            identity, full = known
            curves[offered(full, identity, miners.levels)] += 1
        dynamics = self._dynamics(name)
        return [
            Machines(name, curve, dynamics, count, min(BLOCKS, count))
            for curve, count in curves.items()
        ]

    def _as_on_the_plate(self, name: str, miners: StockMiners) -> Machines:
        ths = miners.nameplate_ths or Decimal(0)
        level = Level(name="on", power_w=miners.nameplate_w, hashrate_ths=ths)
        count = self._count(name)
        curve = self._curve([level])
        return Machines(name, curve, self._dynamics(name), count, min(BLOCKS, count))

    def _dynamics(self, name: str) -> Dynamics:
        """As the firmware is known to move, and hashing when the economics say so."""
        stock = isinstance(self._settings.groups[name].miners, StockMiners)
        usual = STOCK_PHYSICS.dynamics() if stock else Dynamics()
        lost_s = float(self._settings.economics.start_lost_s) or usual.start_s
        return replace(usual, start_s=lost_s, rise_s=min(usual.rise_s, lost_s))

    def _curve(self, levels: Iterable[Level]) -> Curve:
        standby_w = self._settings.fleet.standby_w
        off = Level(name=OFF, power_w=standby_w, hashrate_ths=Decimal(0))
        return Curve(levels=(off, *levels))

    def _count(self, name: str) -> int:
        return len(self._settings.groups[name].miners.miners())

    def _start_s(self, declared: float | None) -> float:
        lost_s = float(self._settings.economics.start_lost_s)
        return (lost_s or Dynamics().start_s) if declared is None else declared


def _ths(row: dict[str, object]) -> Decimal:
    return Decimal(str(row["Hashrate"]))


def _words(name: str, how: str) -> str:
    return f"The miners of {name} run {how}."


def described(machines: Iterable[Machines]) -> Iterator[str]:
    """A sentence on each kind of miners: how many, between which levels, how they move."""
    for one in machines:
        top = one.curve.top
        joules = top.power_w / float(top.hashrate_ths)
        yield (
            f"{one.group}: {one.count} miners in {one.blocks} blocks, levels: "
            f"{len(one.curve.levels) - 1}, up to {top.power_w} W and {top.hashrate_ths} TH/s "
            f"({joules:.1f} J/TH); a start hashes after {one.dynamics.start_s:g} s."
        )
