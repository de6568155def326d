"""What becomes of a miner that was given up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from controller.core.obedience.command import advance, beyond_reach, refuses_more
from controller.core.obedience.evidence import Look, counted_w
from controller.model.fleet import (
    CUT,
    OFF,
    Command,
    EvidenceGrade,
    MinerSeen,
    Motion,
    Outcome,
    Stage,
)
from controller.model.site import Pacing
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW

THREE = CURVES["three"]
GIVEN_UP = Motion(
    command=Command(id="c1", miner="a1", level=OFF, reason=Reason.DISPATCH, at=NOW, attempt=3),
    stage=Stage.FAILED,
    group="a",
    curve="three",
    from_level="default",
    proven_w=2_794,
    deadline=NOW,
    rest_until=NOW + timedelta(seconds=600),
)
RUNNING = MinerSeen(group="a", curve="three", level="default", power_w=2_794, at=NOW)
REFUSED = replace(
    GIVEN_UP,
    command=replace(GIVEN_UP.command, level="default"),
    from_level="340MHz",
    proven_w=1_414,
)
HALFWAY = replace(RUNNING, level="340MHz", power_w=1_414)


def later(motion: Motion, miner: MinerSeen, seconds: int) -> Motion | None:
    """The motion as it stands some seconds after it was given up."""
    look = Look(NOW + timedelta(seconds=seconds), Pacing(), may_start=True)
    return advance(motion, miner, THREE, None, look).motion


def test_it_is_left_alone_until_its_time() -> None:
    assert later(GIVEN_UP, RUNNING, 599) == GIVEN_UP
    assert later(GIVEN_UP, RUNNING, 600) is None
    assert beyond_reach(GIVEN_UP, RUNNING, THREE)


def test_one_that_was_lost_is_told_again_as_soon_as_it_is_back() -> None:
    lost = later(GIVEN_UP, replace(RUNNING, reachable=False), 10)
    assert lost == replace(GIVEN_UP, lost=True)
    assert later(lost, RUNNING, 20) is None


def test_one_that_comes_to_obey_is_confirmed() -> None:
    off = replace(RUNNING, level=OFF, power_w=25, at=NOW + timedelta(seconds=5))
    confirmed = later(GIVEN_UP, off, 10)
    assert confirmed is not None
    assert confirmed.stage is Stage.CONFIRMED


def test_one_that_refuses_to_rise_rests_where_it_is_and_can_be_lowered() -> None:
    assert later(REFUSED, HALFWAY, 30) == REFUSED
    assert refuses_more(REFUSED, HALFWAY, THREE)
    assert not beyond_reach(REFUSED, HALFWAY, THREE)
    assert counted_w(REFUSED, HALFWAY, THREE) == 1_414


def test_one_that_rests_and_is_lost_can_be_told_nothing() -> None:
    resting = replace(GIVEN_UP, stage=Stage.CONFIRMED)
    assert beyond_reach(resting, replace(RUNNING, reachable=False), THREE)
    assert not beyond_reach(resting, RUNNING, THREE)


FIRST = replace(
    GIVEN_UP,
    stage=Stage.SENT,
    command=replace(GIVEN_UP.command, attempt=1),
    deadline=NOW + timedelta(seconds=30),
    rest_until=None,
)


def in_flight(motion: Motion, seconds: int, outcome: Outcome | None = None) -> Motion:
    look = Look(NOW + timedelta(seconds=seconds), Pacing(), may_start=True)
    after = advance(motion, RUNNING, THREE, outcome, look).motion
    assert after is not None
    return after


def test_one_that_lets_its_deadline_pass_is_late_from_then_on() -> None:
    assert in_flight(FIRST, 29) == FIRST
    again = in_flight(FIRST, 30)
    assert (again.command.attempt, again.late, again.from_command_at) == (2, True, NOW)
    third = in_flight(replace(again, command=replace(again.command, id="c2")), 60)
    assert (third.command.attempt, third.late, third.from_command_at) == (3, True, NOW)


def test_one_that_refuses_is_late_at_once() -> None:
    refused = Outcome(command="c1", miner="a1", stage=Stage.FAILED, at=NOW, detail="no")
    assert in_flight(FIRST, 1, refused).late


def test_one_that_was_to_come_up_is_not_late() -> None:
    up = replace(REFUSED, stage=Stage.SENT, command=replace(REFUSED.command, attempt=1))
    look = Look(NOW + timedelta(seconds=300), Pacing(), may_start=True)
    again = advance(up, HALFWAY, THREE, None, look).motion
    assert again is not None
    assert (again.command.attempt, again.late) == (2, False)


def test_one_that_nobody_watched_is_told_anew_and_is_not_late() -> None:
    anew = in_flight(replace(FIRST, lost=True), 30)
    assert (anew.command.attempt, anew.late, anew.from_command_at) == (1, False, None)


def test_who_obeys_is_late_no_more() -> None:
    off = replace(RUNNING, level=OFF, power_w=25, at=NOW + timedelta(seconds=5))
    confirmed = later(replace(FIRST, late=True), off, 10)
    assert confirmed is not None
    assert (confirmed.late, confirmed.stage) == (False, Stage.CONFIRMED)
    assert confirmed.rest_until == NOW + timedelta(seconds=310)


def test_one_that_somebody_cut_is_off_as_it_was_told() -> None:
    """By a switch that meters at once, by any other when the meter has fallen for it."""
    cut = replace(RUNNING, level=CUT, power_w=0, at=NOW + timedelta(seconds=5))
    metered = later(GIVEN_UP, replace(cut, grade=EvidenceGrade.OUTLET), 10)
    assert metered is not None
    assert metered.stage is Stage.CONFIRMED
    assert later(metered, replace(cut, grade=EvidenceGrade.OUTLET), 20) == metered, "it rests"
    inferred = replace(cut, grade=EvidenceGrade.INFERRED)
    assert later(GIVEN_UP, inferred, 10) == GIVEN_UP
    assert counted_w(GIVEN_UP, inferred, THREE) == 2_794
    look = Look(NOW + timedelta(seconds=10), Pacing(), may_start=True, shown={"a1": "a"})
    shown = advance(GIVEN_UP, inferred, THREE, None, look).motion
    assert shown is not None
    assert (shown.stage, counted_w(shown, inferred, THREE)) == (Stage.CONFIRMED, 0)


def test_one_told_to_run_does_not_obey_behind_an_open_switch() -> None:
    cut = replace(RUNNING, level=CUT, power_w=0, at=NOW + timedelta(seconds=5))
    assert later(REFUSED, replace(cut, grade=EvidenceGrade.OUTLET), 10) == REFUSED
    resting = replace(REFUSED, stage=Stage.CONFIRMED)
    assert later(resting, RUNNING, 10) == resting
    assert later(resting, replace(cut, grade=EvidenceGrade.OUTLET), 10) is None, "it was moved"


def test_a_switch_that_closes_may_let_a_miner_boot_at_its_top() -> None:
    """Told off or to its lowest level after a cut, it counts in full until its power shows it."""
    closes = replace(FIRST, from_level=CUT, proven_w=0)
    cut = replace(RUNNING, level=CUT, power_w=0)
    assert counted_w(closes, cut, THREE) == 2_794
    assert counted_w(replace(FIRST, proven_w=0), cut, THREE) == 25


@pytest.mark.parametrize("locked", [False, True])
@pytest.mark.parametrize("level", [OFF, CUT])
def test_a_contest_that_ends_leaves_nobody_believed_whom_no_meter_has_shown(
    level: str, locked: bool
) -> None:
    """Its time has passed, or its place was locked, and the only meter is silent."""
    command = replace(GIVEN_UP.command, level=level, reason=Reason.CONTESTED)
    over = replace(GIVEN_UP, command=command)
    off = replace(RUNNING, level=level, power_w=25, at=NOW + timedelta(seconds=5), locked=locked)
    off = replace(off, grade=EvidenceGrade.INFERRED)
    look = Look(
        NOW + timedelta(seconds=10 if locked and level == OFF else 3_600),
        Pacing(),
        may_start=True,
        unheard={"a1"},
    )
    after = advance(over, off, THREE, None, look).motion
    assert after is not None
    assert (after.stage, counted_w(after, off, THREE)) == (Stage.FAILED, 2_794)
    heard = Look(look.now, Pacing(), may_start=True, shown={"a1": "site"})
    shown = advance(after, off, THREE, None, heard).motion
    assert shown is not None
    assert shown.stage is Stage.CONFIRMED
    own = replace(off, grade=EvidenceGrade.SELF_REPORT)
    assert advance(replace(over, stage=Stage.CONFIRMED), own, THREE, None, look).motion is None
