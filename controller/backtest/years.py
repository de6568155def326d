"""The calendar years of a history, and those that a year may learn from."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from controller.backtest.yardsticks.machine import Market

STORM = (date(2021, 2, 13), date(2021, 2, 20))
"""Winter storm Uri in Texas, both days included: a week that outweighs the rest of its year."""
LEAST_DAYS = 30
"""Less than this of a year says nothing about another."""


class Year(NamedTuple):
    """The intervals of a calendar year, as far as they are known."""

    number: int
    first: int
    stop: int


def years(days: Sequence[date], first: int, stop: int) -> list[Year]:
    """Those between two intervals; `days` has the local day of each interval."""
    turns = [index for index in range(first, stop) if index == first or _turns(days, index)]
    return [Year(days[a].year, a, b) for a, b in pairwise([*turns, stop])]


def _turns(days: Sequence[date], index: int) -> bool:
    return days[index].year != days[index - 1].year


def part(market: Market, first: int, stop: int) -> Market:
    """A market from one interval to just before another."""
    columns = (market.price, market.seen, market.per_ths_h)
    return Market(market.hours, *(column[first:stop] for column in columns))


def others(market: Market, days: Sequence[date], year: int) -> Iterator[Market]:
    """The market of every other year with enough days, without the days of the storm."""
    for other in years(days, 0, len(days)):
        mine = days[other.first : other.stop]
        if other.number != year and len(set(mine)) >= LEAST_DAYS:
            yield _calm(part(market, other.first, other.stop), mine)


def _calm(market: Market, days: Sequence[date]) -> Market:
    kept = [not STORM[0] <= day <= STORM[1] for day in days]
    if all(kept):
        return market
    columns = (market.price, market.seen, market.per_ths_h)
    return Market(market.hours, *(_where(column, kept) for column in columns))


def _where(column: array[float], kept: Sequence[bool]) -> array[float]:
    return array("d", (one for one, keep in zip(column, kept, strict=True) if keep))
