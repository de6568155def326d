"""What becomes of a miner that was given up."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from controller.core.obedience import Look, advance, beyond_reach, counted_w, refuses_more
from controller.model.fleet import OFF, Command, MinerSeen, Motion, Stage
from controller.model.site import Pacing
from controller.reasons import Reason
from tests.core.strategies import CURVES, NOW

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
