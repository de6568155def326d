"""What a reading proves of a miner in motion, and what the miner counts with until it does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from controller.core.obedience.evidence import Look, counted_w, drawn_w, shows, starts, told_w
from controller.model.fleet import (
    CONFIRMED,
    CUT,
    FAILED,
    INFERRED,
    OFF,
    SENT,
    Command,
    MinerSeen,
    Motion,
    Stage,
)
from controller.model.site import Pacing
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW

CURVE = CURVES["hollow"]
OFF_W, ECO_W, MID_W, TOP_W = (level.power_w for level in CURVE.levels)
"""30, 1,000, 2,000 and 3,100 W."""
THEN = NOW + timedelta(seconds=1)


def told(
    level: str,
    from_level: str,
    proven_w: int,
    stage: Stage = SENT,
    reason: Reason = Reason.DISPATCH,
) -> Motion:
    return Motion(
        command=Command(id="c", miner="m", level=level, reason=reason, at=NOW),
        stage=stage,
        group="a",
        curve="hollow",
        from_level=from_level,
        proven_w=proven_w,
        deadline=NOW + timedelta(seconds=30),
    )


def seen(level: str, power_w: int) -> MinerSeen:
    return MinerSeen(group="a", curve="hollow", level=level, power_w=power_w, at=THEN)


def proves(motion: Motion, miner: MinerSeen, *, metered: bool = False) -> bool:
    shown = {"m": "a"} if metered else {}
    return shows(motion, miner, CURVE, Look(THEN, Pacing(), may_start=True, shown=shown))


LOWERED, IS_LOW = told("eco", "top", TOP_W), seen("eco", ECO_W)


def test_only_a_reading_of_after_the_command_proves_that_it_was_obeyed() -> None:
    assert proves(LOWERED, IS_LOW)
    assert not proves(LOWERED, replace(IS_LOW, at=NOW))
    assert not proves(LOWERED, replace(IS_LOW, at=NOW - timedelta(seconds=1)))
    assert not proves(LOWERED, replace(IS_LOW, at=None))
    assert not proves(LOWERED, replace(IS_LOW, reachable=False))


@pytest.mark.parametrize(("power_w", "proven"), [(1_120, True), (1_121, False)])
def test_one_that_came_down_draws_no_more_than_1_12_times_its_plate(
    power_w: int, proven: bool
) -> None:
    assert proves(LOWERED, seen("eco", power_w)) is proven


@pytest.mark.parametrize(("power_w", "proven"), [(1_550, True), (1_549, False)])
def test_one_that_came_up_draws_half_of_its_plate(power_w: int, proven: bool) -> None:
    assert proves(told("top", "eco", ECO_W), seen("top", power_w)) is proven


@pytest.mark.parametrize(("proven_w", "proven"), [(999, True), (1_000, False)])
def test_one_that_drew_as_much_before_has_to_come_down(proven_w: int, proven: bool) -> None:
    """1,200 W are too much for one told down to 1,000, and enough for one told up to that."""
    assert proves(told("eco", "mid", proven_w), seen("eco", 1_200)) is proven


def test_a_standby_is_one_whatever_its_plate_says() -> None:
    assert proves(told(OFF, "top", TOP_W), seen(OFF, 2 * OFF_W))
    assert proves(told(CUT, "top", TOP_W), seen(CUT, 0))


@pytest.mark.parametrize(("proven_w", "by_word"), [(1_120, True), (1_121, False)])
def test_without_watts_a_word_is_enough_for_a_step_that_no_meter_could_tell(
    proven_w: int, by_word: bool
) -> None:
    """Up to 1.12 times 1,000 W a plate may be wrong."""
    step, says_so = told("eco", "mid", proven_w), replace(IS_LOW, grade=INFERRED)
    assert proves(step, says_so) is by_word
    assert proves(step, says_so, metered=True)


@pytest.mark.parametrize(
    ("from_level", "level", "is_start"),
    [
        (OFF, "eco", True),
        (CUT, "eco", True),
        ("eco", "top", False),
        ("eco", OFF, False),
        (OFF, CUT, False),
        (CUT, OFF, False),
    ],
)
def test_a_start_takes_a_miner_from_off_to_where_it_runs(
    from_level: str, level: str, is_start: bool
) -> None:
    assert starts(told(level, from_level, OFF_W)) is is_start


def test_behind_an_open_switch_nothing_is_drawn() -> None:
    assert told_w(CURVE, CUT) == 0
    assert drawn_w(told(CUT, OFF, 0), seen(CUT, 0), CURVE) == 0


@pytest.mark.parametrize(
    ("level", "power_w", "stage", "expected_w"),
    [(CUT, 0, SENT, TOP_W), (CUT, 0, CONFIRMED, 0), (OFF, OFF_W, CONFIRMED, TOP_W)],
)
def test_a_contested_one_counts_in_full_until_its_switch_is_proven_open(
    level: str, power_w: int, stage: Stage, expected_w: int
) -> None:
    contested = told(level, "eco", ECO_W, stage, Reason.CONTESTED)
    assert counted_w(contested, seen(level, power_w), CURVE) == expected_w


@pytest.mark.parametrize(
    ("stage", "proven_w", "power_w", "reported_w", "lost_w"),
    [
        (CONFIRMED, MID_W, ECO_W, ECO_W, MID_W),
        (CONFIRMED, ECO_W, MID_W, MID_W, MID_W),
        (FAILED, TOP_W, MID_W, MID_W, TOP_W),
    ],
)
def test_one_that_is_lost_counts_with_no_less_than_was_proven(
    stage: Stage, proven_w: int, power_w: int, reported_w: int, lost_w: int
) -> None:
    motion, miner = told("eco", "top", proven_w, stage), seen("mid", power_w)
    assert counted_w(motion, miner, CURVE) == reported_w
    assert counted_w(motion, replace(miner, reachable=False), CURVE) == lost_w
