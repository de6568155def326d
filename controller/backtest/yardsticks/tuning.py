"""The strike price with hysteresis and hold that would have been good in other years.

A year has some hundreds of starts, and a few spikes decide which parameters were its very best:
these do worse in the next year than ones that were good all around. So each year is tried with hash
that earns a little more and less too, which moves its prices to other places about the break-even,
and a point of the grid is judged together with its neighbours. On four ERCOT hubs, with prices of
15 minutes before, that earned more in the year left out than the very best of the others did; a
finer grid about the best points did not.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import product
from statistics import fmean

from controller.backtest.yardsticks.cycles import cycles
from controller.backtest.yardsticks.fixed import always_on
from controller.backtest.yardsticks.machine import Machine, Market
from controller.backtest.yardsticks.perfect import perfect
from controller.backtest.yardsticks.settlement import settle
from controller.backtest.yardsticks.share import share
from controller.backtest.yardsticks.strike import AT_BREAK_EVEN, Parameters

REVENUES = (0.8, 0.9, 1.0, 1.1, 1.25)
"""Parts of what hash earned."""
K_OFF = (*(n / 10 for n in range(9, 26)), 2.75, 3.0)
K_ON = tuple(n / 20 for n in range(10, 23))
HOLD = (1, 2, 3, 4)
Place = tuple[int, int, int]
GRID: Mapping[Place, Parameters] = {
    (i, j, hold): Parameters(k_off, k_on, hold)
    for (i, k_off), (j, k_on), hold in product(enumerate(K_OFF), enumerate(K_ON), HOLD)
    if k_on <= k_off
}


def tune(machine: Machine, markets: Iterable[Market]) -> Parameters:
    """Those with the greatest sum of shares of the perfect gain over always on, as said above.

    Where nothing can be gained nothing is learnt. In the years themselves, with the hash as it was
    and some more and less, they earn no less than the break-even does; that is what is returned
    where there is nothing better.
    """
    sums = dict.fromkeys(GRID, 0.0)
    at_break_even = next(place for place, by in GRID.items() if by == AT_BREAK_EVEN)
    for market, part in product(markets, REVENUES):
        for place, found in _shares(machine, _earning(market, part)).items():
            sums[place] += found
    best = max(GRID, key=lambda place: _all_around(place, sums))
    return GRID[max(at_break_even, best, key=sums.__getitem__)]


def _earning(market: Market, part: float) -> Market:
    return replace(market, per_ths_h=array("d", (one * part for one in market.per_ths_h)))


def _shares(machine: Machine, market: Market) -> dict[Place, float]:
    """What each point of the grid would have gained; nothing where there is nothing to gain."""
    ready = cycles(machine, market)
    on = settle(machine, market, always_on(machine, market)).total
    most = settle(machine, market, perfect(machine, market)).total
    shares = ((place, share(ready.profit(by), on, most)) for place, by in GRID.items())
    return {place: one for place, one in shares if one is not None}


def _all_around(place: Place, sums: Mapping[Place, float]) -> float:
    """The mean of a point and those next to it."""
    i, j, hold = place
    near = product((i - 1, i, i + 1), (j - 1, j, j + 1), (hold,))
    return fmean(sums[one] for one in near if one in sums)
