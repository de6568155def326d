"""What a meter may show of somebody who hides behind miners that only say that they are off."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from controller.core.obedience.motions import Orders
from controller.core.pacing.hidden import hidden_w
from controller.core.situation import assess
from controller.model.fleet import OFF, Command, MinerSeen, Motion, Stage
from controller.model.grid import SITE
from controller.model.quality import Fresh, Missing
from controller.model.seen import Snapshot, State
from controller.model.site import Pacing
from controller.reasons import Reason
from tests.core.paced_sites import FULL_W, OFF_W, hall, later, looked, miner
from tests.core.test_unproven import given_up, says

METER_W = 2_500
SAID = State(motions={"m0": given_up("m0")}, other_w={SITE: 300})
"""Of other load, 300 W are known."""


def look(meter_at_s: float = 0, meter_w: int = METER_W, **others: MinerSeen) -> Snapshot:
    """m0 says that it is off; of the others, those that a motion names are on their way."""
    meter = Fresh(value=meter_w, at=later(meter_at_s))
    return replace(looked({}, Pacing()), moving={"m0": says(OFF), **others}, meters_w={SITE: meter})


def way_to(level: str, from_level: str, proven_w: int) -> Motion:
    return Motion(
        command=Command(id="c", miner="m1", level=level, reason=Reason.PROFITABLE, at=later(-20)),
        stage=Stage.SENT,
        group="a",
        curve="plain",
        from_level=from_level,
        proven_w=proven_w,
        deadline=later(200),
    )


def hidden(seen: Snapshot, *motions: Motion, state: State = SAID) -> dict[str, int]:
    going = {one.command.miner: one for one in motions}
    state = replace(state, motions={**state.motions, **going})
    return hidden_w(assess(seen, state, Orders(1)))


STARTING = way_to("default", OFF, OFF_W)
STOPPING = way_to(OFF, "default", FULL_W)


def test_it_is_what_the_meter_shows_beyond_reports_and_the_known_other_load() -> None:
    assert hidden(look()) == {SITE: METER_W - OFF_W - 300}


def test_a_meter_that_shows_less_hides_nobody() -> None:
    assert hidden(look(meter_w=300)) == {SITE: 0}


def test_nobody_hides_where_every_miner_is_seen_to_be_off() -> None:
    seen = looked(hall("a", 2, OFF), Pacing())
    assert hidden(seen, state=State(other_w={SITE: 0})) == {}


def test_one_is_enough_to_hide_behind() -> None:
    seen = replace(look(), cohorts=looked(hall("b", 1, OFF), Pacing()).cohorts)
    assert hidden(seen) == {SITE: METER_W - 2 * OFF_W - 300}


def test_a_silent_meter_hides_nothing_that_is_known() -> None:
    seen = replace(look(), meters_w={SITE: Missing(why="silent")})
    assert hidden(seen) == {}


@pytest.mark.parametrize(("read_s", "unread"), [(-2, True), (-1, True), (-0.5, False)])
def test_a_meter_read_when_the_last_came_up_or_before_may_hide_all_that_it_shows(
    read_s: float, unread: bool
) -> None:
    rose = replace(SAID, rose_at=later(-1))
    told_w = 0 if unread else OFF_W
    assert hidden(look(read_s), state=rose) == {SITE: METER_W - told_w - 300}


def test_so_may_one_at_the_very_look_at_which_a_start_is_confirmed() -> None:
    """Beside it another is still on its way down."""
    seen = look(m1=miner("a", "default"), m2=miner("a", "default"))
    going = replace(STOPPING, command=replace(STOPPING.command, miner="m2"))
    assert hidden(seen, STARTING, going) == {SITE: METER_W - 300}


@pytest.mark.parametrize(
    ("way", "stands_at", "flying"),
    [(STARTING, OFF, True), (STOPPING, "default", True), (STOPPING, OFF, False)],
)
def test_nobody_who_is_on_the_way_yet_and_nobody_who_stopped_does_that(
    way: Motion, stands_at: str, flying: bool
) -> None:
    """Of those on their way the meter may have seen nothing of what they report."""
    one = miner("a", stands_at)
    told_w = OFF_W + (0 if flying else one.power_w)
    assert hidden(look(m1=one), way) == {SITE: METER_W - told_w - 300}
