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
from typing import NamedTuple

from hypothesis import given

from controller.model.plan import Plan
from tests.core.cases.chances import Chances, cases, many
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


def problem(chances: Chances, known: list[Hall], unit_w: int) -> Problem:
    """With limits that leave room for so many units beyond what is drawn with everything off."""
    most = 14_000 // unit_w
    found = [chances.of(known) for _ in range(chances.between(1, 4))]
    units = [chances.below(2 * most + 1) for _ in range(len(found) + 3)]
    total, east, west, *own = [None if one > most else one * unit_w for one in units]
    fed = tuple(
        replace(hall, limit_w=None if room is None else off_w([hall]) + room)
        for hall, room in zip(found, own, strict=True)
    )
    breakers = tuple(
        (name, None if room is None else room + off_w([h for h in fed if h.breaker == name]))
        for name, room in (("east", east), ("west", west))
    )
    site_w = off_w(fed) + (40_000 if total is None else 2 * total)
    return Problem(fed, site_w, breakers, chances.of(PRICES))


EVEN_HALLS, ODD_HALLS = halls(sorted(EVEN)), halls(sorted(ODD))


class Case(NamedTuple):
    problem: Problem
    other: Decimal
    """Another price."""
    tighter: Problem
    """With one constraint more."""


def even(chances: Chances) -> Case:
    return _case(chances, EVEN_HALLS, STEP_W)


def odd(chances: Chances) -> Case:
    return _case(chances, ODD_HALLS, 1)


def _case(chances: Chances, known: list[Hall], unit_w: int) -> Case:
    found = problem(chances, known, unit_w)
    less = tighter(found, chances.below(12), chances.below(14_000 // unit_w + 1) * unit_w)
    return Case(found, chances.of(PRICES), less)


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


@many()
@given(cases(even, size=60))
def test_equal_steps_earn_the_optimum(at: Case) -> None:
    one = at.problem
    assert abs(float(profit(one, planned(one))) - best_profit(one)) <= CLOSE


@many()
@given(cases(odd, size=60))
def test_any_steps_earn_it_but_for_a_step_of_each_limit_that_binds(at: Case) -> None:
    one, plan = at.problem, planned(at.problem)
    lost = best_profit(one) - float(profit(one, plan))
    assert -CLOSE <= lost <= binding(one, plan) * worth(one) + CLOSE


@many()
@given(cases(even, size=60))
def test_a_lower_price_never_lowers_consumption(at: Case) -> None:
    low, high = sorted([at.problem.price, at.other])
    cheap, dear = planned(at.problem.at_price(low)), planned(at.problem.at_price(high))
    assert cheap.target_w >= dear.target_w


@many()
@given(cases(odd, size=60))
def test_with_any_steps_by_less_than_a_step_of_each_limit_that_binds(at: Case) -> None:
    """A small step may fill a limit better than a large one that has become worth it."""
    low, high = sorted([at.problem.price, at.other])
    cheap, dear = planned(at.problem.at_price(low)), planned(at.problem.at_price(high))
    bound = binding(at.problem, cheap)
    assert dear.target_w - cheap.target_w <= bound * step_w(at.problem)


@many()
@given(cases(even, size=60))
def test_an_added_constraint_never_raises_profit(at: Case) -> None:
    less = at.tighter
    assert profit(less, planned(less)) <= profit(at.problem, planned(at.problem))


@many()
@given(cases(odd, size=60))
def test_with_any_steps_by_no_more_than_those_that_limits_cut(at: Case) -> None:
    less = at.tighter
    before, after = planned(at.problem), planned(less)
    gained = float(profit(less, after) - profit(at.problem, before))
    assert gained <= binding(at.problem, before) * worth(at.problem) + CLOSE
