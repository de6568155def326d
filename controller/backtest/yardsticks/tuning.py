"""The strike price with hysteresis and hold that was the best one in other years."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from controller.backtest.yardsticks.cycles import cycles
from controller.backtest.yardsticks.fixed import always_on
from controller.backtest.yardsticks.machine import Machine, Market
from controller.backtest.yardsticks.perfect import perfect
from controller.backtest.yardsticks.settlement import settle
from controller.backtest.yardsticks.share import share
from controller.backtest.yardsticks.strike import AT_BREAK_EVEN, Parameters

K_OFF = (*(n / 10 for n in range(9, 26)), 2.75, 3.0)
K_ON = tuple(n / 20 for n in range(10, 23))
HOLD = (1, 2, 3, 4)
GRID = tuple(Parameters(*each) for each in product(K_OFF, K_ON, HOLD) if each[1] <= each[0])


def tune(machine: Machine, markets: Iterable[Market]) -> Parameters:
    """Of a grid, those with the greatest sum of shares of the perfect gain over always on.

    Where nothing can be gained nothing is learnt. Of equal ones it is the break-even, if that is
    among them.
    """
    sums = dict.fromkeys(GRID, 0.0)
    for market in markets:
        for by, found in _shares(machine, market):
            sums[by] += found
    return max((AT_BREAK_EVEN, *GRID), key=sums.__getitem__)


def _shares(machine: Machine, market: Market) -> Iterator[tuple[Parameters, float]]:
    """What each point of the grid would have gained; nothing where there is nothing to gain."""
    ready = cycles(machine, market)
    on = settle(machine, market, always_on(machine, market)).total
    most = settle(machine, market, perfect(machine, market)).total
    for by in GRID:
        found = share(ready.profit(by), on, most)
        if found is not None:
            yield by, found
