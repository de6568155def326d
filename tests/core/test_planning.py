"""How power is shared out: by margin, under limits that hold and limits that are weighed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as with_
from decimal import Decimal

import pytest

from controller.core.obedience.motions import Orders
from controller.core.planning.promises import Promise
from controller.core.planning.room import Cut
from controller.core.planning.sharing import Share, share
from controller.core.planning.wishes import Wish, wish
from controller.core.situation import Situation, assess
from controller.model.grid import SITE, Limit
from controller.model.seen import State
from controller.reasons import Reason
from tests.core.optimum import Hall, Problem, planned, snapshot


def long(miners: int, breaker: str = "", *, limit_w: int | None = None, adder: int = 0) -> Hall:
    return Hall("long", miners, 1, breaker, limit_w, Decimal(adder))


def situation(problem: Problem) -> tuple[Situation, list[Wish]]:
    now = assess(snapshot(problem), State(), Orders(1))
    return now, [wish(pool, now.seen, now.state, None) for pool in now.pools]


def shares(problem: Problem, *limits: Limit, promises: Sequence[Promise] = ()) -> list[Share]:
    now, wishes = situation(problem)
    return share(wishes, promises, with_(now, limits=(*now.limits, *limits)))


def weighed(limit_w: int, surcharge: str, scope: str = SITE) -> Limit:
    return Limit(
        scope=scope,
        limit_w=limit_w,
        source=f"more than {limit_w}",
        dispatch="ers-1",
        reason=Reason.DISPATCH,
        surcharge_per_mwh=Decimal(surcharge),
    )


@pytest.mark.parametrize(("room_w", "running"), [(1_999, 1), (2_000, 2), (2_001, 2)])
def test_a_breaker_bounds_its_groups_together(room_w: int, running: int) -> None:
    halls = (long(2, "east"), long(2, "east"), long(2))
    plan = planned(Problem(halls, 99_000, (("east", 100 + room_w),)))
    drawn = {one.group: one.power_w for one in plan.allocations.values()}
    assert drawn["hall-0"] + drawn["hall-1"] == 100 + running * 1_000
    assert drawn["hall-2"] == 2 * 3_025


def test_what_a_breaker_cuts_is_said_to_be_cut_by_it() -> None:
    plan = planned(Problem((long(2, "east"), long(2)), 99_000, (("east", 1_050),)))
    reasons = {one.group: one.reason for one in plan.allocations.values()}
    assert reasons["hall-0"] is Reason.BREAKER_LIMIT
    assert reasons["hall-1"] is not Reason.BREAKER_LIMIT


def test_under_a_limit_the_larger_margin_goes_first() -> None:
    """The first step of `short` brings in 112.5 $/MWh and costs 50; that of `long` brings in 150
    and costs 100 where power is dear."""
    problem = Problem((long(1, adder=50), Hall("short", 1, 1)), 50 + 1_000)
    drawn = {one.group: one.power_w for one in planned(problem).allocations.values()}
    assert drawn == {"hall-0": 25, "hall-1": 1_025}


@pytest.mark.parametrize(("surcharge", "granted"), [("99.99", 2), ("100", 2), ("100.01", 1)])
def test_a_step_beyond_a_weighed_limit_has_to_earn_its_surcharge(
    surcharge: str, granted: int
) -> None:
    """At 50 $/MWh the first step earns 100 $/MWh more than it costs; the second 75."""
    (one,) = shares(Problem((long(2),), 99_000), weighed(1_050, surcharge))
    assert one.granted[0] == granted


def test_what_a_weighed_limit_cuts_is_said_to_be_cut_by_it() -> None:
    (one,) = shares(Problem((long(2),), 99_000), weighed(1_050, "500"))
    assert (one.granted, one.cut[1]) == ((1, 0, 0), Cut(Reason.DISPATCH, "ers-1"))


@pytest.mark.parametrize(("each", "granted"), [("50", 2), ("51", 1)])
def test_beyond_two_weighed_limits_both_surcharges_are_due(each: str, granted: int) -> None:
    limits = weighed(1_050, each), weighed(1_060, each)
    (one,) = shares(Problem((long(2),), 99_000), *limits)
    assert one.granted[0] == granted


def test_up_to_the_higher_of_two_weighed_limits_one_surcharge_is_due() -> None:
    limits = weighed(1_100, "90"), weighed(2_100, "90")
    (one,) = shares(Problem((long(4),), 99_000), *limits)
    assert one.granted[0] == 2


def test_a_weighed_limit_of_a_group_leaves_others_alone() -> None:
    found = shares(Problem((long(2), long(2)), 99_000), weighed(50, "500", "hall-0"))
    assert [one.granted[0] for one in found] == [0, 2]


def test_no_surcharge_goes_beyond_a_limit_that_holds() -> None:
    (one,) = shares(Problem((long(2),), 1_050), weighed(0, "0"))
    assert one.granted == (1, 0, 0)


def test_what_is_promised_comes_before_what_earns_more() -> None:
    problem = Problem((long(1), Hall("short", 1, 1)), 50 + 1_000)
    promised = [Promise(1, 1, 1, Reason.COMMITMENT, "client")]
    assert [one.granted[0] for one in shares(problem)] == [1, 0]
    assert [one.granted[0] for one in shares(problem, promises=promised)] == [0, 1]


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_promises_with_room_for_one_the_first_is_kept(first: int) -> None:
    problem = Problem((long(1), long(1)), 50 + 1_000)
    promised = [Promise(which, 1, 1, Reason.HEAT, "h") for which in (first, 1 - first)]
    granted = [one.granted[0] for one in shares(problem, promises=promised)]
    assert granted == [int(which == first) for which in (0, 1)]


def test_no_promise_beats_a_limit() -> None:
    problem = Problem((long(2, limit_w=1_050),), 99_000)
    (one,) = shares(problem, promises=[Promise(0, 1, 2, Reason.COMMITMENT, "client")])
    assert (one.granted[0], one.cut[1]) == (1, Cut(Reason.GROUP_LIMIT))
