"""The watts that limits leave, at their edges: for what runs, for starts, and beside fans."""

from __future__ import annotations

from dataclasses import replace as with_
from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.core.planning.room import Cut, Room, Space, Spaces, base_w, beyond_reach_w, binding
from controller.core.situation import Situation
from controller.model.grid import SITE, Limit
from controller.reasons import Reason
from tests.core.optimum import Hall, Problem
from tests.core.test_planning import long, shares, situation, weighed

HARD, DEAR = Cut(Reason.BREAKER_LIMIT), Cut(Reason.DISPATCH, "ers-1")


def space(left_w: int, *, surcharge: int | None = None, start_w: int = 0) -> Space:
    return Space(SITE, HARD if surcharge is None else DEAR, left_w, start_w, surcharge)


def spaces(*those: Space, fans_w: int = 0) -> Spaces:
    hard = tuple(one for one in those if one.surcharge is None)
    return Spaces(hard, tuple(one for one in those if one.surcharge is not None), fans_w)


@pytest.mark.parametrize("surcharge", [None, 5])
def test_starts_leave_what_is_not_for_them(surcharge: int | None) -> None:
    """Room for ten of eleven steps that run, and for seven starts: 1 kW and 2 kW are not theirs."""
    for start, taken in ((True, 7), (False, 10)):
        one = space(10_000, surcharge=surcharge, start_w=1_000)
        found = spaces(one)
        found.guard(2_000)
        assert found.take(1_000, 11, None, start=start) == (taken, one.cut)
        assert one.left_w == 10_000 - taken * 1_000


@pytest.mark.parametrize("surcharge", [None, 5])
def test_what_is_guarded_no_more_is_for_starts_again(surcharge: int | None) -> None:
    found = spaces(space(3_000, surcharge=surcharge))
    found.guard(2_000)
    found.guard(-2_000)
    assert found.take(1_000, 3, None, start=True) == (3, None)


@pytest.mark.parametrize("surcharge", [None, 5])
def test_the_first_step_brings_the_fans_and_no_other_does(surcharge: int | None) -> None:
    one = space(3_500, surcharge=surcharge)
    found = spaces(one, fans_w=500)
    assert found.take(1_000, 2, None, start=True) == (2, None)
    assert one.left_w == 1_000
    assert found.take(1_000, 2, None, start=True) == (1, one.cut)


@pytest.mark.parametrize("surcharge", [None, 5])
def test_a_step_that_does_not_fit_leaves_the_fans_to_the_next(surcharge: int | None) -> None:
    one = space(1_500, surcharge=surcharge)
    found = spaces(one, fans_w=500)
    assert found.take(2_000, 1, None, start=True) == (0, one.cut)
    assert one.left_w == 1_500
    assert found.take(500, 3, None, start=True) == (2, one.cut)


def test_what_just_fits_beside_the_fans_is_not_cut() -> None:
    for left_w, found in ((2_499, (1, HARD)), (2_500, (2, None))):
        assert spaces(space(left_w), fans_w=500).take(1_000, 2, None, start=True) == found


@pytest.mark.parametrize(("merit", "taken"), [(0, 3), (-1, 1), (None, 1)])
def test_beyond_a_limit_without_a_surcharge_goes_what_earns_its_price(
    merit: int | None, taken: int
) -> None:
    one = space(1_000, surcharge=0)
    assert spaces(one).take(1_000, 3, merit, start=True) == (taken, one.cut if taken < 3 else None)


def test_a_weighed_limit_that_leaves_as_much_takes_no_blame_for_what_another_cuts() -> None:
    for watts, cut in ((2_000, DEAR), (3_000, HARD), (5_000, HARD)):
        found = spaces(space(3_000), space(watts, surcharge=5))
        assert found.take(1_000, 4, None, start=False) == (min(3, watts // 1_000), cut)


def test_of_limits_of_a_scope_the_first_of_the_lowest_holds_and_all_weighed_ones() -> None:
    def limit(watts: int, source: str) -> Limit:
        return Limit(scope=SITE, limit_w=watts, source=source, reason=Reason.IMPORT_LIMIT)

    high, first, second = limit(3, "high"), limit(2, "first"), limit(2, "second")
    both = weighed(2, "10"), weighed(5, "10")
    assert binding([high, both[1], first, second, both[0]]) == [first, both[1], both[0]]


def test_what_nothing_can_be_told_to_counts_with_what_it_draws() -> None:
    """Three miners at 25 W of standby, two locked ones, and what is stuck or late."""
    (one,) = situation(Problem((long(3),), 99_000))[0].pools
    pool = with_(one, locked_pinned=("x", "y"), stuck_w=700, late_w=90)
    assert beyond_reach_w(pool) == 2 * 25 + 700
    assert beyond_reach_w(one) == 0
    assert base_w(pool) == 3 * 25 + 2 * 25 + 700 + 90


def with_headroom(problem: Problem, headroom: str) -> Situation:
    now, _ = situation(problem)
    site = replace(now.seen.site, headroom=Decimal(headroom))
    return with_(now, seen=replace(now.seen, site=site))


@pytest.mark.parametrize(("limit_w", "binds"), [(13_828, True), (13_829, False)])
def test_a_limit_binds_that_lacks_a_watt_for_all_to_start(limit_w: int, *, binds: bool) -> None:
    """Four miners at 25 W and three steps of 1 kW: 12,100 W. A tenth of headroom and a quarter of
    that for starts leave 87.5 % of the limit: 12,099.5 W or 12,100.375."""
    problem = Problem((Hall("long", 4, 0),), limit_w)
    room = Room(situation(problem)[1], with_headroom(problem, "0.1"))
    assert room.of("hall-0").bind is binds


@pytest.mark.parametrize("place", ["fixed_w", "swing_w"])
@pytest.mark.parametrize(("limit_w", "binds"), [(12_199, True), (12_200, False)])
def test_other_load_and_a_crest_take_room_from_starts(
    limit_w: int, place: str, *, binds: bool
) -> None:
    now, wishes = situation(Problem((Hall("long", 4, 0),), limit_w))
    room = Room(wishes, with_(now, **{place: {SITE: 100}}))  # type: ignore[arg-type]
    assert room.of("hall-0").bind is binds


@pytest.mark.parametrize(("limit_w", "binds"), [(12_599, True), (12_600, False)])
def test_a_limit_binds_that_lacks_a_watt_for_the_fans_too(limit_w: int, *, binds: bool) -> None:
    now, wishes = situation(Problem((Hall("long", 4, 0),), limit_w))
    room = Room(wishes, with_(now, fans_w={"hall-0": 500}))
    assert room.of("hall-0").bind is binds


@pytest.mark.parametrize(("limit_w", "binds"), [(12_099, True), (12_100, False)])
def test_where_no_other_load_is_known_of_none_counts(limit_w: int, *, binds: bool) -> None:
    now, wishes = situation(Problem((Hall("long", 4, 0),), limit_w))
    assert Room(wishes, with_(now, fixed_w={})).of("hall-0").bind is binds


def test_two_pools_of_a_group_share_its_fans() -> None:
    """Room for the fans and two steps: one for each."""
    now, wishes = situation(Problem((Hall("long", 1, 0), Hall("long", 1, 0)), 2_550))
    both = [with_(one, pool=with_(one.pool, group="hall-0")) for one in wishes]
    room = Room(both, with_(now, fans_w={"hall-0": 500}))
    for one in both:
        taken, _ = room.of(one.pool.group).take(1_000, 1, None, start=True)
        assert taken == 1


def test_a_limit_of_another_group_binds_nobody_else() -> None:
    problem = Problem((long(2, limit_w=1_050), long(2)), 99_000)
    now, wishes = situation(problem)
    room = Room(wishes, now)
    assert (room.of("hall-0").bind, room.of("hall-1").bind) == (True, False)
    assert [one.granted[0] for one in shares(problem)] == [1, 2]
