"""What a way to run the site came to, day by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(slots=True)
class Day:
    """Sums of a day."""

    profit: float = 0.0
    """Hash revenue net of the pool's fee, less energy at the full price, less wear of starts."""
    energy_mwh: float = 0.0
    curtailed_mwh: float = 0.0
    """What always on would have drawn more."""
    hours: float = 0.0
    """For how long the mean miner ran."""
    starts: float = 0.0
    """How often the mean miner was started."""

    def add(self, other: Day) -> None:
        self.profit += other.profit
        self.energy_mwh += other.energy_mwh
        self.curtailed_mwh += other.curtailed_mwh
        self.hours += other.hours
        self.starts += other.starts


@dataclass(frozen=True, slots=True)
class Account:
    """One way to run the site over the judged history."""

    name: str
    """`curtaild`, `always_on`, `off`, `strike`, `tuned_strike`, `perfect`."""
    days: Mapping[date, Day]
    """By local day of the site, all of them, in order."""


def total(days: Iterable[Day]) -> Day:
    """The sum of some days."""
    found = Day()
    for day in days:
        found.add(day)
    return found
