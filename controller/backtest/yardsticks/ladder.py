"""Which rung pays best at a price."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from math import inf, isnan

from controller.backtest.yardsticks.machine import Machine, Market


@dataclass(frozen=True, slots=True)
class Ladder:
    """The running rungs on the upper concave hull of hashrate over power: whatever the price, be it
    negative, one of them earns as much as any other.

    A rung earns `hashrate × revenue − power × price`. Divided by the revenue that is a line over
    price ÷ revenue, so which rung is best is a matter of this ratio alone.
    """

    rungs: tuple[int, ...]
    """By rising power."""
    falls: tuple[float, ...]
    """Rising: minus the TH/s per MW of each step from one to the next."""

    def best(self, ratio: float) -> int:
        """The rung that earns most at a price ÷ revenue; of equal ones that with more power."""
        return self.rungs[bisect_right(self.falls, -ratio)]


def ladder(machine: Machine) -> Ladder:
    """What a machine may run at, given that it runs."""
    hull: list[int] = []
    for rung in range(1, len(machine.rungs)):
        while len(hull) >= 2 and _below(machine, hull[-2], hull[-1], rung):
            hull.pop()
        hull.append(rung)
    falls = (-_rise(machine, low, high) for low, high in pairwise(hull))
    return Ladder(tuple(hull), tuple(falls))


def ratio(price: float, revenue: float) -> float:
    """Price ÷ revenue. Without revenue, any price above zero is too much."""
    if revenue > 0:
        return price / revenue
    return inf if price > 0 else -inf


def over_break_even(machine: Machine, market: Market) -> array[float]:
    """The seen price as a multiple of the break-even of the first step: the highest price at which
    any rung earns more than off does, revenue × TH/s ÷ MW of the best step from off. Nan where none
    was seen."""
    first = max(_rise(machine, 0, rung) for rung in range(1, len(machine.rungs)))
    pairs = zip(market.seen, market.per_ths_h, strict=True)
    return array("d", (s if isnan(s) else ratio(s, first * per_ths_h) for s, per_ths_h in pairs))


def best_seen(machine: Machine, market: Market) -> bytes:
    """The running rung that earns most at the seen price of each interval. Where none was seen it
    is the one before: the top rung at first."""
    steps = ladder(machine)
    found, rung = bytearray(len(market)), machine.top
    for i, (seen, per_ths_h) in enumerate(zip(market.seen, market.per_ths_h, strict=True)):
        if not isnan(seen):
            rung = steps.best(ratio(seen, per_ths_h))
        found[i] = rung
    return bytes(found)


def _rise(machine: Machine, low: int, high: int) -> float:
    """TH/s per MW of the step between two rungs."""
    ths, mw = machine.hashrate_ths, machine.power_mw
    return (ths[high] - ths[low]) / (mw[high] - mw[low])


def _below(machine: Machine, left: int, middle: int, right: int) -> bool:
    """Whether `middle` lies on or below the line from `left` to `right`."""
    return _rise(machine, left, middle) <= _rise(machine, middle, right)
