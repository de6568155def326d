"""What each of two meters counted, by interval.

Energy is added up and never shared out: where a shorter interval is missing, nothing is said of
the longer one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from controller.model.books import Interval
from controller.model.revenue_meter import RevenueReading


class Energy(NamedTuple):
    wh: Decimal
    estimated: bool


Side: TypeAlias = Mapping[datetime, Energy]
"""By the start of each interval."""


def live(intervals: Iterable[Interval], minutes: int) -> Side:
    """Our books, as our own meter has them, where their intervals have this length."""
    side: dict[datetime, Energy] = {}
    for one in intervals:
        if length(one) != minutes:
            continue
        if one.energy_wh is not None:
            side[one.start] = Energy(one.energy_wh, estimated=False)
        elif one.energy_estimated_wh is not None:
            side[one.start] = Energy(one.energy_estimated_wh, estimated=True)
    return side


def length(interval: Interval) -> int:
    """In minutes."""
    return (interval.end - interval.start) // timedelta(minutes=1)


def billed(readings: Iterable[RevenueReading], minutes: int) -> Side:
    """The revenue meter, where its intervals have this length."""
    return {
        one.start: Energy(one.energy_wh, one.estimated)
        for one in readings
        if one.minutes == minutes
    }


def summed(side: Side, start: datetime, *, minutes: int, step: int) -> Energy | None:
    """Of `minutes` from `start` on, in intervals of `step`; None where one is missing."""
    starts = [start + timedelta(minutes=passed) for passed in range(0, minutes, step)]
    found = [side[at] for at in starts if at in side]
    if len(found) < len(starts):
        return None
    total_wh = sum((one.wh for one in found), Decimal(0))
    return Energy(total_wh, estimated=any(one.estimated for one in found))
