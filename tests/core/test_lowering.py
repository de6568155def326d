"""What goes down now, in which order, and what has to wait."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.core.pacing.staging import SITE_DOWN
from controller.model.fleet import OFF, Stage
from controller.model.grid import MaintenanceLock
from controller.model.remembered import Learned
from controller.model.seen import State
from controller.model.site import Group, Pacing
from controller.reasons import Reason
from tests.core.cases.sites import NOW
from tests.core.paced_sites import (
    DEAR,
    EACH_W,
    FULL_W,
    OFF_W,
    dispatch,
    hall,
    later,
    looked,
    miner,
    names,
    off,
    told,
)

RUNNING = hall("a", 6, "default")
STEPS = Pacing(largest_step_down_w=2 * EACH_W)


@pytest.mark.parametrize(
    ("most_w", "count"),
    [(1, 1), (2 * EACH_W - 1, 1), (2 * EACH_W, 2), (3 * EACH_W - 1, 2), (3 * EACH_W, 3)],
)
def test_no_larger_step_down_but_one_miner_at_least(most_w: int, count: int) -> None:
    seen = looked(RUNNING, Pacing(largest_step_down_w=most_w), dispatches={"d": dispatch(0)})
    plan, after, next_s = told(seen)
    assert len(off(plan)) == count
    assert plan.expected_w == 6 * FULL_W
    assert plan.target_w == 6 * OFF_W
    assert (after.staged_at, after.staged_w) == ({SITE_DOWN: NOW}, {SITE_DOWN: count * EACH_W})
    assert next_s == 10


def test_the_next_step_follows_when_its_time_has_come() -> None:
    _, state, _ = told(looked(RUNNING, STEPS, dispatches={"d": dispatch(0)}))
    rest = {name: one for name, one in RUNNING.items() if name not in state.motions}
    going = {name: RUNNING[name] for name in state.motions}
    for seconds, count in ((9, 0), (10, 2)):
        seen = looked(rest, STEPS, dispatches={"d": dispatch(0)}, now=later(seconds), moving=going)
        plan, _, _ = told(seen, state)
        assert len(off(plan)) == count


def test_what_an_earlier_move_left_of_a_step_is_for_an_emergency() -> None:
    state = State(staged_at={SITE_DOWN: later(-5)}, staged_w={SITE_DOWN: EACH_W})
    plan, after, next_s = told(looked(RUNNING, STEPS, dispatches={"d": dispatch(0)}), state)
    assert len(off(plan)) == 1
    assert after.staged_w == {SITE_DOWN: 2 * EACH_W}
    assert next_s == 10


def test_money_is_no_faster_than_generators_stand() -> None:
    plan, _, _ = told(looked(RUNNING, STEPS, price=DEAR))
    assert [command.reason for command in plan.commands] == [Reason.UNPROFITABLE] * 2


def test_locked_places_first_then_limits_then_money() -> None:
    everyone = {
        **hall("a", 1, "default"),
        **hall("b", 2, "default"),
        "b9": miner("b", "default", locked=True),
    }
    lock = MaintenanceLock(id="l", place="b9", person="Ada", why="fan", since=NOW)
    groups = {"a": Group(limit_w=OFF_W), "b": Group(adder_per_mwh=DEAR)}
    plan, _, _ = told(looked(everyone, STEPS, groups=groups, locks={"l": lock}))
    assert names(plan) == ["b9", "a0"]
    everything, _, _ = told(looked(everyone, Pacing(), groups=groups, locks={"l": lock}))
    assert [command.reason for command in everything.commands] == [
        Reason.MAINTENANCE_LOCK,
        Reason.GROUP_LIMIT,
        Reason.UNPROFITABLE,
        Reason.UNPROFITABLE,
    ]


def test_what_takes_longest_to_come_down_goes_first() -> None:
    everyone = {**hall("a", 2, "default"), **hall("b", 2, "default")}
    groups = {"a": Group(), "b": Group(stop_within_s=60)}
    seen = looked(everyone, Pacing(), groups=groups, dispatches={"d": dispatch(0)})
    assert [name[0] for name in names(told(seen)[0])] == ["b", "b", "a", "a"]
    quick = State(learned={"b/plain": Learned(stops=(20, 0, 0))})
    assert [name[0] for name in names(told(seen, quick)[0])] == ["a", "a", "b", "b"]


def test_of_equals_in_that_the_biggest_goes_first() -> None:
    everyone = {**hall("a", 1, "340MHz", curve="three"), **hall("b", 1, "default")}
    plan, _, _ = told(looked(everyone, Pacing(), dispatches={"d": dispatch(0)}))
    assert names(plan) == ["b0", "a0"]


@pytest.mark.parametrize(
    ("rate_w", "count"), [(2 * EACH_W - 1, 1), (2 * EACH_W, 2), (3 * EACH_W, 3)]
)
def test_money_stops_a_minutes_worth_at_once(rate_w: int, count: int) -> None:
    plan, after, next_s = told(looked(RUNNING, Pacing(lower_w_per_minute=rate_w), price=DEAR))
    assert len(off(plan)) == count
    left_w = rate_w - count * EACH_W
    assert (after.lowered_at, after.lower_credit_w) == (NOW, left_w)
    assert next_s == pytest.approx(max(1, (EACH_W - left_w) * 60 / rate_w), abs=1e-5)


def test_without_a_pace_money_stops_all_and_nothing_is_remembered_of_it() -> None:
    plan, after, _ = told(looked(RUNNING, Pacing(), price=DEAR))
    assert len(off(plan)) == 6
    assert (after.lowered_at, after.lower_credit_w) == (None, 0)


def test_what_money_stopped_before_counts_for_its_pace() -> None:
    before = State(lowered_at=later(-30), lower_credit_w=0)
    for rate_w, count in ((2 * EACH_W, 1), (2 * EACH_W - 2, 0)):
        seen = looked(RUNNING, Pacing(lower_w_per_minute=rate_w), price=DEAR)
        assert len(off(told(seen, before)[0])) == count


@pytest.mark.parametrize(
    ("limit_w", "for_limit"),
    [(6 * FULL_W, 0), (5 * FULL_W + OFF_W, 0), (5 * FULL_W + OFF_W - 1, 1), (6 * OFF_W, 5), (0, 5)],
)
def test_what_a_dispatch_needs_does_not_wait_for_money(limit_w: int, for_limit: int) -> None:
    """One goes for money at once; of the others as many as the dispatch leaves no room for."""
    pacing = Pacing(lower_w_per_minute=EACH_W)
    plan, _, _ = told(looked(RUNNING, pacing, price=DEAR, dispatches={"ers-1": dispatch(limit_w)}))
    reasons = [command.reason for command in plan.commands]
    assert reasons.count(Reason.UNPROFITABLE) == 1
    assert reasons.count(Reason.DISPATCH) == for_limit
    named = {command.dispatch for command in plan.commands if command.reason is Reason.DISPATCH}
    assert named <= {"ers-1"}


def test_what_a_feeder_needs_does_not_wait_either() -> None:
    everyone = {**hall("a", 3, "default"), **hall("b", 3, "default")}
    groups = {"a": Group(limit_w=FULL_W + 2 * OFF_W), "b": Group()}
    pacing = Pacing(lower_w_per_minute=1)
    state = State(lowered_at=NOW)
    plan, _, _ = told(looked(everyone, pacing, groups=groups, price=DEAR), state)
    assert [(c.miner[0], c.reason) for c in plan.commands] == [("a", Reason.GROUP_LIMIT)] * 2


def test_locks_are_not_slowed() -> None:
    everyone = hall("a", 3, "default", locked=True)
    lock = MaintenanceLock(id="l", place="a", person="Ada", why="fan", since=NOW)
    pacing = Pacing(lower_w_per_minute=1)
    plan, _, _ = told(looked(everyone, pacing, locks={"l": lock}), State(lowered_at=NOW))
    assert len(off(plan)) == 3


def test_each_of_a_locked_place_counts_by_itself() -> None:
    """Two of them are one step of the site, each with what it was seen to draw."""
    lock = MaintenanceLock(id="l", place="a", person="Ada", why="fan", since=NOW)
    seen = looked(hall("a", 2, "default", locked=True), STEPS, locks={"l": lock})
    plan, after, _ = told(seen)
    assert sorted(off(plan)) == ["a0", "a1"]
    assert [after.motions[name].proven_w for name in ("a0", "a1")] == [FULL_W, FULL_W]


def test_a_repeat_is_part_of_the_step_in_which_it_is_told() -> None:
    """Two that did not go are told again; the three others have to wait for the next step."""
    _, state, _ = told(looked(hall("a", 2, "default"), STEPS, dispatches={"d": dispatch(0)}))
    more = {f"a{number}": miner("a", "default") for number in (2, 3, 4)}
    at = later(30)
    still = {name: replace(miner("a", "default"), at=at) for name in state.motions}
    seen = looked(more, STEPS, dispatches={"d": dispatch(0)}, now=at, moving=still)
    plan, after, _ = told(seen, state)
    assert sorted(off(plan)) == ["a0", "a1"]
    assert [command.attempt for command in plan.commands] == [2, 2]
    assert after.staged_w == {SITE_DOWN: 2 * EACH_W}


def test_a_repeat_that_does_not_fit_waits_and_keeps_its_time() -> None:
    _, state, _ = told(looked(hall("a", 2, "default"), STEPS, dispatches={"d": dispatch(0)}))
    at = later(30)
    still = {name: replace(miner("a", "default"), at=at) for name in state.motions}
    used = replace(state, staged_at={SITE_DOWN: later(25)}, staged_w={SITE_DOWN: EACH_W})
    seen = looked({}, STEPS, dispatches={"d": dispatch(0)}, now=at, moving=still)
    plan, after, _ = told(seen, used)
    assert off(plan) == ["a0"]
    waiting = after.motions["a1"]
    assert (waiting.command.id, waiting.command.level) == ("", OFF)
    later_seen = looked({}, STEPS, dispatches={"d": dispatch(0)}, now=later(45), moving=still)
    again, then, _ = told(later_seen, after)
    assert off(again) == ["a1"]
    assert then.motions["a1"].deadline == later(45) + timedelta(seconds=30)


def test_who_obeyed_while_its_repeat_had_to_wait_is_told_nothing_more() -> None:
    _, state, _ = told(looked(hall("a", 2, "default"), STEPS, dispatches={"d": dispatch(0)}))
    still = {name: replace(miner("a", "default"), at=later(30)) for name in state.motions}
    used = replace(state, staged_at={SITE_DOWN: later(25)}, staged_w={SITE_DOWN: 2 * EACH_W})
    seen = looked({}, STEPS, dispatches={"d": dispatch(0)}, now=later(30), moving=still)
    plan, after, _ = told(seen, used)
    assert names(plan) == []
    gone = {name: replace(miner("a", OFF), at=later(34)) for name in still}
    seen = looked({}, STEPS, dispatches={"d": dispatch(0)}, now=later(35), moving=gone)
    plan, then, _ = told(seen, after)
    assert names(plan) == []
    assert {one.stage for one in then.motions.values()} == {Stage.CONFIRMED}
    assert then.staged_w == {}


@pytest.mark.parametrize(("most_w", "count"), [(2_199, 1), (2_200, 2)])
def test_a_step_down_may_be_as_large_as_to_what_is_nominal_there(most_w: int, count: int) -> None:
    """One of hall a draws 2,100 W at the level to which two others go, which is 2,000 on its plate:
    these may fall by 1,100 each."""
    everyone = {f"a{n}": miner("a", "top", curve="hollow") for n in range(2)}
    everyone["a9"] = replace(miner("a", "mid", curve="hollow"), power_w=2_100)
    pacing = Pacing(largest_step_down_w=most_w)
    plan, _, _ = told(looked(everyone, pacing, price=Decimal(100)))
    assert [command.level for command in plan.commands] == ["mid"] * count
