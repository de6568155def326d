"""A history made ready for many strike prices: only where one stops and starts again is looked at.

What a strike earns while it runs is the same whatever its parameters. So all of it is summed up
once, and of each pause what running would have earned is taken off, with what the start costs.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate, chain, repeat

from controller.backtest.yardsticks.ladder import best_seen, over_break_even
from controller.backtest.yardsticks.machine import Machine, Market
from controller.backtest.yardsticks.settlement import settle
from controller.backtest.yardsticks.strike import Parameters


@dataclass(frozen=True, slots=True)
class Cycles:
    """Of one market. Money is of all miners."""

    multiple: array[float]
    """The seen price by the break-even of the first step."""
    least_on: int
    least_off: int
    always: float
    """The profit of never stopping, at the rungs that a strike runs at."""
    gained: array[float]
    """What running has earned more than standby, before each interval and at the end."""
    start_costs: tuple[array[float], ...]
    """Of a start in each interval: wear and lost hash, when it runs for 1, 2 … intervals; the last
    for all longer times."""
    _stops: dict[float, array[int]] = field(default_factory=dict)
    _starts: dict[tuple[float, int], array[int]] = field(default_factory=dict)

    def profit(self, by: Parameters) -> float:
        """The same as of the settled path of `strike`, but for rounding."""
        stops, starts = self._next_stops(by.k_off), self._next_starts(by.k_on, by.hold)
        end, gained, costs = len(self.multiple), self.gained, self.start_costs
        profit, longest = self.always, len(costs)
        stop = stops[0]
        while stop < end:
            start = starts[stop + self.least_off]
            profit -= gained[start] - gained[stop]
            if start == end:
                break
            stop = stops[start + self.least_on]
            profit -= costs[min(stop - start, longest) - 1][start]
        return profit

    def _next_stops(self, k_off: float) -> array[int]:
        """By interval the first one, itself or later, in which the price stops what runs."""
        if k_off not in self._stops:
            self._stops[k_off] = self._next([one > k_off for one in self.multiple])
        return self._stops[k_off]

    def _next_starts(self, k_on: float, hold: int) -> array[int]:
        """By interval the first one in which the price has been low for long enough."""
        if (k_on, hold) not in self._starts:
            calm = accumulate(
                self.multiple, lambda held, one: held + 1 if one <= k_on else 0, initial=0
            )
            self._starts[k_on, hold] = self._next([held >= hold for held in calm][1:])
        return self._starts[k_on, hold]

    def _next(self, those: list[bool]) -> array[int]:
        """By interval the first of `those` from it on; the end where there is none."""
        end = len(those)
        found = array("i", [end]) * (end + max(self.least_on, self.least_off) + 1)
        coming = end
        for i in range(end - 1, -1, -1):
            if those[i]:
                coming = i
            found[i] = coming
        return found


def cycles(machine: Machine, market: Market) -> Cycles:
    """Makes a market ready."""
    rungs = best_seen(machine, market)
    flows = settle(machine, market, rungs)
    standby = machine.power_mw[0] * market.hours * machine.count
    more = (
        profit + standby * price for profit, price in zip(flows.profit, market.price, strict=True)
    )
    return Cycles(
        multiple=over_break_even(machine, market),
        least_on=max(machine.minimum_on, 1),
        least_off=max(machine.minimum_off, 1),
        always=flows.total,
        gained=array("d", accumulate(more, initial=0.0)),
        start_costs=tuple(_start_costs(machine, market, rungs)),
    )


def _start_costs(machine: Machine, market: Market, rungs: bytes) -> Iterator[array[float]]:
    """What a start costs that runs for one interval, for two …, until no more hash is lost."""
    ths, wear = machine.hashrate_ths, machine.wear
    pairs = zip(rungs, market.per_ths_h, strict=True)
    an_hour = [ths[rung] * per_ths_h for rung, per_ths_h in pairs]
    cost = array("d", (wear[rung] * machine.count for rung in rungs))
    for later, lost_h in enumerate(machine.lost_h(market.hours) or (0.0,)):
        lost = lost_h * machine.count
        coming = chain(an_hour[later:], repeat(0.0, min(later, len(an_hour))))
        cost = array("d", (one + lost * earned for one, earned in zip(cost, coming, strict=True)))
        yield cost
