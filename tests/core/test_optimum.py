"""What is decided for one interval, against the optimum that HiGHS finds.

Where all steps have the same watts and every limit leaves room for a whole number of them, the
plan earns the optimum: limits that lie within each other (site, breaker, group) form a laminar
family, so the program's matrix is totally unimodular, and taking the best step that fits is
optimal. Where steps differ, a limit may leave room for part of a step that only a divided miner
could use: an integer knapsack. Taking the best that fits then earns the optimum less one step's
worth at most for each limit that binds.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from controller.model.plan import Plan
from tests.core.optimum import (
    EVEN,
    ODD,
    Hall,
    Problem,
    best_profit,
    curves,
    planned,
    profit,
    profits,
)

CASES = 2_000
KNAPSACKS = 500
"""Of those where steps differ."""
STEP_W = 1_000
CLOSE = 1.0
"""In millionths an hour: HiGHS reckons in floats."""
PRICES = [Decimal(text) for text in ("-20", "0", "30", "62.5", "75", "90", "104", "118", "160")]


PLACES = ["", "east", "west"]
ADDERS = [Decimal(0), Decimal(7), Decimal("12.5")]
LOSSES = [Decimal(0), Decimal("0.04")]
CLIENTS = [None, None, None, Decimal(70), Decimal(110)]


def halls(kinds: list[str]) -> list[Hall]:
    """All that there are: to draw one of them is quick."""
    return [
        Hall(curve, miners, level, place, None, adder, loss, client)
        for curve, miners, level in product(kinds, range(7), range(2))
        for place, adder, loss, client in product(PLACES, ADDERS, LOSSES, CLIENTS)
    ]


def off_w(found: list[Hall] | tuple[Hall, ...]) -> int:
    return sum(hall.miners * curves()[hall.curve].off.power_w for hall in found)


@st.composite
def problems(draw: st.DrawFn, known: list[Hall], unit_w: int) -> Problem:
    """With limits that leave room for so many units beyond what is drawn with everything off."""
    most = 14_000 // unit_w
    found = draw(st.lists(st.sampled_from(known), min_size=1, max_size=4))
    units = draw(st.tuples(*[st.integers(0, 2 * most)] * (len(found) + 3)))
    total, east, west, *own = [None if one > most else one * unit_w for one in units]
    fed = tuple(
        replace(hall, limit_w=None if room is None else off_w([hall]) + room)
        for hall, room in zip(found, own, strict=False)
    )
    breakers = tuple(
        (name, None if room is None else room + off_w([h for h in fed if h.breaker == name]))
        for name, room in (("east", east), ("west", west))
    )
    site_w = off_w(fed) + (40_000 if total is None else 2 * total)
    return Problem(fed, site_w, breakers, draw(st.sampled_from(PRICES)))


even = problems(halls(sorted(EVEN)), STEP_W)
odd = problems(halls(sorted(ODD)), 1)


def worth(problem: Problem) -> float:
    """The most that one step of one miner earns, in millionths an hour."""
    earned = [profits(hall, problem.price) for hall in problem.halls]
    return max(float(high - low) for one in earned for low in one for high in one)


def step_w(problem: Problem) -> int:
    """The largest step of one miner."""
    return max(curves()[hall.curve].top.power_w for hall in problem.halls)


def binding(problem: Problem, plan: Plan) -> int:
    """How many limits leave less than a step."""
    drawn_w = dict.fromkeys(problem.limits_w, 0)
    behind = {name: hall.breaker for name, hall in zip(problem.names, problem.halls, strict=True)}
    for one in plan.allocations.values():
        for scope in {"site", behind[one.group], one.group} & drawn_w.keys():
            drawn_w[scope] += one.power_w
    most_w = step_w(problem)
    return sum(limit_w - drawn_w[scope] < most_w for scope, limit_w in problem.limits_w.items())


def tighter(problem: Problem, which: int, room_w: int) -> Problem:
    """With one constraint more: on a hall, a breaker or the site."""
    hall = problem.halls[which % len(problem.halls)]
    if which % 3 == 0:
        return replace(problem, site_w=min(problem.site_w, off_w(problem.halls) + room_w))
    if which % 3 == 1 and hall.breaker:
        others_w = off_w([one for one in problem.halls if one.breaker == hall.breaker])
        lower = {
            hall.breaker: min(others_w + room_w, dict(problem.breakers_w)[hall.breaker] or 10**6)
        }
        return replace(problem, breakers_w=tuple({**dict(problem.breakers_w), **lower}.items()))
    cut = replace(hall, limit_w=min(off_w([hall]) + room_w, hall.limit_w or 10**6))
    found = tuple(cut if one is hall else one for one in problem.halls)
    return replace(problem, halls=found)


@settings(max_examples=CASES)
@given(even)
def test_equal_steps_earn_the_optimum(problem: Problem) -> None:
    assert abs(float(profit(problem, planned(problem))) - best_profit(problem)) <= CLOSE


@settings(max_examples=KNAPSACKS)
@given(odd)
def test_any_steps_earn_it_but_for_a_step_of_each_limit_that_binds(problem: Problem) -> None:
    plan = planned(problem)
    lost = best_profit(problem) - float(profit(problem, plan))
    assert -CLOSE <= lost <= binding(problem, plan) * worth(problem) + CLOSE


@settings(max_examples=CASES)
@given(even, st.sampled_from(PRICES))
def test_a_lower_price_never_lowers_consumption(problem: Problem, other: Decimal) -> None:
    low, high = sorted([problem.price, other])
    cheap, dear = planned(problem.at_price(low)), planned(problem.at_price(high))
    assert cheap.target_w >= dear.target_w


@settings(max_examples=KNAPSACKS)
@given(odd, st.sampled_from(PRICES))
def test_with_any_steps_by_less_than_a_step_of_each_limit_that_binds(
    problem: Problem, other: Decimal
) -> None:
    """A small step may fill a limit better than a large one that has become worth it."""
    low, high = sorted([problem.price, other])
    cheap, dear = planned(problem.at_price(low)), planned(problem.at_price(high))
    bound = binding(problem, cheap)
    assert dear.target_w - cheap.target_w <= bound * step_w(problem)


@settings(max_examples=CASES)
@given(even, st.integers(0, 11), st.integers(0, 14))
def test_an_added_constraint_never_raises_profit(problem: Problem, which: int, room: int) -> None:
    less = tighter(problem, which, room * STEP_W)
    assert profit(less, planned(less)) <= profit(problem, planned(problem))


@settings(max_examples=KNAPSACKS)
@given(odd, st.integers(0, 11), st.integers(0, 14_000))
def test_with_any_steps_by_no_more_than_those_that_limits_cut(
    problem: Problem, which: int, room_w: int
) -> None:
    less = tighter(problem, which, room_w)
    before, after = planned(problem), planned(less)
    gained = float(profit(less, after) - profit(problem, before))
    assert gained <= binding(problem, before) * worth(problem) + CLOSE
