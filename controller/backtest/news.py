"""What becomes known in a back-test, when, and in which order: nothing before it was published."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from heapq import merge
from typing import Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from controller.backtest.series import Series, Steps
from controller.model.samples import HashpriceSample, PriceSample, Sample

KnownAt: TypeAlias = Literal["start", "end"]
"""When the price of an interval is published: as it begins, or as it ends."""

HASHPRICE, PRICE, DAY_AHEAD = "hashprice", "price", "day-ahead"
"""The feeds of a back-test."""


class News(NamedTuple):
    """A sample, and the moment from which on it is known."""

    at: datetime
    feed: str
    sample: Sample


def prices(series: Series, known_at: KnownAt) -> Iterator[News]:
    """Each price at the moment at which it was published."""
    for index, value in enumerate(series.values):
        start = series.time(index)
        end = start + series.step
        at = start if known_at == "start" else end
        sample = PriceSample(start=start, end=end, price_per_mwh=_text(value), published_at=at)
        yield News(at, PRICE, sample)


def hashprices(steps: Steps, start: datetime) -> Iterator[News]:
    """Each from its own stamp on; the one that holds at `start`, then."""
    first = max(0, bisect_right(steps.times, start) - 1)
    for at, value in zip(steps.times[first:], steps.values[first:], strict=True):
        sample = HashpriceSample(at=at, per_ph_day=_text(value))
        yield News(max(at, start), HASHPRICE, sample)


def day_aheads(series: Series, gate: time, zone: ZoneInfo, start: datetime) -> Iterator[News]:
    """Each price of the day ahead from the gate of the day before on, by local clocks; those that
    were known at `start`, then."""
    first = max(0, series.index(start))
    for index in range(first, len(series)):
        begins = series.time(index)
        before = begins.astimezone(zone).date() - timedelta(days=1)
        at = max(datetime.combine(before, gate, zone).astimezone(UTC), start)
        sample = PriceSample(
            start=begins,
            end=begins + series.step,
            price_per_mwh=_text(series.values[index]),
            published_at=at,
            day_ahead=True,
        )
        yield News(at, DAY_AHEAD, sample)


def in_order(*sources: Iterator[News]) -> Iterator[News]:
    """All of them by time; of one moment, in the order of the sources."""
    return merge(*sources, key=lambda one: one.at)


def _text(value: float) -> str:
    return format(value, "f") if abs(value) < 1e-4 else repr(value)
