"""Lowering ahead of a dispatch at the edges: what else holds at its start, and steps down."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.core.decide import decide
from controller.core.obedience.learned import BEYOND_S
from controller.core.planning.lead import coming, told_at
from controller.core.pools.cohorts import cohorts
from controller.model.fleet import OFF, EvidenceGrade
from controller.model.grid import SITE
from controller.model.quality import Fresh
from controller.model.seen import State
from controller.model.site import Group
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, curve
from tests.core.contracts import NOW, dispatch, program, weighed
from tests.core.test_lead import FULL_W, HALLS, OFF_W, TEN, after, coming_in, seen, told
from tests.core.test_lead_together import FAST, SLOW, at_site

STEP_W = FULL_W - OFF_W
ASLEEP = {name: replace(one, level=OFF, power_w=OFF_W) for name, one in TEN.items()}


def test_a_limit_weighed_against_money_costs_no_more_at_a_start_to_come() -> None:
    """At 50 $/MWh a MWh earns about 59: more than the 40 that running on costs, less than twice
    that. The dispatch to come leaves room for all."""
    site = replace(HALLS, programs={"a": program(), "w": weighed(40)})
    price = Fresh(value=Decimal(50), at=NOW)
    now = dispatch("e-0", 0, program="w")
    assert told(at_site(site, now, price_per_mwh=price)) == []
    assert told(at_site(site, now, coming_in(30, 80_000), price_per_mwh=price)) == []
    dearer = replace(site, programs={"a": program(), "w": weighed(80)})
    assert told(at_site(dearer, now, price_per_mwh=price)) == sorted(TEN)


def test_limits_of_groups_hold_at_a_start_to_come_too() -> None:
    """Of the fast, whose power is cheaper, three are off and find no room: the five slow ones that
    fit beside the other two are not told to make room for them."""
    groups = {
        "fast": Group(limit_w=2 * FULL_W + 3 * OFF_W),
        "slow": Group(stop_within_s=240, adder_per_mwh=Decimal(9)),
    }
    site = replace(HALLS, groups=groups)
    fits_w = 7 * FULL_W + 3 * OFF_W
    there = TEN | {name: ASLEEP[name] for name in FAST[2:]}
    meters = {SITE: Fresh(value=fits_w, at=NOW)}
    one = coming_in(240, fits_w)
    assert told(at_site(site, one, cohorts=cohorts(there), meters_w=meters)) == []
    less = coming_in(240, fits_w - 1)
    assert len(told(at_site(site, less, cohorts=cohorts(there), meters_w=meters))) == 1


def test_what_only_a_reserve_keeps_on_goes_ahead_when_that_is_called() -> None:
    """No limit cuts it: the dispatch leaves room for all. Two of the slow are sold, at a loss."""
    sold = program(reserve_w=2 * STEP_W)
    site = replace(HALLS, programs={"a": sold})
    slow = cohorts({name: TEN[name] for name in SLOW[:2]})
    dear = Fresh(value=Decimal(5_000), at=NOW)
    for seconds, going in ((241, []), (240, SLOW[:2])):
        one = coming_in(seconds, 80_000)
        assert told(at_site(site, one, cohorts=slow, price_per_mwh=dear)) == going


def test_a_group_that_takes_very_long_is_looked_at_so_long_before() -> None:
    lasting_s = 2 * BEYOND_S
    groups = {"fast": Group(), "slow": Group(stop_within_s=lasting_s)}
    site = replace(HALLS, groups=groups)
    for seconds, found in ((lasting_s, ["e-1"]), (lasting_s + 1, [])):
        snapshot = replace(seen(coming_in(seconds)), site=site)
        assert [one.id for one in coming(snapshot, NOW)] == found


def test_what_was_cancelled_is_not_looked_at() -> None:
    assert coming(seen(coming_in(60, cancelled=True)), NOW) == []


def test_the_next_look_comes_in_time_for_those_in_motion() -> None:
    """All the slow ones are on their way: no cohort is of their kind."""
    snapshot = seen(coming_in(280))
    state = decide(seen(coming_in(240)), State())[1]
    assert {one.group for one in state.motions.values()} == {"slow"}
    moving = replace(snapshot, cohorts=cohorts({name: TEN[name] for name in FAST}))
    assert set(told_at(moving, state, after(60))) == {after(40), after(250)}


# A smaller kind, 500 W a step: it is off, and only sets no size of steps.
SMALL = {**CURVES, "small": curve((OFF, 25, "0"), ("on", 525, "20"))}
SMALL_OFF = {name: replace(ASLEEP[name], curve="small") for name in SLOW}


@pytest.mark.parametrize(
    ("most_w", "limit_w", "sooner_s"),
    [
        # One of five at a time: at 0, 10, 20, 30 and 40 s.
        (STEP_W - 1, 10 * OFF_W, 40),
        (STEP_W, 10 * OFF_W, 40),
        (2 * STEP_W - 1, 10 * OFF_W, 40),
        # Two at a time: at 0, 10 and 20 s.
        (2 * STEP_W, 10 * OFF_W, 20),
        # Three, then two.
        (3 * STEP_W, 10 * OFF_W, 10),
        # Only four go, two at a time; and only one.
        (2 * STEP_W, 10 * OFF_W + STEP_W, 10),
        (2 * STEP_W, 10 * OFF_W + 4 * STEP_W, 0),
        # All at once.
        (5 * STEP_W, 10 * OFF_W, 0),
    ],
)
def test_steps_down_begin_as_much_sooner_as_they_take(
    most_w: int, limit_w: int, sooner_s: int
) -> None:
    """Five fast ones of 2,769 W above standby, which stop within 30 s, a step every 10 s."""
    pacing = replace(HALLS.pacing, largest_step_down_w=most_w, step_s=10)
    site = replace(HALLS, pacing=pacing)
    there = cohorts({**{name: TEN[name] for name in FAST}, **SMALL_OFF})
    meters = {SITE: Fresh(value=5 * FULL_W + 5 * OFF_W, at=NOW)}
    for seconds, begun in ((30 + sooner_s + 1, False), (30 + sooner_s, True)):
        one = coming_in(seconds, limit_w)
        plan = at_site(site, one, cohorts=there, curves=SMALL, meters_w=meters)
        assert bool(told(plan)) is begun, seconds


def test_the_strictest_at_a_start_says_how_many_steps_there_are() -> None:
    """A milder one is in force by then, and has five steps no fewer."""
    pacing = replace(HALLS.pacing, largest_step_down_w=STEP_W, step_s=10)
    site = replace(HALLS, pacing=pacing, programs={"a": program(), "mild": program()})
    there = cohorts({name: TEN[name] for name in FAST})
    meters = {SITE: Fresh(value=5 * FULL_W, at=NOW)}
    mild = dispatch("e-0", 80_000, program="mild")
    for seconds, begun in ((71, False), (70, True)):
        one = coming_in(seconds, 5 * OFF_W)
        plan = at_site(site, mild, one, cohorts=there, meters_w=meters)
        assert bool(told(plan)) is begun, seconds


def test_where_nobody_is_nobody_is_told_and_steps_take_no_time() -> None:
    pacing = replace(HALLS.pacing, largest_step_down_w=6_000, step_s=10)
    site = replace(HALLS, pacing=pacing)
    plan = at_site(site, coming_in(60), cohorts={}, meters_w={SITE: Fresh(value=0, at=NOW)})
    assert plan.commands == ()


def test_a_step_that_a_group_cuts_already_stays_cut_by_its_group() -> None:
    """Of one hall with three levels the feeder keeps two from running at all; the dispatch takes
    the others one step down."""
    groups = {"fast": Group(limit_w=3 * FULL_W + 2 * OFF_W), "slow": Group()}
    site = replace(HALLS, groups=groups)
    there = {name: replace(TEN[name], curve="three") for name in FAST[:3]} | {
        name: replace(ASLEEP[name], curve="three") for name in FAST[3:]
    }
    meters = {SITE: Fresh(value=3 * FULL_W + 2 * OFF_W, at=NOW)}
    now = at_site(site, cohorts=cohorts(there), meters_w=meters)
    one = coming_in(30, 3 * 1_414 + 2 * OFF_W)
    plan = at_site(site, one, cohorts=cohorts(there), meters_w=meters)
    assert plan.curtailed[Reason.GROUP_LIMIT] == now.curtailed[Reason.GROUP_LIMIT]


def test_steps_down_are_as_large_as_the_whole_of_a_miner_with_several_levels() -> None:
    """Five of 2,769 W each, two at a time: at 0, 10 and 20 s."""
    pacing = replace(HALLS.pacing, largest_step_down_w=2 * STEP_W, step_s=10)
    site = replace(HALLS, pacing=pacing)
    there = cohorts({name: replace(TEN[name], curve="three") for name in FAST})
    meters = {SITE: Fresh(value=5 * FULL_W, at=NOW)}
    for seconds, begun in ((51, False), (50, True)):
        one = coming_in(seconds, 5 * OFF_W)
        assert bool(told(at_site(site, one, cohorts=there, meters_w=meters))) is begun, seconds


def test_where_no_meter_would_show_steps_they_take_no_time() -> None:
    pacing = replace(HALLS.pacing, largest_step_down_w=STEP_W, step_s=10)
    site = replace(HALLS, pacing=pacing)
    silent = {name: replace(TEN[name], grade=EvidenceGrade.INFERRED) for name in FAST}
    for seconds, begun in ((31, False), (30, True)):
        one = coming_in(seconds)
        plan = at_site(site, one, cohorts=cohorts(silent), meters_w={})
        assert bool(told(plan)) is begun, seconds


def test_of_two_starts_that_cut_as_much_the_first_is_named() -> None:
    """The slow ones have 240 s for the first, which leaves its program's time, and the fast ones
    are told of it only when it starts; it is over before the second starts."""
    first = coming_in(20, name="e-1", program="late", issued_at=after(-360), end=after(25))
    second = coming_in(30, name="e-2")
    plan = at_site(HALLS, first, second)
    named = {one.miner: one.dispatch for one in plan.commands}
    assert named == dict.fromkeys(SLOW, "e-1") | dict.fromkeys(FAST, "e-2")
