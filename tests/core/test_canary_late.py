"""Miners of a new firmware that are in motion when it is barred, or while their canary returns."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from controller.core.decide import decide
from controller.core.obedience.motions import Orders
from controller.core.planning.room import base_w
from controller.core.pools.pool import Pool
from controller.core.situation import assess
from controller.model.fleet import (
    CONFIRMED,
    FAILED,
    OFF,
    EvidenceGrade,
    MinerSeen,
    Motion,
    Stage,
)
from controller.model.plan import Plan
from controller.model.remembered import Canary
from controller.model.seen import State
from tests.core.cases.sites import CURVES
from tests.core.movable import motion as in_motion
from tests.core.paced_sites import DEAR, FULL_W, OFF_W, later, looked, told
from tests.core.test_canary_steps import BARRED, NEW, PACING, RUN, WENT
from tests.core.test_held_repeats import STOP, overdue

RUNS = RUN["a1"]
IN_VAIN = overdue(STOP)
IN_TIME = replace(IN_VAIN, deadline=later(60))
LATE = replace(IN_TIME, late=True)


def stopping(motion: Motion, miner: MinerSeen, canary: Canary) -> tuple[Plan, Pool]:
    """A look at two that run, and a third that was told to stop."""
    name = motion.command.miner
    seen = looked({"a2": RUNS, "a3": RUNS}, PACING, price=DEAR, canaries={name: miner})
    seen = replace(seen, moving={name: miner})
    state = State(motions={name: motion}, canaries={NEW: canary}, next_command=2)
    [pool] = assess(seen, state, Orders(2)).pools
    return told(seen, state)[0], pool


def test_nothing_is_told_once_more_to_a_barred_firmware() -> None:
    plan, pool = stopping(IN_VAIN, RUNS, BARRED)
    assert plan.commands == ()
    assert (pool.withheld, pool.pinned, base_w(pool)) == (3, (), 3 * FULL_W)


def test_of_a_barred_firmware_who_stops_counts_with_what_it_draws_and_once() -> None:
    for motion in (LATE, IN_TIME):
        _, pool = stopping(motion, RUNS, BARRED)
        assert base_w(pool) == 3 * FULL_W
    _, locked = stopping(LATE, replace(RUNS, locked=True), BARRED)
    assert locked.withheld == 2
    assert base_w(locked) == 3 * FULL_W


def test_who_is_late_with_coming_down_is_not_told_to_return() -> None:
    assert stopping(LATE, RUNS, replace(WENT, miner="a0"))[0].commands == ()
    there = replace(RUNS, level=OFF, power_w=OFF_W, at=later(-40))
    [command] = stopping(IN_TIME, there, replace(WENT, miner="a0"))[0].commands
    assert command.level == "default"


LOWERED = replace(
    in_motion(FAILED, "340MHz", "default", curve="three"), command=replace(STOP, level="340MHz")
)


@pytest.mark.parametrize(("stage", "told"), [(FAILED, []), (CONFIRMED, ["default"])])
def test_who_only_says_that_it_came_down_is_not_told_to_return(
    stage: Stage, told: list[str]
) -> None:
    """It counts in full, and its meter may show somebody else's power in its place."""
    low_w = CURVES["three"].level("340MHz").power_w
    says = replace(RUNS, curve="three", level="340MHz", power_w=low_w, grade=EvidenceGrade.INFERRED)
    was = replace(LOWERED, stage=stage, proven_w=low_w if stage is CONFIRMED else FULL_W)
    seen = replace(looked({}, PACING, price=DEAR, canaries={"a0": says}), moving={"a0": says})
    state = State(motions={"a0": was}, canaries={NEW: replace(WENT, miner="a0")}, next_command=2)
    plan, *_ = decide(seen, state)
    assert [one.level for one in plan.commands] == told
