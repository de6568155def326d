"""The life of a command at its edges: what was reported of it, what proves it, when it is given up,
and what may still be told to whoever was."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from controller.core.obedience.command import (
    Advance,
    advance,
    beyond_reach,
    event_of,
    is_due,
    refuses_more,
    resumed,
    unproven_off,
)
from controller.core.obedience.evidence import Look, counted_w, is_contested
from controller.core.obedience.patience import pacing_of
from controller.model.fleet import (
    CONFIRMED,
    CUT,
    FAILED,
    INFERRED,
    INTENDED,
    OFF,
    SENT,
    Command,
    EvidenceGrade,
    MinerSeen,
    Motion,
    Outcome,
    Stage,
)
from controller.model.grid import SITE
from controller.model.seen import State
from controller.model.site import Group, Pacing, Site
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW
from tests.core.paced_sites import later

THREE = CURVES["three"]
LOW, TOP = "340MHz", "default"
PACING = Pacing(minimum_on_s=600, minimum_off_s=300, attempts=3, retry_after_s=500)
STOPS_S = PACING.stop_within_s


def power_w(level: str) -> int:
    return 0 if level == CUT else THREE.level(level).power_w


def told(
    level: str,
    from_level: str,
    stage: Stage = SENT,
    *,
    attempt: int = 1,
    reason: Reason = Reason.DISPATCH,
    proven_w: int | None = None,
) -> Motion:
    """Told just now, from what it was proven to draw; if it was given up, until in 500 s."""
    return Motion(
        command=Command(
            id="c1", miner="a1", level=level, reason=reason, at=NOW, attempt=attempt, dispatch="d"
        ),
        stage=stage,
        group="a",
        curve="three",
        from_level=from_level,
        proven_w=power_w(from_level) if proven_w is None else proven_w,
        deadline=later(STOPS_S),
        rest_until=later(500) if stage is FAILED else None,
    )


def contested(level: str = OFF, stage: Stage = FAILED, *, attempt: int = 1) -> Motion:
    """For an hour."""
    motion = told(level, TOP, stage, attempt=attempt, reason=Reason.CONTESTED)
    return replace(motion, rest_until=later(3_600) if stage is FAILED else None)


def shows(
    level: str,
    grade: EvidenceGrade = EvidenceGrade.SELF_REPORT,
    *,
    at_s: float = 5,
    drawn_w: int | None = None,
) -> MinerSeen:
    return MinerSeen(
        group="a",
        curve="three",
        level=level,
        power_w=power_w(level) if drawn_w is None else drawn_w,
        at=later(at_s),
        grade=grade,
    )


def says(level: str) -> MinerSeen:
    """Without watts of its own."""
    return shows(level, INFERRED)


def lost(miner: MinerSeen) -> MinerSeen:
    return replace(miner, reachable=False)


def locked(miner: MinerSeen) -> MinerSeen:
    return replace(miner, locked=True)


def look(seconds: float, **more: Any) -> Look:
    return Look(later(seconds), PACING, may_start=True, **more)


def found(motion: Motion, miner: MinerSeen, at: Look, outcome: Outcome | None = None) -> Advance:
    return advance(motion, miner, THREE, outcome, at)


def left(motion: Motion, miner: MinerSeen, at: Look) -> Motion:
    after = found(motion, miner, at).motion
    assert after is not None
    return after


def reported(stage: Stage) -> Outcome:
    return Outcome(command="c1", miner="a1", stage=stage, at=NOW, detail="by the shadow")


@pytest.mark.parametrize("stage", [SENT, Stage.WITHHELD])
def test_what_the_fleet_reports_is_booked_and_the_order_is_on_its_way(stage: Stage) -> None:
    """Also one that shadow mode withholds: it has its time to be obeyed."""
    motion = told(OFF, TOP, INTENDED)
    after, [event] = found(motion, shows(TOP), look(1), reported(stage))
    assert (event.stage, event.detail) == (stage, "by the shadow")
    assert after == replace(motion, stage=SENT)


@pytest.mark.parametrize(
    ("miner", "unheard", "why"),
    [
        (lost(shows(TOP)), (), "it cannot be reached"),
        (lost(says(OFF)), {"a1"}, "it cannot be reached"),
        (says(OFF), {"a1"}, "it says so, and no meter has spoken that could show it"),
        (says(OFF), {"a2"}, "its power does not show it"),
        (shows(TOP), (), "its power does not show it"),
    ],
)
def test_why_an_order_has_failed_is_booked(
    miner: MinerSeen, unheard: set[str] | tuple[()], why: str
) -> None:
    [event] = found(told(OFF, TOP), miner, look(STOPS_S, unheard=unheard)).events
    assert (event.stage, event.detail) == (FAILED, why)


@pytest.mark.parametrize(
    ("motion", "miner", "rests_s"),
    [
        (told(OFF, TOP), shows(OFF), 300),
        (told(TOP, OFF), shows(TOP), 600),
        (told(TOP, LOW), shows(TOP), 600),
        (told(LOW, TOP), shows(LOW), 0),
        (told(LOW, LOW), shows(LOW), 0),
        (told(TOP, OFF, proven_w=2_794), says(TOP), 600),
        (contested(stage=SENT), shows(OFF), 3_600 - 9),
    ],
)
def test_how_long_one_rests_that_obeyed(motion: Motion, miner: MinerSeen, rests_s: int) -> None:
    """A start and a higher level are kept for 600 s, a stop for 300 s; who was lowered may rise at
    once; who is contested is left alone for an hour from its first telling on."""
    assert left(motion, miner, look(9)).rest_until == later(9 + rests_s)


def test_who_obeys_is_proven_at_what_it_draws_and_is_lost_no_more() -> None:
    after = left(replace(told(OFF, TOP), late=True, lost=True), shows(OFF), look(9))
    assert (after.stage, after.proven_w) == (CONFIRMED, 25)
    assert (after.late, after.lost) == (False, False)


@pytest.mark.parametrize(
    ("miner", "at", "grade", "detail"),
    [
        (shows(OFF), look(9), EvidenceGrade.SELF_REPORT, ""),
        (shows(OFF), look(9, unmetered={"a"}), EvidenceGrade.SELF_REPORT, ""),
        (
            says(OFF),
            look(9, unmetered={"a"}),
            INFERRED,
            "no meter can show it: counted in full",
        ),
        (
            says(OFF),
            look(9, shown={"a1": SITE}),
            EvidenceGrade.GROUP_METER,
            "shown by the meter of site",
        ),
    ],
)
def test_what_has_shown_it_is_booked(
    miner: MinerSeen, at: Look, grade: EvidenceGrade, detail: str
) -> None:
    [event] = found(told(OFF, TOP), miner, at).events
    assert (event.stage, event.grade, event.detail) == (CONFIRMED, grade, detail)


def test_a_start_that_is_taken_at_its_word_says_nothing_of_meters_that_cannot_show_it() -> None:
    [event] = found(told(TOP, OFF), says(TOP), look(9, unmetered={"b"})).events
    assert (event.stage, event.grade, event.detail) == (CONFIRMED, INFERRED, "")


@pytest.mark.parametrize(
    ("stage", "drawn_w", "booked_w"),
    [(CONFIRMED, 25, 25), (FAILED, 25, 1_414), (FAILED, 2_794, 2_794), (SENT, 25, 1_414)],
)
def test_until_power_shows_it_the_most_that_it_may_draw_is_booked(
    stage: Stage, drawn_w: int, booked_w: int
) -> None:
    event = event_of(told(OFF, LOW, stage), shows(OFF, drawn_w=drawn_w), later(9), "")
    assert event.power_w == booked_w


def test_at_rest_it_stays_until_somebody_else_moves_it() -> None:
    resting = replace(told(OFF, TOP, CONFIRMED), proven_w=25, rest_until=later(300))
    assert left(resting, shows(OFF), look(9)) == resting
    assert left(resting, lost(shows(TOP)), look(9)) == resting, "nothing is known of it"
    assert found(resting, shows(TOP), look(9)) == Advance(None)


@pytest.mark.parametrize(
    ("motion", "miner", "late"),
    [
        (told(OFF, TOP, attempt=3), shows(TOP), True),
        (told(OFF, TOP, attempt=3), lost(shows(TOP)), True),
        (replace(told(OFF, TOP, attempt=3), lost=True), lost(shows(TOP)), True),
        (replace(told(TOP, LOW, attempt=3), late=True), shows(LOW), False),
    ],
)
def test_after_its_attempts_it_is_given_up(motion: Motion, miner: MinerSeen, late: bool) -> None:
    """For 500 s, or until it is back."""
    after = left(motion, miner, look(STOPS_S))
    assert (after.stage, after.rest_until) == (FAILED, later(STOPS_S + 500))
    assert (after.late, after.lost) == (late, not miner.reachable)


def test_one_that_was_not_watched_has_its_attempts_anew_and_is_watched_from_then_on() -> None:
    after = left(replace(told(OFF, TOP, attempt=3), lost=True), shows(TOP), look(STOPS_S))
    assert (is_due(after), after.command.attempt, after.lost) == (True, 1, False)


def test_a_contested_one_is_given_up_until_its_contest_ends() -> None:
    after = left(contested(stage=SENT), shows(TOP), look(STOPS_S))
    assert (after.stage, after.rest_until) == (FAILED, later(3_600))


def test_one_that_says_so_is_told_again_once_a_meter_could_have_shown_it() -> None:
    """It is still late. Who cannot be reached is told nothing."""
    motion = replace(told(OFF, TOP, FAILED), late=True)
    assert left(motion, says(OFF), look(500, unheard={"a1"})) == motion
    away = replace(motion, lost=True)
    assert left(motion, lost(says(OFF)), look(500)) == away
    assert left(away, lost(shows(TOP)), look(499)) == away
    again = left(motion, says(OFF), look(500))
    assert (is_due(again), again.command.attempt, again.late) == (True, 1, True)


def test_what_is_resumed_is_late_no_more_and_was_not_watched() -> None:
    """But for those that had arrived."""
    motions = {"a1": replace(told(OFF, TOP), late=True), "a2": told(OFF, TOP, CONFIRMED)}
    after = resumed(State(motions=motions)).motions
    assert after == {**motions, "a1": replace(told(OFF, TOP), lost=True)}


def test_a_contested_one_is_left_alone_until_its_time_also_when_it_is_back() -> None:
    motion = replace(contested(), lost=True)
    assert left(motion, shows(TOP), look(3_599)) == motion
    assert found(motion, shows(TOP), look(3_600)) == Advance(None)


def test_a_place_that_is_locked_ends_a_contest_but_not_while_its_switch_is_told() -> None:
    assert found(contested(), locked(shows(TOP)), look(9)) == Advance(None)
    assert left(contested(CUT), locked(shows(TOP)), look(9)) == contested(CUT)


def test_who_is_seen_off_when_its_contest_ends_is_at_rest() -> None:
    """Nothing more is booked. So is whom a meter has shown to be off, though a ratio above nominal
    makes its standby 30 W by its word."""
    assert found(contested(), shows(OFF), look(3_600)) == Advance(None)
    shown = replace(contested(stage=CONFIRMED), proven_w=30, rest_until=later(3_600))
    assert found(shown, shows(OFF, INFERRED, drawn_w=30), look(3_600)) == Advance(None)


@pytest.mark.parametrize(
    ("miner", "seconds"), [(says(OFF), 3_600), (locked(says(OFF)), 9), (locked(says(OFF)), 3_600)]
)
def test_whom_no_meter_has_shown_goes_on_as_one_that_disobeys(
    miner: MinerSeen, seconds: float
) -> None:
    """Told again at once where a meter could have shown it, left alone where none has spoken."""
    again = left(contested(), miner, look(seconds))
    assert (is_due(again), again.command.attempt) == (True, 1)
    assert again.command.reason is Reason.DISOBEDIENT
    waits = left(contested(), miner, look(seconds, unheard={"a1"}))
    assert (waits.stage, waits.command.reason) == (FAILED, Reason.DISOBEDIENT)
    assert not is_contested(waits)


def test_of_a_start_that_is_let_go_only_the_stop_is_left() -> None:
    """Its switch reads open: it counts with what was not proven to have gone, for no dispatch."""
    motion = told(LOW, CUT, FAILED, proven_w=1_414)
    after = left(motion, says(CUT), look(500))
    assert (after.stage, after.command.level, after.command.dispatch) == (FAILED, OFF, "")
    assert counted_w(after, says(CUT), THREE) == 1_414


def test_of_a_higher_level_that_is_let_go_nothing_is_left() -> None:
    """Somebody else has stopped it."""
    assert found(told(TOP, LOW, FAILED), says(OFF), look(500)) == Advance(None)


REFUSES = {
    "did not rise": (told(TOP, LOW, FAILED), shows(LOW), True),
    "did not start, but runs lower": (told(TOP, OFF, FAILED), shows(LOW), True),
    "says that it is lower": (told(LOW, TOP, FAILED), says(LOW), True),
    "draws more than it says": (told(LOW, TOP, FAILED), shows(LOW, drawn_w=2_000), False),
    "did not come down": (told(OFF, TOP, FAILED), shows(TOP), False),
    "is off": (told(TOP, LOW, FAILED), shows(OFF), False),
    "is lost": (told(TOP, LOW, FAILED), lost(shows(LOW)), False),
    "is on its way": (told(TOP, LOW), shows(LOW), False),
    "is contested": (contested(), says(LOW), False),
    "is contested, and came from off": (replace(contested(), proven_w=0), shows(LOW), False),
}


@pytest.mark.parametrize(("motion", "miner", "refuses"), REFUSES.values(), ids=REFUSES)
def test_who_runs_and_refuses_to_rise_may_be_lowered(
    motion: Motion, miner: MinerSeen, refuses: bool
) -> None:
    assert refuses_more(motion, miner, THREE) is refuses


UNPROVEN = {
    "says so": (told(OFF, TOP, FAILED), says(OFF), True),
    "is cut": (told(OFF, TOP, FAILED), says(CUT), True),
    "reports watts": (told(OFF, TOP, FAILED), shows(OFF), False),
    "runs": (told(LOW, TOP, FAILED), says(LOW), False),
    "is on its way": (told(OFF, TOP), says(OFF), False),
    "is contested": (contested(), says(OFF), False),
    "is lost": (told(OFF, TOP, FAILED), lost(says(OFF)), False),
    "is locked": (told(OFF, TOP, FAILED), locked(says(OFF)), False),
    "was no higher": (told(OFF, TOP, FAILED, proven_w=28), says(OFF), False),
}


@pytest.mark.parametrize(("motion", "miner", "unproven"), UNPROVEN.values(), ids=UNPROVEN)
def test_who_only_says_that_it_is_off_may_be_started(
    motion: Motion, miner: MinerSeen, unproven: bool
) -> None:
    assert unproven_off(motion, miner, THREE) is unproven


REACH = {
    "contested": (contested(), shows(TOP), True),
    "given up": (told(OFF, TOP, FAILED), shows(TOP), True),
    "given up on its way up": (told(TOP, LOW, FAILED), shows(LOW), False),
    "given up, and says that it is off": (told(OFF, TOP, FAILED), says(OFF), False),
    "at rest": (told(OFF, TOP, CONFIRMED), shows(OFF), False),
    "at rest and lost": (told(OFF, TOP, CONFIRMED), lost(shows(OFF)), True),
    "on its way and lost": (told(OFF, TOP), lost(shows(TOP)), False),
}


@pytest.mark.parametrize(("motion", "miner", "beyond"), REACH.values(), ids=REACH)
def test_who_can_be_told_nothing_for_now(motion: Motion, miner: MinerSeen, beyond: bool) -> None:
    assert beyond_reach(motion, miner, THREE) is beyond


@pytest.mark.parametrize(
    ("group", "stop_s", "start_s"),
    [
        (Group(), 30, 300),
        (Group(stop_within_s=45), 45, 300),
        (Group(start_within_s=90), 30, 90),
        (Group(stop_within_s=45, start_within_s=90), 45, 90),
    ],
)
def test_a_group_may_declare_its_own_times(group: Group, stop_s: int, start_s: int) -> None:
    """In place of the site's 30 and 300 s; what is no group any more has those."""
    site = Site(id="s", currency="USD", zone="UTC", import_limit_w=1, groups={"a": group})
    own = pacing_of(site, "a")
    assert (own.stop_within_s, own.start_within_s) == (stop_s, start_s)
    assert replace(own, stop_within_s=30, start_within_s=300) == site.pacing
    assert pacing_of(site, "gone") == site.pacing
