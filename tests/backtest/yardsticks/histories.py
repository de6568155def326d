"""Machines and markets to try the yardsticks on."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import groupby
from math import nan
from random import Random

from hypothesis import strategies as st

from controller.backtest.yardsticks.machine import Machine, Market, Rung, Start
from controller.backtest.yardsticks.strike import Parameters

CLOSE = 1e-6
FREE = Start(lost_h=0.0, wear_per_mw=0.0)
OFF = Rung("off", 100_000, 0)
ON = Rung("on", 1_100_000, 10_000)
"""Breaks even at 100 where a TH/s earns 0.01 an hour: 100 an hour for a MW more than off."""
HALF = Rung("half", 600_000, 6_000)
"""Breaks even at 120, and the step from here to `ON` at 80."""


def machine(*rungs: Rung, start: Start = FREE, on: int = 1, off: int = 1) -> Machine:
    """One miner, on and off if nothing else is said."""
    return Machine(rungs or (OFF, ON), 1, start, minimum_on=on, minimum_off=off)


def market(
    price: Iterable[float],
    seen: Iterable[float] | None = None,
    per_ths_h: Iterable[float] | None = None,
    hours: float = 0.5,
) -> Market:
    """A TH/s earns 0.01 an hour and prices are known in time, if nothing else is said."""
    prices = array("d", price)
    earned = array("d", [0.01] * len(prices)) if per_ths_h is None else array("d", per_ths_h)
    return Market(hours, prices, prices if seen is None else array("d", seen), earned)


def spiky(seed: int, length: int = 3_000) -> Market:
    """Prices that waver about the break-even of `ON` and now and then go far above it, each known
    when it is over."""
    chance, level, found = Random(seed), 70.0, []
    for _ in range(length):
        level = 70 + 0.8 * (level - 70) + chance.gauss(0, 15)
        if chance.random() < 0.01:
            level += chance.expovariate(1 / 400)
        found.append(level)
    return market(found, seen=[found[0], *found[:-1]], hours=0.25)


def allowed(at: Machine, path: Sequence[int]) -> bool:
    """Whether a path keeps the minimum times. It has been running for long before."""
    runs = [(running, len(list(run))) for running, run in groupby(path, key=bool)]
    for place, (running, length) in enumerate(runs[:-1]):
        if running and place > 0 and length < at.minimum_on:
            return False
        if not running and length < at.minimum_off:
            return False
    return True


@st.composite
def machines(draw: st.DrawFn, most_rungs: int = 4) -> Machine:
    """With rungs on and off the concave hull, and starts of all kinds."""
    steps = draw(st.lists(st.sampled_from([100, 300, 1_000]), min_size=1, max_size=most_rungs - 1))
    rungs = [Rung("off", draw(st.sampled_from([0, 50])), 0)]
    for step_w in steps:
        hashrate_ths = draw(st.sampled_from([5, 12, 20, 33, 50]))
        rungs.append(Rung(f"{len(rungs)}", rungs[-1].power_w + step_w, hashrate_ths))
    start = Start(
        lost_h=draw(st.sampled_from([0.0, 0.1, 0.25, 0.4, 0.5, 1.1])),
        wear_per_mw=draw(st.sampled_from([0.0, 3.0, 40.0])),
    )
    minimum = st.integers(min_value=0, max_value=4)
    return Machine(tuple(rungs), draw(st.sampled_from([1, 3])), start, draw(minimum), draw(minimum))


@st.composite
def markets(draw: st.DrawFn, most: int = 40) -> Market:
    """Prices from far below zero to far above any break-even, seen, seen late or not at all."""
    length = draw(st.integers(min_value=0, max_value=most))
    amounts = [-300.0, -20, 0, 10, 40, 60, 75, 90, 100, 140, 250, 2_000]
    price = draw(st.lists(st.sampled_from(amounts), min_size=length, max_size=length))
    known = st.sampled_from([*amounts, nan])
    seen = draw(st.lists(known, min_size=length, max_size=length))
    earned = draw(st.lists(st.sampled_from([0.0, 0.001, 0.002]), min_size=length, max_size=length))
    return market(price, seen, earned, draw(st.sampled_from([0.25, 1 / 12])))


@st.composite
def parameters(draw: st.DrawFn) -> Parameters:
    """Of a strike."""
    k_on = draw(st.sampled_from([0.3, 0.7, 1.0, 1.1]))
    more = draw(st.sampled_from([0.0, 0.2, 1.0]))
    return Parameters(k_on + more, k_on, draw(st.integers(min_value=1, max_value=4)))
