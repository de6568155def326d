"""Any chains of prices, and the dynamic programme over them written once more, plainly."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import exp, log

from hypothesis import strategies as st

from controller.core.economics.steps import Step
from controller.core.habits.index import NODES
from controller.model.remembered import Usual
from tests.core.habits.heard import a_row

MOST_ROUNDS = 5_000


@dataclass(frozen=True)
class Chain:
    """What prices do, and what the interval from each node on costs."""

    hours: float
    late: bool
    moves: tuple[tuple[float, ...], ...]
    costs: tuple[float, ...]

    @property
    def usual(self) -> Usual:
        return Usual(hours=self.hours, late=self.late, moves=self.moves, costs=self.costs)

    @property
    def prices(self) -> list[float]:
        """By node: where they are known, those of its place on the scale of logarithms."""
        if self.late:
            return list(self.costs)
        apart = log(5000 / 15) / (NODES - 1)
        return [15 * exp(apart * node) - 20 for node in range(NODES)]


def earned(ladder: tuple[Step, ...], price: float) -> float:
    """By the hour, for a MW of the first step; others run where they pay."""
    break_evens = [(float(step.break_even_per_mwh), step.power_w) for step in ladder]
    (first, first_w), *others = break_evens
    more = sum(max(0.0, be - price) * power_w for be, power_w in others)
    return first - price + more / first_w


def worth_of_being_on(chain: Chain, ladder: tuple[Step, ...], start: float) -> list[float]:
    """By node, after the interval that begins there: the values of whoever is on, and of whoever is
    off, are iterated by themselves until nothing changes. Per MW of the first step."""
    gains = [chain.hours * earned(ladder, price) for price in chain.prices]
    apart = [0.0] * NODES
    for _ in range(MOST_ROUNDS):
        later = [sum(p * d for p, d in zip(row, apart, strict=True)) for row in chain.moves]
        found = []
        for gain, ahead in zip(gains, later, strict=True):
            on = max(gain + ahead, 0.0)  # runs on, or stops
            off = max(gain + ahead - start, 0.0)  # starts, or stands still
            found.append(on - off)
        if max(abs(a - b) for a, b in zip(found, apart, strict=True)) < 1e-9 * start:
            return later
        apart = found
    raise AssertionError("no fixed point")


def ladders() -> st.SearchStrategy[tuple[Step, ...]]:
    """One step or two or three, each worse than the one before."""
    return st.lists(
        st.tuples(st.integers(5, 300), st.integers(500, 3_000)),
        min_size=1,
        max_size=3,
        unique_by=lambda step: step[0],
    ).map(_falling)


def _falling(steps: list[tuple[int, int]]) -> tuple[Step, ...]:
    falling = sorted(steps, reverse=True)
    assert all(high[0] > low[0] for high, low in pairwise(falling))
    return tuple(Step(w, Decimal(1), Decimal(be), be * 1_000_000) for be, w in falling)


@st.composite
def chains(draw: st.DrawFn, anywhere: float = 0.0) -> Chain:
    """Sparse ones: from each node to a few others, with any weights; and now and then to any node
    at all, so that they forget."""
    rows = []
    few = st.dictionaries(st.integers(0, NODES - 1), st.integers(1, 9), min_size=1, max_size=4)
    for to in draw(st.lists(few, min_size=NODES, max_size=NODES)):
        whole = sum(to.values()) / (1 - anywhere)
        row = a_row(*((node, weight / whole) for node, weight in to.items()))
        rows.append(tuple(one + anywhere / NODES for one in row))
    costs = draw(st.lists(st.integers(-50, 600), min_size=NODES - 1, max_size=NODES - 1))
    return Chain(
        draw(st.sampled_from([1 / 12, 0.25, 1.0])),
        draw(st.booleans()),
        tuple(rows),
        (*(float(cost) for cost in costs), 9_000.0),
    )
