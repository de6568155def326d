"""What a back-test is told of the past: prices, day-ahead prices and the hashprice, from files."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

from controller.backtest.history import HistoryError, Layout, read_series, read_steps
from controller.backtest.news import KnownAt
from controller.backtest.series import Series, Steps

GATE = time(13, 30)
"""When ERCOT has published the prices of the day ahead."""
OLD = timedelta(days=2)
"""A hashprice that is held for longer is told of."""


@dataclass(frozen=True)
class Source:
    """Files of one kind, and how they are laid out."""

    paths: Sequence[Path]
    layout: Layout


@dataclass(frozen=True)
class Sources:
    """Everything that is read."""

    prices: Source
    known_at: KnownAt
    hashprice: Source | float
    """Files, or one that holds throughout."""
    day_ahead: Source | None = None
    gate: time = GATE
    """When day-ahead prices are published, the day before, by the site's clocks."""


@dataclass(frozen=True)
class History:
    """What is known of the past. Prices are the market's."""

    prices: Series
    hashprice: Steps
    known_at: KnownAt
    first: int
    """The first judged interval of `prices`; those before it are only heard."""
    stop: int
    """The one after the last."""
    day_ahead: Series | None = None
    gate: time = GATE
    sentences: tuple[str, ...] = field(default=())
    """What was filled or dropped when it was read."""

    @property
    def judged(self) -> Series:
        return self.prices.part(self.first, self.stop)


def read(sources: Sources, since: datetime | None, until: datetime | None) -> History:
    """The history to be judged from `since` to `until`, in aware times; all of it without them.

    Raises:
        HistoryError: a file cannot be used, or does not reach.
    """
    prices, told = read_series(sources.prices.paths, sources.prices.layout)
    hashprice, also = _hashprice(sources.hashprice, prices)
    day_ahead = None
    if sources.day_ahead is not None:
        day_ahead, more = read_series(sources.day_ahead.paths, sources.day_ahead.layout)
        also = (*also, *more)
    first = _place(prices, since or prices.start, "--from")
    stop = _place(prices, until or prices.end, "--to")
    if first >= stop:
        raise HistoryError("--from is not before --to: there is nothing to judge")
    sentences = (*told, *also, *_held_long(hashprice, prices.end))
    return History(
        prices, hashprice, sources.known_at, first, stop, day_ahead, sources.gate, sentences
    )


def _hashprice(source: Source | float, prices: Series) -> tuple[Steps, tuple[str, ...]]:
    if isinstance(source, float):
        told = f"The hashprice is {source:g} per PH/s and day throughout, as configured."
        return Steps((prices.start,), array("d", [source])), (told,)
    steps, told_of = read_steps(source.paths, source.layout)
    if steps.at(prices.start) is None:
        raise HistoryError(
            f"the hashprice begins at {_stamp(steps.times[0])} and the prices at "
            f"{_stamp(prices.start)}: give an earlier hashprice, or prices from there on"
        )
    return steps, told_of


def _place(prices: Series, at: datetime, option: str) -> int:
    index, rest = divmod(at - prices.start, prices.step)
    if rest or not 0 <= index <= len(prices):
        raise HistoryError(
            f"{option} {at.isoformat()} is no border of an interval of the prices, which go from "
            f"{_stamp(prices.start)} to {_stamp(prices.end)} by {prices.minutes} minutes"
        )
    return index


def _held_long(hashprice: Steps, end: datetime) -> Iterator[str]:
    for before, after in pairwise((*hashprice.times, end)):
        if len(hashprice.times) > 1 and after - before > OLD and before < end:
            yield f"The hashprice of {_stamp(before)} is held up to {_stamp(min(after, end))}."


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
