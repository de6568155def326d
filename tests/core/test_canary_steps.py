"""Whom a look makes a canary, what it is told, and what of the others waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from controller.core.obedience.motions import Orders
from controller.core.situation import assess
from controller.model.fleet import CUT, OFF, EvidenceGrade, MinerSeen
from controller.model.plan import Plan
from controller.model.quality import Missing
from controller.model.remembered import Canary, CanaryStage, Wear
from controller.model.seen import Snapshot, State
from controller.model.site import Pacing
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW
from tests.core.paced_sites import CHEAP, DEAR, FULL_W, OFF_W, dispatch, looked, miner, told

NEW = "1.0"
PACING = Pacing()
BARRED = Canary(stage=CanaryStage.BARRED, miner="a0", why="it has no pools any more")


def new(level: str, *names: str, **more: Any) -> dict[str, MinerSeen]:
    curve = more.pop("curve", "plain")
    one = replace(miner("a", level, curve=curve), firmware=NEW, settings="pools", **more)
    return dict.fromkeys(names, one)


def look(
    miners: Mapping[str, MinerSeen], canary: Canary | None = None, **more: Any
) -> tuple[Plan, State]:
    """One look at miners at rest, of which the canary is seen apart."""
    apart = {canary.miner: miners[canary.miner]} if canary and canary.miner in miners else {}
    pacing, wear = more.pop("pacing", PACING), more.pop("wear", {})
    seen = looked(miners, pacing, canaries=apart, **more)
    plan, after, _ = told(seen, State(canaries={NEW: canary} if canary else {}, wear=wear))
    return plan, after


def chosen(*args: Any, **more: Any) -> str:
    plan, after = look(*args, **{"price": DEAR, **more})
    assert plan.commands == (), "it is asked before it is told"
    return after.canaries[NEW].miner if NEW in after.canaries else ""


def commands(plan: Plan) -> list[tuple[str, str, Reason]]:
    return [(one.miner, one.level, one.reason) for one in plan.commands]


RUN = new("default", "a1", "a2", "a3")
INFERRED = new("default", "a0", grade=EvidenceGrade.INFERRED)
CHOSEN = Canary(stage=CanaryStage.CHOSEN, miner="a1")


def test_who_knows_its_own_watts_is_chosen_and_then_the_first_by_name() -> None:
    assert chosen(RUN) == "a1"
    assert chosen(INFERRED) == "a0"
    assert chosen({**INFERRED, **new("340MHz", "a4", curve="three")}) == "a4"


def test_who_was_of_no_use_is_not_chosen_again() -> None:
    tried = Canary(tried=("a1", "a2"))
    plan, after = look(RUN, tried, price=DEAR)
    assert after.canaries[NEW] == replace(CHOSEN, miner="a3", tried=("a1", "a2"))
    assert plan.rehearsals[NEW].waiting == 3


def test_who_could_not_be_started_again_is_not_chosen() -> None:
    weary = {"a1": Wear(starts=1, recent=(NOW - timedelta(minutes=5),))}
    rationed = replace(PACING, starts_per_hour=1)
    assert chosen(RUN, pacing=rationed, wear=weary) == "a2"
    assert chosen(new("default", "a1"), pacing=rationed, wear=weary) == ""


@pytest.mark.parametrize(
    "unable",
    [{"level": ""}, {"level": CUT, "power_w": 0}, {"reachable": False}],
)
def test_who_cannot_be_told_or_says_nothing_is_not_chosen(unable: dict[str, Any]) -> None:
    other = replace(RUN["a1"], **unable)
    assert chosen({"a1": RUN["a1"], "a0": other}) == "a1"


def test_nobody_is_chosen_where_nothing_waits() -> None:
    plan, after = look(RUN, price=CHEAP)
    assert after.canaries == {}
    assert plan.rehearsals == {}
    assert look(RUN, CHOSEN, price=CHEAP)[1].canaries == {}, "nor stays so"


def test_the_chosen_goes_and_is_remembered_as_it_was() -> None:
    plan, after = look(RUN, CHOSEN, price=DEAR)
    assert commands(plan) == [("a1", OFF, Reason.CANARY)]
    assert after.canaries[NEW] == Canary(
        stage=CanaryStage.GOING,
        miner="a1",
        level="default",
        power_w=FULL_W,
        settings="pools",
        told_at=NOW,
    )
    assert plan.target_w == 2 * FULL_W + FULL_W, "the others wait, and it returns"
    unasked = {**RUN, "a1": replace(RUN["a1"], settings=None)}
    assert commands(look(unasked, CHOSEN, price=DEAR)[0]) == []


def test_it_waits_its_turn_in_the_steps_of_the_site() -> None:
    used = replace(PACING, largest_step_down_w=1_000)
    seen = looked(RUN, used, price=DEAR, canaries={"a1": RUN["a1"]})
    before = State(canaries={NEW: CHOSEN}, staged_at={"site down": NOW}, staged_w={})
    plan, after, _ = told(seen, before)
    assert plan.commands == ()
    assert after.canaries[NEW] == CHOSEN


WENT = Canary(
    stage=CanaryStage.RETURNING, miner="a1", level="default", power_w=FULL_W, settings="pools"
)
GONE = {**RUN, **new(OFF, "a1")}


def test_it_returns_whatever_the_price_and_its_rest() -> None:
    plan, after = look(GONE, WENT, price=DEAR)
    assert commands(plan) == [("a1", "default", Reason.CANARY)]
    assert after.canaries[NEW] == replace(WENT, told_at=NOW)


def test_it_returns_to_the_very_level_of_its_operator_though_that_is_never_the_best() -> None:
    stands = new(OFF, "a1", curve="hollow")
    own = replace(WENT, level="eco", power_w=1_000)
    assert commands(look(stands, own)[0]) == [("a1", "eco", Reason.CANARY)]


@pytest.mark.parametrize(("stands", "falls_w"), [("top", 2_100), ("mid", 1_000)])
def test_down_to_the_level_of_its_operator_it_takes_all_that_of_the_step(
    stands: str, falls_w: int
) -> None:
    stepped = replace(PACING, largest_step_down_w=5_000)
    miners = new(stands, "a1", curve="hollow")
    own = replace(WENT, level="eco", power_w=1_000)
    seen = looked(miners, stepped, canaries=miners)
    before = State(canaries={NEW: own}, staged_at={"site down": NOW})

    def where(left_w: int) -> list[tuple[str, str, Reason]]:
        return commands(told(seen, replace(before, staged_w={"site down": 5_000 - left_w}))[0])

    assert where(falls_w) == [("a1", "eco", Reason.CANARY)]
    assert where(falls_w - 1) == []


def test_it_does_not_return_over_a_limit_and_others_leave_its_room() -> None:
    over = 2 * FULL_W + OFF_W + 2_000
    assert commands(look(GONE, WENT, price=DEAR, limit_w=over)[0]) == []
    others = {**GONE, "b0": miner("b", OFF)}
    going = replace(WENT, stage=CanaryStage.GOING, told_at=NOW)
    room_for_one = 3 * FULL_W + 2 * OFF_W
    assert commands(look(others, going, limit_w=room_for_one)[0]) == []
    assert commands(look(others, None, limit_w=room_for_one)[0]) == [
        ("b0", "default", Reason.PROFITABLE)
    ]


def test_it_does_not_return_where_nothing_may_start() -> None:
    seen = looked(GONE, PACING, price=DEAR, canaries={"a1": GONE["a1"]})
    silent = replace(seen, fleet_known=False)
    assert told(silent, State(canaries={NEW: WENT}))[0].commands == ()


def test_nor_does_it_rise_there_to_the_level_that_it_counts_as() -> None:
    """One at "eco" counts as one at "mid", where its operator had it."""
    miners = new("eco", "a1", curve="hollow")
    known = State(canaries={NEW: replace(WENT, level="mid", power_w=2_000)})
    seen = looked(miners, PACING, canaries=miners)
    assert commands(told(seen, known)[0]) == [("a1", "mid", Reason.CANARY)]
    shut = replace(seen, meters_w={**seen.meters_w, "a": Missing(why="silent")})
    assert told(shut, known)[0].commands == ()


def test_a_limit_does_not_wait_and_what_it_told_is_said() -> None:
    plan, after = look(RUN, price=DEAR, limit_w=FULL_W + 2 * OFF_W)
    assert [one[2] for one in commands(plan)] == [Reason.IMPORT_LIMIT] * 2
    assert after.waivers[NEW].miners == 2
    assert after.waivers[NEW].reason is Reason.IMPORT_LIMIT
    assert plan.rehearsals[NEW].waived == after.waivers[NEW]


def test_whom_a_person_allows_less_goes_no_higher_for_a_limit() -> None:
    capped = new("default", "a1", curve="three", ceiling=OFF)
    plan, _ = look(capped, limit_w=2_000)
    assert commands(plan) == [("a1", OFF, Reason.IMPORT_LIMIT)]


def test_a_proven_or_known_firmware_waits_for_nobody() -> None:
    vouched = replace(PACING, known_firmware=(NEW,))
    assert len(look(RUN, price=DEAR, pacing=vouched)[0].commands) == 3
    seen = looked(RUN, PACING, price=DEAR)
    assert len(told(seen, State(proven_firmware=(NEW,)))[0].commands) == 3


def test_of_a_barred_firmware_nothing_can_be_shed() -> None:
    plan, after = look(RUN, BARRED, price=DEAR, dispatches={"d": dispatch(1_000)})
    assert plan.commands == ()
    assert plan.shortfall_w == 3 * FULL_W - 1_000
    assert {one.shed_w for one in plan.deliverable} == {0}
    assert after.canaries == {NEW: BARRED}
    [allocation] = plan.allocations.values()
    assert (allocation.reason, allocation.held) == (Reason.CANARY, 3)
    assert plan.rehearsals[NEW].waiting == 3
    assert plan.rehearsals[NEW].why == BARRED.why


def test_a_lock_stops_a_barred_miner_all_the_same() -> None:
    locked = {**RUN, "a2": replace(RUN["a2"], locked=True)}
    plan, _ = look(locked, BARRED, price=DEAR)
    assert commands(plan) == [("a2", OFF, Reason.MAINTENANCE_LOCK)]


def test_a_barred_pool_keeps_its_power_and_has_nobody_to_tell() -> None:
    seen: Snapshot = looked({**RUN, **new(OFF, "a4")}, PACING)
    [pool] = assess(seen, State(canaries={NEW: BARRED}), Orders(1)).pools
    assert (pool.size, pool.withheld, pool.free, pool.pinned) == (0, 4, {}, ())
    assert pool.stuck_w == 3 * FULL_W + OFF_W
    assert {sum(counts) for counts in pool.counts} == {0}
    assert CURVES[pool.curve].top.power_w == FULL_W
