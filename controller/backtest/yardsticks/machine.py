"""One kind of miner, what it is paid, and what a start costs it."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import NamedTuple

WATTS_A_MW = 1_000_000
NO_TIME_H = 1e-9
"""Less of an interval than this is what a division left over."""


class Rung(NamedTuple):
    """One way to run. The first of a machine is off, with its standby watts."""

    name: str
    power_w: float
    hashrate_ths: float


@dataclass(frozen=True, slots=True)
class Start:
    """What each start from off costs. A change between two rungs that run costs nothing."""

    lost_h: float
    """Hours of power without hash."""
    wear_per_mw: float
    """Currency per MW of the rung started, above standby."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Miners that are all alike and do the same."""

    rungs: tuple[Rung, ...]
    """By rising power, at most 256: a path keeps one in a byte."""
    count: int
    start: Start
    minimum_on: int = 1
    """Intervals. A machine that was started runs for so many before it may stop."""
    minimum_off: int = 1
    """Intervals. One that was stopped stands for so many before it may start."""

    def __post_init__(self) -> None:
        assert 2 <= len(self.rungs) <= 256
        assert all(low.power_w < high.power_w for low, high in pairwise(self.rungs))
        assert self.rungs[0].hashrate_ths == 0 < max(one.hashrate_ths for one in self.rungs)

    @property
    def top(self) -> int:
        return len(self.rungs) - 1

    @property
    def power_mw(self) -> list[float]:
        """Of one miner, by rung."""
        return [one.power_w / WATTS_A_MW for one in self.rungs]

    @property
    def hashrate_ths(self) -> list[float]:
        """Of one miner, by rung."""
        return [one.hashrate_ths for one in self.rungs]

    @property
    def wear(self) -> list[float]:
        """Of one miner, by the rung it is started at."""
        standby_mw, *_ = self.power_mw
        return [self.start.wear_per_mw * (one - standby_mw) for one in self.power_mw]

    def lost_h(self, hours: float) -> tuple[float, ...]:
        """How much of the first, second … interval after a start is without hash."""
        found: list[float] = []
        left_h = self.start.lost_h
        while left_h > NO_TIME_H:
            found.append(min(hours, left_h))
            left_h -= hours
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Market:
    """What a machine is paid and pays: one number for each interval."""

    hours: float
    """How long each interval is."""
    price: array[float]
    """The full price at the machine, currency per MWh: what is settled."""
    seen: array[float]
    """The full price that was known when the interval began; nan where none was."""
    per_ths_h: array[float]
    """What hash earns net of the pool's fee, currency per TH/s and hour."""

    def __post_init__(self) -> None:
        assert self.hours > 0
        assert len(self.price) == len(self.seen) == len(self.per_ths_h)
        assert all(map(isfinite, self.price))
        assert all(map(isfinite, self.per_ths_h))
        assert min(self.per_ths_h, default=0) >= 0

    def __len__(self) -> int:
        return len(self.price)
