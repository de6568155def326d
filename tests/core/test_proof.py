"""What a meter proves of miners that report no watts, and what it does not."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.core.counting.balance import learn
from controller.core.counting.proof import proven, unheard
from controller.core.decide import decide
from controller.core.obedience.command import advance
from controller.core.obedience.evidence import Look, counted_w
from controller.model.fleet import (
    CUT,
    OFF,
    Command,
    EvidenceGrade,
    MinerSeen,
    Motion,
    Stage,
)
from controller.model.grid import SITE
from controller.model.quality import Fresh, Observed, Stale
from controller.model.remembered import Balance
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Pacing
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW
from tests.core.stopped import (
    BALANCE,
    FULL_W,
    HALL,
    OFF_W,
    STATE,
    THEN,
    at_meter,
    says,
    seen,
    stopping,
)


@pytest.mark.parametrize("running", [1, 2, 3, 4])
def test_as_many_are_proven_as_the_meter_fell_for_the_first_by_name(running: int) -> None:
    expected = {f"m{number}": "a" for number in range(1, 5 - running)}
    assert proven(seen(at_meter(running)), STATE) == expected


def test_who_says_that_it_runs_is_not_among_them() -> None:
    found = proven(seen(at_meter(1), m1=says("default")), STATE)
    assert found == {"m2": "a", "m3": "a", "m4": "a"}


def test_a_meter_that_stands_still_proves_nothing() -> None:
    assert proven(seen(at_meter(4)), STATE) == {}


@pytest.mark.parametrize(
    "meter",
    [
        Stale(value=600, at=THEN),
        Fresh(value=600, at=NOW),
    ],
)
def test_nor_does_one_that_is_stale_or_was_read_before_the_command(meter: Observed[int]) -> None:
    assert proven(seen(meter), STATE) == {}


def test_a_fall_that_another_miner_may_have_made_proves_nothing() -> None:
    """m0 reports its watts, was told to stop too, and has not said that it did."""
    other = replace(says("default", EvidenceGrade.SELF_REPORT), at=THEN - timedelta(seconds=5))
    motions = {**STATE.motions, "m0": stopping("m0")}
    state = State(motions=motions, balances={"a": BALANCE})
    fell_once = Fresh(value=500 + 4 * FULL_W + OFF_W, at=THEN)
    assert proven(seen(fell_once, m0=other), state) == {}


def test_where_the_meter_leaves_no_room_for_one_of_them_all_are_proven() -> None:
    """They draw less than their plate says: three of four steps would have been seen."""
    balance = Balance(unexplained_w=-3_000, meter_w=0, own_w=0, nameplate_w={})
    state = State(motions=STATE.motions, balances={"a": balance})
    assert len(proven(seen(at_meter(0)), state)) == 4


def test_for_that_nothing_need_be_known_of_the_time_before() -> None:
    """A dispatch came before the meter had been quiet even once."""
    state = State(motions=STATE.motions)
    assert set(proven(seen(at_meter(0)), state)) == {"m1", "m2", "m3", "m4"}
    assert proven(seen(at_meter(1)), state) == {}


def test_the_site_s_meter_stands_in_for_a_group_s() -> None:
    state = State(motions=STATE.motions, balances={SITE: BALANCE})
    snapshot = Snapshot(
        now=THEN,
        site=HALL,
        meters_w={SITE: at_meter(2)},
        curves=CURVES,
        moving={name: says(OFF) for name in STATE.motions},
    )
    assert proven(snapshot, state) == {"m1": SITE, "m2": SITE}


def test_one_fall_is_not_shown_twice_by_a_group_s_meter_and_the_site_s() -> None:
    """m1 was given up and is off now; m9 in a hall without a meter only says so."""
    other = replace(stopping("m9"), group="b")
    motions = {"m1": stopping("m1", Stage.FAILED), "m9": other}
    state = State(motions=motions, balances={"a": BALANCE, SITE: BALANCE})
    site_meter = Fresh(value=500 + OFF_W + FULL_W, at=THEN)
    snapshot = Snapshot(
        now=THEN,
        site=replace(HALL, groups={"a": Group(), "b": Group()}),
        meters_w={"a": Fresh(value=500 + OFF_W, at=THEN), SITE: site_meter},
        curves=CURVES,
        moving={"m1": says(OFF), "m9": replace(says(OFF), group="b")},
        fleet_known=True,
    )
    assert proven(snapshot, state) == {"m1": "a"}
    both = replace(snapshot.meters_w[SITE], value=500 + 2 * OFF_W)
    fallen = replace(snapshot, meters_w={**snapshot.meters_w, SITE: both})
    assert proven(fallen, state) == {"m1": "a", "m9": SITE}


def test_the_event_says_which_meter_showed_it() -> None:
    look = Look(THEN, Pacing(), may_start=True, shown={"m1": "a"})
    found = advance(stopping("m1"), says(OFF), CURVES["plain"], None, look)
    (event,) = found.events
    assert (event.stage, event.grade) == (Stage.CONFIRMED, EvidenceGrade.GROUP_METER)
    assert (event.power_w, event.detail) == (OFF_W, "shown by the meter of a")


def test_one_that_is_not_proven_is_repeated_given_up_and_goes_on_counting_in_full() -> None:
    late = NOW + timedelta(seconds=31)
    look = Look(late, Pacing(attempts=1), may_start=True)
    (event,) = advance(stopping("m1"), says(OFF), CURVES["plain"], None, look).events
    assert event.stage is Stage.FAILED
    assert counted_w(stopping("m1", Stage.FAILED), says(OFF), CURVES["plain"]) == FULL_W


def test_one_given_up_is_told_again_after_its_time_and_never_believed_meanwhile() -> None:
    look = Look(NOW + timedelta(seconds=600), Pacing(), may_start=False)
    found = advance(stopping("m1", Stage.FAILED), says(OFF), CURVES["plain"], None, look).motion
    assert found is not None
    assert (found.stage, found.command.id, found.command.attempt) == (Stage.INTENDED, "", 1)


def test_one_given_up_is_told_nothing_more_while_no_meter_could_tell() -> None:
    given_up = stopping("m1", Stage.FAILED)
    look = Look(NOW + timedelta(seconds=700), Pacing(), may_start=True, unheard={"m1"})
    assert advance(given_up, says(OFF), CURVES["plain"], None, look).motion == given_up
    assert counted_w(given_up, says(OFF), CURVES["plain"]) == FULL_W
    heard = Look(look.now, Pacing(), may_start=True)
    again = advance(given_up, says(OFF), CURVES["plain"], None, heard).motion
    assert again is not None
    assert again.stage is Stage.INTENDED


def test_it_is_said_why_one_is_given_up_that_no_meter_could_show() -> None:
    late = NOW + timedelta(seconds=31)
    look = Look(late, Pacing(attempts=1), may_start=True, unheard={"m1"})
    (event,) = advance(stopping("m1"), says(OFF), CURVES["plain"], None, look).events
    assert event.detail == "it says so, and no meter has spoken that could show it"


def test_a_process_that_begins_tells_it_nothing_more_either() -> None:
    lost = replace(stopping("m1", Stage.FAILED), lost=True)
    look = Look(THEN, Pacing(), may_start=True, unheard={"m1"})
    assert advance(lost, says(OFF), CURVES["plain"], None, look).motion == lost
    runs = advance(lost, says("default"), CURVES["plain"], None, look).motion
    assert runs is None, "one that is found running is free to be told"


@pytest.mark.parametrize(
    ("meter", "silent"),
    [
        (Stale(value=600, at=THEN), True),
        (Fresh(value=600, at=NOW), True),
        (at_meter(4), False),
    ],
)
def test_a_meter_is_heard_that_was_read_since_the_command(
    meter: Observed[int], silent: bool
) -> None:
    assert unheard(seen(meter), STATE) == (set(STATE.motions) if silent else set())


def test_the_site_s_meter_is_heard_where_a_group_s_is_silent() -> None:
    state = replace(STATE, balances={"a": BALANCE, SITE: BALANCE})
    stale = seen(Stale(value=600, at=THEN))
    both = replace(stale, meters_w={**stale.meters_w, SITE: at_meter(4)})
    assert unheard(both, state) == set()


def test_a_meter_with_nothing_to_compare_with_could_not_tell() -> None:
    assert unheard(seen(at_meter(4)), State(motions=STATE.motions)) == set(STATE.motions)


def test_no_balance_begins_while_somebody_is_unproven() -> None:
    """It would take for granted that all of them run, and could never show that one does not."""
    given_up = {name: stopping(name, Stage.FAILED) for name in STATE.motions}
    found = learn(seen(at_meter(0)), State(motions=given_up), given_up, None)
    assert found.balances == {}
    known = learn(seen(at_meter(4)), replace(STATE, motions=given_up), given_up, None)
    assert known.balances["a"].unexplained_w == 500, "one that was there before goes on"


def test_a_step_that_no_meter_shows_is_not_booked_as_curtailed() -> None:
    low, top = CURVES["three"].levels[1:]
    stuck = replace(stopping("m1", Stage.FAILED), curve="three", from_level=top.name)
    told = replace(stuck.command, level=low.name)
    claims = MinerSeen(
        group="a",
        curve="three",
        level=low.name,
        power_w=low.power_w,
        at=THEN,
        grade=EvidenceGrade.INFERRED,
    )
    snapshot = replace(
        seen(Fresh(value=top.power_w, at=THEN)),
        price_per_mwh=Fresh(value=Decimal(20), at=THEN),
        hashprice_per_ph_day=Fresh(value=Decimal("56.67"), at=THEN),
        moving={"m1": claims},
    )
    plan, _, _ = decide(snapshot, State(motions={"m1": replace(stuck, command=told)}))
    assert plan.expected_w == top.power_w
    assert plan.curtailed == {}


def test_a_start_is_taken_at_its_word() -> None:
    starting = Motion(
        command=Command(id="c", miner="m1", level="default", reason=Reason.PROFITABLE, at=NOW),
        stage=Stage.SENT,
        group="a",
        curve="plain",
        from_level=OFF,
        proven_w=OFF_W,
        deadline=NOW + timedelta(seconds=300),
    )
    look = Look(THEN, Pacing(), may_start=True)
    (event,) = advance(starting, says("default"), CURVES["plain"], None, look).events
    assert (event.stage, event.grade) == (Stage.CONFIRMED, EvidenceGrade.INFERRED)


def test_who_was_told_to_be_off_and_cut_by_somebody_is_proven_like_the_others() -> None:
    cut = replace(says(OFF), level=CUT, power_w=0)
    assert proven(seen(at_meter(3), m1=cut), STATE) == {"m1": "a"}
    assert proven(seen(at_meter(4), m1=cut), STATE) == {}
