"""How far power could be moved, in which time, and how sure that is."""

from __future__ import annotations

from dataclasses import replace as with_
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from msgspec.structs import replace

from controller.core.deliverable.within import deliverable, too_much_asked
from controller.core.obedience.motions import Orders
from controller.core.situation import Situation, assess
from controller.model.fleet import (
    OFF,
    Cohort,
    Command,
    EvidenceGrade,
    MinerSeen,
    Motion,
    Stage,
    Standing,
)
from controller.model.grid import SITE, Dispatch, ReduceTo
from controller.model.quality import Fresh, Missing
from controller.model.remembered import Learned
from controller.model.rules import Cooling
from controller.model.seen import Snapshot, State
from controller.model.site import Breaker, Group, Pacing, Program, Site
from controller.reasons import Reason
from tests.core.cases.chances import cases, many
from tests.core.cases.sites import CURVES, GROUPS, NOW
from tests.core.cases.situations import Situation as At
from tests.core.cases.situations import situation as any_situation

FULL_W, OFF_W = 2_794, 25
STEP_W = FULL_W - OFF_W
KIND = "a/plain"
FAST = Learned(stops=(0, 0, 0, 40, 0, 0, 0, 0, 0, 0, 0), starts=(0, 0, 0, 0, 0, 40, 0, 0, 0, 0, 0))
"""40 stops within 8 s and 40 starts within 32 s: the lower bound of 40 of 40 is 0.912."""
SLOW = Learned(stops=(0, 0, 0, 20, 0, 0, 20, 0, 0, 0, 0))
"""Half of them within 8 s, the rest within 64 s: of 20 of 40 the lower bound is 0.352."""
PLENTY = Pacing(stop_within_s=30, start_within_s=300, restore_w_per_minute=10_000_000)


def site(pacing: Pacing = PLENTY, **how: Any) -> Site:
    return Site(
        id="s",
        currency="USD",
        zone="UTC",
        import_limit_w=how.pop("import_limit_w", 1_000_000),
        groups={"a": how.pop("group", Group())},
        headroom=Decimal(0),
        pacing=pacing,
        **how,
    )


def cohort(
    name: str, level: str, count: int, standing: Standing = Standing.PRESENT, **how: Any
) -> Cohort:
    return Cohort(
        group="a",
        curve="plain",
        level=level,
        standing=standing,
        members=tuple(f"{name}-{n}" for n in range(count)),
        power_w=count * CURVES["plain"].level(level).power_w,
        **how,
    )


def seen(*cohorts: Cohort, where: Site | None = None, **more: Any) -> Snapshot:
    total_w = sum(one.power_w for one in cohorts)
    return Snapshot(
        now=NOW,
        site=where or site(),
        price_per_mwh=Fresh(value=Decimal(30), at=NOW),
        hashprice_per_ph_day=Fresh(value=Decimal(60), at=NOW),
        meters_w=more.pop("meters_w", {SITE: Fresh(value=total_w, at=NOW)}),
        curves=CURVES,
        cohorts={one.members[0]: one for one in cohorts},
        fleet_known=True,
        **more,
    )


def situation(
    snapshot: Snapshot, learned: Learned | None = FAST, state: State | None = None
) -> Situation:
    known = {} if learned is None else {KIND: learned}
    return assess(snapshot, replace(state or State(), learned=known), Orders(1))


def sheds(now: Situation) -> list[tuple[int, str]]:
    return [(one.shed_w, str(one.shed_confidence)) for one in deliverable(now)]


def adds(now: Situation) -> list[tuple[int, str]]:
    return [(one.add_w, str(one.add_confidence)) for one in deliverable(now)]


ON, IDLE = cohort("on", "default", 10), cohort("off", OFF, 10)


def test_nothing_learned_declared_times_say_how_many_watts_and_nothing_is_sure() -> None:
    now = situation(seen(ON), None)
    assert [one.within_s for one in deliverable(now)] == [10, 60, 600, 1800]
    assert sheds(now) == [(0, "0"), *[(10 * STEP_W, "0.00")] * 3]


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


def motion(stage: Stage, level: str, from_level: str, rest_s: int | None = None) -> Motion:
    return Motion(
        command=Command(id="c", miner="m", level=level, reason=Reason.DISPATCH, at=NOW),
        stage=stage,
        group="a",
        curve="plain",
        from_level=from_level,
        proven_w=CURVES["plain"].level(level if stage is Stage.CONFIRMED else from_level).power_w,
        deadline=NOW + timedelta(seconds=30),
        rest_until=None if rest_s is None else NOW + timedelta(seconds=rest_s),
    )


def with_one(one: Motion, level: str, *cohorts: Cohort, where: Site | None = None) -> Situation:
    power_w = CURVES["plain"].level(level).power_w
    miner = MinerSeen(group="a", curve="plain", level=level, power_w=power_w, at=NOW)
    snapshot = seen(*cohorts, where=where, moving={"m": miner})
    meter = Fresh(value=sum(c.power_w for c in cohorts) + power_w, at=NOW)
    snapshot = replace(snapshot, meters_w={SITE: meter})
    return situation(snapshot, state=State(motions={"m": one}))


def test_who_rests_on_counts_in_full_and_who_is_on_its_way_or_disobeys_not_at_all() -> None:
    rests = motion(Stage.CONFIRMED, "default", OFF, rest_s=600)
    assert sheds(with_one(rests, "default"))[0][0] == STEP_W
    going = motion(Stage.SENT, OFF, "default")
    assert sheds(with_one(going, "default"))[0][0] == 0
    refusing = motion(Stage.FAILED, OFF, "default", rest_s=600)
    assert sheds(with_one(refusing, "default"))[0][0] == 0


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
    """They run for 30 s before the first start: nothing is there by 60 s, and of 10 kW 1 kW is
    theirs."""
    group = Group(cooling=Cooling(power_w=1_000, before_s=30))
    now = situation(seen(IDLE, where=site(group=group, import_limit_w=10_000)))
    now = _uncooled(now)
    assert [watts for watts, _ in adds(now)] == [0, 0, 3 * STEP_W, 3 * STEP_W]


def _uncooled(now: Situation) -> Situation:
    return with_(now, pools=tuple(with_(pool, uncooled=True) for pool in now.pools))


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
