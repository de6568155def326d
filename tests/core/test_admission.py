"""What may rise now: under every limit, at the declared pace, and behind running fans."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from controller.core.pacing.staging import SITE_UP
from controller.model.fleet import CUT, OFF, MinerSeen
from controller.model.plan import Plan
from controller.model.remembered import CoolingState, Wear
from controller.model.rules import Cooling
from controller.model.seen import Snapshot, State
from controller.model.site import Breaker, Group, Pacing
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW
from tests.core.paced_sites import (
    EACH_W,
    FULL_W,
    OFF_W,
    hall,
    later,
    looked,
    miner,
    names,
    told,
)

RESTING = hall("a", 6, OFF)
FREE = Pacing()


def reasons(plan: Plan) -> dict[str, Reason]:
    return {one.group: one.reason for one in plan.allocations.values()}


@pytest.mark.parametrize(
    ("rate_w", "count"), [(1, 1), (2 * EACH_W - 1, 1), (2 * EACH_W, 2), (3 * EACH_W, 3)]
)
def test_a_minutes_worth_starts_at_once(rate_w: int, count: int) -> None:
    plan, after, next_s = told(looked(RESTING, Pacing(restore_w_per_minute=rate_w)))
    assert len(names(plan)) == count
    left_w = max(rate_w, EACH_W) - count * EACH_W
    assert (after.restored_at, after.restore_credit_w) == (NOW, left_w)
    waits_s = max(1, (EACH_W - left_w) * 60 / rate_w)
    assert next_s == pytest.approx(min(60, waits_s), abs=1e-5)
    assert reasons(plan)["a"] is Reason.STAGED_RESTORE


@pytest.mark.parametrize(
    ("most_w", "count"), [(1, 1), (2 * EACH_W - 1, 1), (2 * EACH_W, 2), (3 * EACH_W, 3)]
)
def test_no_larger_step_up_but_one_miner_at_least(most_w: int, count: int) -> None:
    plan, after, next_s = told(looked(RESTING, Pacing(largest_step_up_w=most_w)))
    assert len(names(plan)) == count
    assert (after.staged_at, after.staged_w) == ({SITE_UP: NOW}, {SITE_UP: count * EACH_W})
    assert next_s == 10
    again, _, next_s = told(
        looked(hall("a", 2, OFF), Pacing(largest_step_up_w=most_w)),
        replace(after, motions={}, staged_at={SITE_UP: later(-3)}, staged_w={SITE_UP: most_w}),
    )
    assert names(again) == []
    assert next_s == 7


def test_levels_count_for_the_largest_step_too() -> None:
    low = {f"a{n}": miner("a", "340MHz", curve="three") for n in range(4)}
    plan, _, _ = told(looked(low, Pacing(largest_step_up_w=2 * (2_794 - 1_414))))
    assert [command.level for command in plan.commands] == ["default"] * 2


STAGGERED = {"a": Group(breaker="main"), "b": Group()}


@pytest.mark.parametrize(
    ("stagger_w", "count"), [(0, 1), (2 * EACH_W - 1, 1), (2 * EACH_W, 2), (3 * EACH_W, 3)]
)
def test_behind_a_breaker_so_much_starts_together(stagger_w: int, count: int) -> None:
    breakers = {"main": Breaker(stagger_s=20, stagger_w=stagger_w)}
    everyone = {**RESTING, **hall("b", 2, OFF)}
    plan, after, next_s = told(looked(everyone, FREE, groups=STAGGERED, breakers=breakers))
    assert sorted(name[0] for name in names(plan)) == ["a"] * count + ["b"] * 2
    assert after.staged_at == {"main": NOW}
    assert next_s == 20


@pytest.mark.parametrize(("seconds", "count"), [(19.9, 0), (20, 1)])
def test_the_next_start_behind_it_follows_after_its_time(seconds: float, count: int) -> None:
    breakers = {"main": Breaker(stagger_s=20)}
    state = State(staged_at={"main": later(-seconds)})
    plan, _, _ = told(looked(RESTING, FREE, groups=STAGGERED, breakers=breakers), state)
    assert len(names(plan)) == count


def test_a_higher_level_is_no_start() -> None:
    low = {f"a{n}": miner("a", "340MHz", curve="three") for n in range(3)}
    breakers = {"main": Breaker(stagger_s=20)}
    plan, after, _ = told(looked(low, FREE, groups=STAGGERED, breakers=breakers))
    assert len(names(plan)) == 3
    assert after.staged_at == {}


@pytest.mark.parametrize(("limit_w", "count"), [(2 * FULL_W, 2), (2 * FULL_W - 1, 1)])
def test_every_start_stays_under_every_limit(limit_w: int, count: int) -> None:
    groups = {"a": Group(limit_w=limit_w)}
    plan, _, _ = told(looked(hall("a", 2, OFF), FREE, groups=groups))
    assert len(names(plan)) == count


def cooled(
    miners: dict[str, MinerSeen], cooling: Cooling, state: State, limit_w: int = 1_000_000
) -> tuple[Plan, State, float]:
    groups = {"a": Group(cooling=cooling)}
    return told(looked(miners, FREE, groups=groups, limit_w=limit_w), state)


def test_fans_are_turned_on_and_waited_for() -> None:
    plan, after, next_s = cooled(RESTING, Cooling(before_s=45), State())
    assert names(plan) == []
    assert plan.cooling == {"a": True}
    assert reasons(plan) == {"a": Reason.COOLING}
    assert after.cooling == {"a": CoolingState(on_since=NOW)}
    assert next_s == 45
    ready = State(cooling={"a": CoolingState(on_since=later(-45))})
    assert len(names(cooled(RESTING, Cooling(before_s=45), ready)[0])) == 6
    early = State(cooling={"a": CoolingState(on_since=later(-44))})
    assert names(cooled(RESTING, Cooling(before_s=45), early)[0]) == []


def test_nothing_rises_where_fans_are_not_proven_and_nothing_that_runs_stops() -> None:
    low = {f"a{n}": miner("a", "340MHz", curve="three") for n in range(3)}
    state = State(cooling={"a": CoolingState(on_since=later(-30))})
    plan, after, _ = cooled(low, Cooling(signal="fans"), state)
    assert names(plan) == []
    assert after.cooling == state.cooling
    assert reasons(plan) == {"a": Reason.COOLING}


@pytest.mark.parametrize(("spare_w", "count"), [(500, 6), (499, 5)])
def test_the_first_start_brings_the_power_of_the_fans_along(spare_w: int, count: int) -> None:
    limit_w = 6 * FULL_W + spare_w
    plan, _, _ = cooled(RESTING, Cooling(power_w=500), State(), limit_w)
    assert len(names(plan)) == count


def test_fans_are_not_turned_on_where_there_is_no_room_for_them() -> None:
    one = hall("a", 1, OFF)
    plan, _, _ = cooled(one, Cooling(power_w=500, before_s=60), State(), FULL_W + 499)
    assert plan.cooling == {"a": False}
    plan, _, _ = cooled(one, Cooling(power_w=500, before_s=60), State(), FULL_W + 500)
    assert plan.cooling == {"a": True}


def test_running_fans_bring_nothing_along() -> None:
    on = State(cooling={"a": CoolingState(on_since=later(-600))})
    plan, _, _ = cooled(RESTING, Cooling(power_w=500), on, 6 * FULL_W)
    assert len(names(plan)) == 6


def test_failing_fans_give_their_room_to_others_and_are_asked_for_still() -> None:
    groups = {"a": Group(cooling=Cooling(signal="fans")), "b": Group()}
    everyone = {**hall("a", 2, OFF), **hall("b", 2, OFF)}
    for seconds, told_to in ((59, set()), (60, {"b0", "b1"})):
        state = State(cooling={"a": CoolingState(on_since=later(-seconds))})
        seen = looked(everyone, FREE, groups=groups, limit_w=2 * EACH_W + 4 * OFF_W)
        plan, _, _ = told(seen, state)
        assert set(names(plan)) == told_to
        assert plan.cooling == {"a": True}
        assert reasons(plan)["a"] is Reason.COOLING
    assert plan.curtailed[Reason.COOLING].power_w == 2 * EACH_W


def weary(seen_names: list[str], minutes: float) -> State:
    recent = (NOW - timedelta(minutes=minutes),)
    return State(wear={name: Wear(starts=1, recent=recent) for name in seen_names})


def test_others_are_started_than_those_whose_hour_is_used_up() -> None:
    seen = looked(RESTING, Pacing(starts_per_hour=1), limit_w=3 * EACH_W + 6 * OFF_W)
    plan, after, _ = told(seen, weary(["a0", "a1", "a2"], 30))
    assert sorted(names(plan)) == ["a3", "a4", "a5"]
    assert {name: one.starts for name, one in after.wear.items()} == dict.fromkeys(RESTING, 1)


def test_where_nobody_may_be_started_it_says_so_and_looks_again_in_time() -> None:
    seen = looked(hall("a", 2, OFF), Pacing(starts_per_hour=1))
    plan, _, next_s = told(seen, weary(["a0", "a1"], 59.5))
    assert names(plan) == []
    assert next_s == 30
    assert plan.curtailed.keys() == {Reason.STARTS_PER_HOUR}
    assert plan.curtailed[Reason.STARTS_PER_HOUR].power_w == 2 * EACH_W
    [one] = plan.allocations.values()
    assert (one.held, one.counts, one.reason) == (2, {OFF: 2}, Reason.STARTS_PER_HOUR)


def test_it_looks_again_when_the_first_of_them_may_be_started() -> None:
    seen = looked(hall("a", 3, OFF), Pacing(starts_per_hour=1))
    wear = {**weary(["a0", "a2"], 59.25).wear, **weary(["a1"], 59.5).wear}
    assert told(seen, State(wear=wear))[2] == 30


def test_beside_the_weary_a_start_draws_as_much_of_the_allowance() -> None:
    pacing = Pacing(starts_per_hour=1, restore_w_per_minute=6 * EACH_W)
    _, after, _ = told(looked(RESTING, pacing), weary(["a0", "a1"], 30))
    assert after.restore_credit_w == 2 * EACH_W


def test_what_the_weary_leave_goes_to_other_groups() -> None:
    everyone = {**hall("a", 2, OFF), **hall("b", 2, OFF)}
    seen = looked(everyone, Pacing(starts_per_hour=1), limit_w=2 * EACH_W + 4 * OFF_W)
    plan, _, _ = told(seen, weary(["a0", "a1"], 30))
    assert sorted(names(plan)) == ["b0", "b1"]


def test_those_started_least_go_first_and_are_counted() -> None:
    pacing = Pacing(restore_w_per_minute=2 * EACH_W)
    wear = {name: Wear(starts=5) for name in RESTING} | {"a1": Wear(starts=4), "a4": Wear(starts=3)}
    plan, after, _ = told(looked(RESTING, pacing), State(wear=wear))
    assert names(plan) == ["a4", "a1"]
    assert (after.wear["a4"].starts, after.wear["a1"].starts) == (4, 5)
    assert after.wear["a0"] == Wear(starts=5)


def test_a_start_an_hour_ago_counts_no_more() -> None:
    seen = looked(hall("a", 1, OFF), Pacing(starts_per_hour=1))
    assert names(told(seen, weary(["a0"], 60))[0]) == ["a0"]


def behind_open_switches(count: int, pacing: Pacing) -> Snapshot:
    cut = {f"a{n}": with_cut(miner("a", OFF, curve="three")) for n in range(count)}
    return looked(cut, pacing, groups={"a": Group(switched=True)})


def with_cut(one: MinerSeen) -> MinerSeen:
    return replace(one, level=CUT, power_w=0)


def test_one_behind_an_open_switch_rises_by_all_it_may_boot_to() -> None:
    """The pace is drawn upon in full; where that is more than a minute's worth, it starts still."""
    top_w = CURVES["three"].top.power_w
    plan, after, _ = told(behind_open_switches(3, Pacing(restore_w_per_minute=2 * top_w)))
    assert len(names(plan)) == 2
    assert after.restore_credit_w == 0
    assert len(names(told(behind_open_switches(3, Pacing(restore_w_per_minute=1)))[0])) == 1
