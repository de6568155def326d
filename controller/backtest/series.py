"""Numbers over time: of equal intervals in a row, and such that hold until the next."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Series:
    """One number for each interval, in a row and without a gap. Times are aware UTC."""

    start: datetime
    """Of the first interval."""
    minutes: int
    """How long each is."""
    values: array[float]

    def __len__(self) -> int:
        return len(self.values)

    @property
    def step(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    @property
    def end(self) -> datetime:
        """Of the last interval."""
        return self.start + self.step * len(self.values)

    def time(self, index: int) -> datetime:
        """When an interval starts."""
        return self.start + self.step * index

    def index(self, at: datetime) -> int:
        """The interval that `at` lies in; it may lie outside of the series."""
        return (at - self.start) // self.step

    def part(self, first: int, stop: int) -> Series:
        """The intervals from `first` to just before `stop`."""
        return Series(self.time(first), self.minutes, self.values[first:stop])


@dataclass(frozen=True, slots=True)
class Steps:
    """Numbers that each hold from their moment on until the next, such as a daily hashprice."""

    times: tuple[datetime, ...]
    """Rising, aware UTC."""
    values: array[float]

    def at(self, at: datetime) -> float | None:
        """The number that holds at `at`; None before the first."""
        index = bisect_right(self.times, at) - 1
        return self.values[index] if index >= 0 else None
