"""How far power could be moved, in which time, and how sure that is."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from msgspec.structs import replace

from controller.core.deliverable.done import Amount, goes
from controller.core.deliverable.within import deliverable, too_much_asked
from controller.core.obedience.motions import Orders
from controller.core.situation import assess
from controller.model.fleet import OFF, EvidenceGrade, Stage, Standing
from controller.model.grid import SITE, Dispatch, ReduceTo
from controller.model.quality import Fresh, Missing
from controller.model.remembered import Learned
from controller.model.rules import Cooling
from controller.model.site import Breaker, Group, Program
from tests.core.cases.chances import cases, many
from tests.core.cases.sites import CURVES, GROUPS, NOW
from tests.core.cases.situations import Situation as At
from tests.core.cases.situations import situation as any_situation
from tests.core.movable import (
    FAST,
    IDLE,
    ON,
    PLENTY,
    SLOW,
    STEP_W,
    adds,
    cohort,
    motion,
    seen,
    sheds,
    site,
    situation,
    with_one,
)


def test_nothing_learned_declared_times_say_how_many_watts_and_nothing_is_sure() -> None:
    now = situation(seen(ON), None)
    assert [one.within_s for one in deliverable(now)] == [10, 60, 600, 1800]
    assert sheds(now) == [(0, "0"), *[(10 * STEP_W, "0.00")] * 3]


def test_what_halls_that_were_learned_alike_can_shed_adds_up() -> None:
    """Of neither hall anything was learned, and both take the time that is declared of the site."""
    where = site(others={"b": Group()})
    other = cohort("other", "default", 4, group="b")
    assert sheds(situation(seen(ON, other, where=where), None))[1] == (14 * STEP_W, "0.00")


def test_what_is_declared_to_take_a_minute_is_done_within_a_minute() -> None:
    where = site(replace(PLENTY, stop_within_s=60, start_within_s=60))
    assert sheds(situation(seen(ON, where=where), None))[:2] == [(0, "0"), (10 * STEP_W, "0.00")]
    assert adds(situation(seen(IDLE, where=where), None))[:2] == [(0, "0"), (10 * STEP_W, "0.00")]


def test_of_an_amount_that_is_cut_as_large_a_part_stays_sure_and_of_nothing_none() -> None:
    assert Amount(10, 5).at_most(4) == Amount(4, 2)
    assert Amount(10, 5).at_most(-3) == (0, 0)
    assert goes([1_000], Learned(), declared_s=30, within_s=10) == (0, 0)
    assert goes([1_000], Learned(), declared_s=10, within_s=10) == (1_000, 0)


def test_what_was_learned_says_how_much_goes_in_which_time_and_how_surely() -> None:
    assert sheds(situation(seen(ON))) == [(10 * STEP_W, "0.91")] * 4
    slow = sheds(situation(seen(ON), SLOW))
    assert slow == [(5 * STEP_W, "0.70"), (5 * STEP_W, "0.70"), *[(10 * STEP_W, "0.91")] * 2]


@pytest.mark.parametrize(("known", "within_10_s"), [(7, 0), (8, 10 * STEP_W)])
def test_from_eight_commands_on_they_speak_louder_than_what_is_declared(
    known: int, within_10_s: int
) -> None:
    learned = Learned(stops=(0, 0, 0, known))
    assert sheds(situation(seen(ON), learned))[0][0] == within_10_s


def test_failed_commands_count_as_not_done() -> None:
    failing = Learned(stops=(0, 0, 0, 10), stops_failed=10)
    assert sheds(situation(seen(ON), failing))[0] == (5 * STEP_W, "0.59")


@pytest.mark.parametrize("standing", [Standing.UNREACHABLE, Standing.LOCKED])
def test_who_is_unreachable_or_locked_counts_zero(standing: Standing) -> None:
    other = cohort("gone", "default", 10, standing)
    assert sheds(situation(seen(ON, other)))[3] == (10 * STEP_W, "0.91")
    assert sheds(situation(seen(other)))[3] == (0, "0")


def test_who_rests_on_counts_in_full_and_who_is_on_its_way_or_disobeys_not_at_all() -> None:
    rests = motion(Stage.CONFIRMED, "default", OFF, rest_s=600)
    assert sheds(with_one(rests, "default"))[0][0] == STEP_W
    going = motion(Stage.SENT, OFF, "default")
    assert sheds(with_one(going, "default"))[0][0] == 0
    refusing = motion(Stage.FAILED, OFF, "default", rest_s=600)
    assert sheds(with_one(refusing, "default"))[0][0] == 0


def test_who_is_on_its_way_down_or_refuses_to_rise_counts_not_at_all() -> None:
    going = motion(Stage.SENT, "340MHz", "default", curve="three")
    assert sheds(with_one(going, "default"))[3][0] == 0
    refusing = motion(Stage.FAILED, "default", "340MHz", rest_s=600, curve="three")
    assert sheds(with_one(refusing, "340MHz", learned=None))[3][0] == 0


def test_nothing_is_shed_of_those_that_are_off_nor_of_those_below_their_standby() -> None:
    warm = cohort("off", OFF, 10, power_w=600)
    assert sheds(situation(seen(ON, warm)))[3][0] == 10 * STEP_W
    dead = cohort("on", "default", 10, power_w=0)
    meter = {SITE: Fresh(value=10_000, at=NOW)}
    assert sheds(situation(seen(dead, meters_w=meter)))[3][0] == 0
    off = motion(Stage.CONFIRMED, OFF, "default", rest_s=600)
    assert sheds(with_one(off, OFF, power_w=60))[3][0] == 0
    still = replace(motion(Stage.CONFIRMED, "default", OFF, rest_s=600), proven_w=0)
    assert sheds(with_one(still, "default", IDLE, power_w=0))[3][0] == 0


def test_what_runs_can_be_shed_though_others_that_say_they_are_off_draw_more_than_some_level() -> (
    None
):
    """1.5 kW each, where the lowest level draws 1.4."""
    awake = cohort("off", OFF, 10, curve="three", power_w=15_000)
    run = cohort("on", "default", 5, curve="three")
    assert sheds(situation(seen(awake, run), None))[1][0] == 5 * STEP_W


def test_where_no_meter_could_show_it_nothing_can_be_shed_or_added() -> None:
    blind = [
        cohort("on", "default", 5, grade=EvidenceGrade.INFERRED),
        cohort("off", OFF, 5, grade=EvidenceGrade.INFERRED),
    ]
    now = situation(seen(*blind, meters_w={SITE: Missing(why="none")}))
    assert (sheds(now)[3], adds(now)[3]) == ((0, "0"), (0, "0"))
    assert sheds(situation(seen(*blind)))[3][0] == 5 * STEP_W


def test_no_more_goes_than_the_meter_shows() -> None:
    low = seen(ON, meters_w={SITE: Fresh(value=9_000, at=NOW)})
    assert sheds(situation(low))[0] == (9_000, "0.91")


def test_the_largest_step_bounds_what_goes() -> None:
    """Stops take 8 s: by 10 s one step has begun in time, by 60 s six of them, every 10 s."""
    pacing = replace(PLENTY, largest_step_down_w=3_000, step_s=10)
    now = situation(seen(ON, where=site(pacing)))
    assert [watts for watts, _ in sheds(now)] == [3_000, 18_000, 27_690, 27_690]


def test_only_the_stops_that_are_in_time_take_time_from_the_largest_steps() -> None:
    """3 kW each second: of 10 s the 8 of quick stops leave room for three of them; where most stops
    take longer than that, one step still goes."""
    where = site(replace(PLENTY, largest_step_down_w=3_000, step_s=1))
    slow = cohort("slow", "default", 10, curve="three")
    assert sheds(situation(seen(ON, slow, where=where)))[0][0] == 9_000
    assert sheds(situation(seen(ON, where=where), SLOW))[0][0] == 3_000


def test_what_could_come_within_limits() -> None:
    assert adds(situation(seen(IDLE))) == [(0, "0"), *[(10 * STEP_W, "0.91")] * 3]
    assert adds(situation(seen(IDLE), None))[1:3] == [(0, "0"), (10 * STEP_W, "0.00")]
    tight = site(import_limit_w=10_000)
    assert adds(situation(seen(IDLE, where=tight)))[3] == (3 * STEP_W, "0.91")


@pytest.mark.parametrize(
    "group",
    [Group(limit_w=5_250), Group(breaker="main"), Group(limit_w=5_250, breaker="main")],
)
def test_feeders_and_breakers_bound_it_as_well(group: Group) -> None:
    where = site(group=group, breakers={"main": Breaker(limit_w=5_250)})
    assert adds(situation(seen(IDLE, where=where)))[3][0] == STEP_W


@pytest.mark.parametrize(("limit_w", "add_w"), [(3_018, 0), (3_019, STEP_W)])
def test_a_dispatch_leaves_room_for_what_it_allows(limit_w: int, add_w: int) -> None:
    dispatch = Dispatch(
        id="d",
        version=1,
        program="p",
        authority="grid",
        issued_at=NOW,
        received_at=NOW,
        start=NOW,
        target=ReduceTo(kw=Decimal(limit_w) / 1000),
        limit_w=limit_w,
    )
    where = site(programs={"p": Program(authority="grid", allowed=("reduce_to_kw",))})
    now = situation(seen(IDLE, where=where, dispatches={"d": dispatch}))
    assert adds(now)[3][0] == add_w


def test_starts_need_a_quarter_more_headroom_and_of_unlike_steps_the_largest_may_not_fit() -> None:
    """2 % of 10 kW is left free by what runs, 2.5 by what starts: 9.75 - 0.25 are not three steps
    and a half. Beside steps of 1,389 and 1,380 W no more than 1,388 may be left over."""
    tight = replace(site(import_limit_w=10_000), headroom=Decimal("0.02"))
    assert adds(situation(seen(IDLE, where=tight)))[3][0] == 3 * STEP_W
    brim = replace(tight, import_limit_w=(250 + 3 * STEP_W) * 1000 // 975)
    assert adds(situation(seen(IDLE, where=brim)))[3][0] == 2 * STEP_W
    three = replace(IDLE, curve="three")
    assert adds(situation(seen(three, where=tight), None))[3][0] == 9_750 - 250 - 1_388


def test_the_restore_allowance_paces_it() -> None:
    """A minute's worth at once, and as much more each minute, but for the 32 s that starts take:
    28 s of the first minute, 568 s of ten."""
    slow = replace(PLENTY, restore_w_per_minute=6_000)
    now = situation(seen(IDLE, where=site(slow)))
    assert [watts for watts, _ in adds(now)] == [0, 6_000 + 2_800, 27_690, 27_690]


def test_the_largest_step_and_stagger_pace_it() -> None:
    steps = replace(PLENTY, largest_step_up_w=3_000, step_s=10)
    assert adds(situation(seen(IDLE, where=site(steps))))[1][0] == 9_000
    where = site(
        group=Group(breaker="main"), breakers={"main": Breaker(stagger_s=20, stagger_w=4_000)}
    )
    assert adds(situation(seen(IDLE, where=where)))[1][0] == 8_000


@pytest.mark.parametrize(("rest_s", "within"), [(28, True), (29, False), (540, False)])
def test_who_has_to_rest_starts_when_its_time_is_over(rest_s: int, within: bool) -> None:
    """Starts take up to 32 s: from 28 s on one may be there by 60 s."""
    resting = motion(Stage.CONFIRMED, OFF, "default", rest_s=rest_s)
    found = adds(with_one(resting, OFF))
    assert found[1][0] == (STEP_W if within else 0)
    assert found[2][0] == STEP_W


def test_nothing_comes_above_a_ceiling_nor_where_nothing_may_start() -> None:
    capped = cohort("off", OFF, 10, ceiling=OFF)
    assert adds(situation(seen(capped)))[3][0] == 0
    unpriced = replace(seen(IDLE), price_per_mwh=Missing(why="silent"))
    assert adds(situation(unpriced))[3][0] == 0
    assert sheds(situation(replace(seen(ON), price_per_mwh=Missing(why="silent"))))[3] == (
        10 * STEP_W,
        "0.91",
    )


def test_fans_come_first_and_take_their_room() -> None:
    """They run for 30 s before the first start: nothing is there by 60 s, and of 9.5 kW 1 kW
    is theirs."""
    group = Group(cooling=Cooling(power_w=1_000, before_s=30))
    now = situation(seen(IDLE, where=site(group=group, import_limit_w=9_500)))
    assert [watts for watts, _ in adds(now)] == [0, 0, 2 * STEP_W, 2 * STEP_W]


def test_a_program_is_not_judged_while_it_is_called_nor_before_miners_were_heard() -> None:
    asking = Program(authority="grid", allowed=("reduce_to_kw",), capacity_w=900_000)
    where = site(programs={"p": asking, "q": replace(asking, capacity_w=0)})
    now = situation(seen(ON, where=where))
    could = deliverable(now)
    assert too_much_asked(now, could, {}).keys() == {"p"}
    dispatch = Dispatch(
        id="d",
        version=1,
        program="p",
        authority="grid",
        issued_at=NOW,
        received_at=NOW,
        start=NOW,
        target=ReduceTo(kw=Decimal(20)),
        limit_w=20_000,
    )
    called = situation(seen(ON, where=where, dispatches={"d": dispatch}))
    assert too_much_asked(called, could, {}) == {}
    over = replace(dispatch, start=NOW - timedelta(hours=1), end=NOW)
    ended = situation(seen(ON, where=where, dispatches={"d": over}))
    assert too_much_asked(ended, could, {}).keys() == {"p"}
    starting = situation(replace(seen(ON, where=where), fleet_known=False))
    assert too_much_asked(starting, could, {}) == {}


KNOWN = {f"{group}/{curve}": FAST for group in GROUPS for curve in CURVES}


@many()
@given(cases(any_situation))
def test_longer_never_less_and_what_could_come_keeps_the_limit(
    given_: At,
) -> None:
    snapshot, state = given_
    now = assess(snapshot, replace(state, learned=KNOWN), Orders(state.next_command))
    found = deliverable(now)
    assert [one.shed_w for one in found] == sorted(one.shed_w for one in found)
    assert [one.add_w for one in found] == sorted(one.add_w for one in found)
    for one in found:
        assert 0 <= one.shed_confidence <= 1
        assert 0 <= one.add_confidence <= 1
        for limit in now.limits:
            if limit.scope == SITE:
                assert not one.add_w or one.add_w + now.expected_w[SITE] <= limit.limit_w


@many()
@given(cases(any_situation))
def test_a_miner_that_cannot_be_reached_any_more_never_adds_to_what_could_be_shed(
    given_: At,
) -> None:
    snapshot, state = given_
    state = replace(state, learned=KNOWN)
    before = deliverable(assess(snapshot, state, Orders(state.next_command)))
    for key, one in snapshot.cohorts.items():
        lost = {**snapshot.cohorts, key: replace(one, standing=Standing.UNREACHABLE)}
        worse = assess(replace(snapshot, cohorts=lost), state, Orders(state.next_command))
        for ours, theirs in zip(deliverable(worse), before, strict=True):
            assert ours.shed_w <= theirs.shed_w
