"""At the edges of what convicts a meter that stands still, and of what clears it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from controller.core.counting.frozen import confirmed, disputed_w, doubted, frozen, stirred
from controller.model.fleet import OFF, EvidenceGrade, MinerSeen, Stage
from controller.model.grid import SITE
from controller.model.quality import Fresh
from controller.model.remembered import MeterWatch
from controller.model.seen import State
from tests.core.test_frozen import (
    FULL,
    OFF_W,
    STARTED,
    after_stops,
    at,
    found,
    frozen_state,
    looks,
    mended,
    motion,
    rest,
    seen,
    stops,
)

SMALL_W = 9_000
SMALL = looks(State(), *(seen(n, SMALL_W, rest(20, SMALL_W)) for n in (-200, 0)))


def small(state: State, seconds: float, meter_w: int = SMALL_W) -> State:
    """One more look at a site whose twenty miners report 9 kW."""
    return looks(state, seen(seconds, meter_w, rest(20, SMALL_W)))


def more_stops(state: State, seconds: float, count: int, told_s: float) -> State:
    return State(watched=stops(state.watched, seconds, count, told_s))


def beside(first: tuple[Stage, Stage, EvidenceGrade], others: int) -> dict[str, MeterWatch]:
    """So many miners are confirmed to be off in one look, after one that proves nothing in it."""
    was, is_now, grade = first
    names = [f"m{n}" for n in range(others)]
    before = {"first": motion("first", 0, was)}
    after = {"first": motion("first", 0, is_now)}
    before |= {name: motion(name, 0, Stage.SENT) for name in names}
    after |= {name: motion(name, 0, Stage.CONFIRMED) for name in names}
    off = MinerSeen(group="a", curve="plain", level=OFF, power_w=OFF_W)
    moving = {"first": replace(off, grade=grade), **dict.fromkeys(names, off)}
    snapshot = replace(seen(5, SMALL_W, rest(20, SMALL_W)), moving=moving)
    return confirmed(SMALL.watched, snapshot, before, after, {})


@pytest.mark.parametrize(
    "first",
    [
        (Stage.SENT, Stage.SENT, EvidenceGrade.SELF_REPORT),
        (Stage.CONFIRMED, Stage.CONFIRMED, EvidenceGrade.SELF_REPORT),
        (Stage.SENT, Stage.CONFIRMED, EvidenceGrade.INFERRED),
    ],
    ids=["still under way", "confirmed before", "by its word alone"],
)
@pytest.mark.parametrize(("others", "guilty"), [(2, False), (3, True)])
def test_of_three_miners_each_has_to_prove_its_own_step(
    first: tuple[Stage, Stage, EvidenceGrade], others: int, guilty: bool
) -> None:
    state = small(State(watched=beside(first, others)), 15)
    assert found(state) == ((SITE,) if guilty else ())


def test_one_reading_looked_at_again_does_not_make_steps_forgotten() -> None:
    heard_once = looks(State(), seen(0, FULL))
    again = seen(9, Fresh(value=FULL, at=at(0)))
    state = looks(more_stops(heard_once, 5, 10, 0), again, seen(15, FULL))
    assert found(state) == (SITE,)


@pytest.mark.parametrize(("moved_w", "free"), [(8_306, False), (8_307, True)])
def test_exactly_a_quarter_of_what_it_missed_is_enough(moved_w: int, free: bool) -> None:
    """Twelve miners come to 33,228 W."""
    state = looks(after_stops(12), seen(15, FULL), seen(30, FULL - moved_w))
    assert found(state) == (() if free else (SITE,))


def test_steps_behind_a_meter_that_stands_still_add_up_for_as_long_as_it_does() -> None:
    """Three miners come to 8,307 W: more than a tenth of 55,880, and less than half."""
    late = looks(after_stops(1), seen(70, FULL))
    assert found(looks(more_stops(late, 80, 2, 75), seen(90, FULL))) == (SITE,)


def test_one_that_wobbled_between_two_steps_did_not_stand_still_since_the_first() -> None:
    """Seven miners come to 19,383 W: more than a tenth of 55,880, and less than half."""
    wobbled = looks(after_stops(6), seen(10, FULL - 60))
    assert found(looks(more_stops(wobbled, 35, 1, 30), seen(46, FULL - 60))) == ()


def test_at_sixty_seconds_the_first_steps_still_count() -> None:
    """Twice six miners come to 33,228 W, more than half of 55,880."""
    state = looks(after_stops(6), seen(30, FULL - 60), seen(60, FULL - 30))
    assert found(looks(more_stops(state, 61, 6, 59), seen(71, FULL - 60))) == (SITE,)


def test_steps_that_came_to_half_within_a_minute_are_held_against_it_after_that() -> None:
    state = more_stops(looks(after_stops(6), seen(30, FULL - 60)), 58, 6, 56)
    assert found(looks(state, seen(62, FULL - 30), seen(68, FULL - 60))) == (SITE,)


@pytest.mark.parametrize(("later", "guilty"), [(2, False), (3, True)])
def test_a_miner_whose_step_was_forgotten_is_none_of_the_three(later: int, guilty: bool) -> None:
    """Two miners come to 5,538 W, more than half of 9,000."""
    first = State(watched=stops(SMALL.watched, 5, 1))
    forgotten = small(small(first, 10, SMALL_W - 10), 61)
    state = small(more_stops(forgotten, 63, later, 62), 75, SMALL_W - 10)
    assert found(state) == ((SITE,) if guilty else ())


def test_after_steps_were_forgotten_the_minute_begins_with_the_next() -> None:
    forgotten = looks(after_stops(6), seen(30, FULL - 60), seen(61, FULL - 30))
    next_six = looks(more_stops(forgotten, 70, 6, 68), seen(75, FULL - 60))
    assert found(looks(more_stops(next_six, 80, 6, 78), seen(91, FULL - 30))) == (SITE,)


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(("first_w", "free"), [(1_397, False), (1_398, True)])
def test_a_fortieth_of_the_load_is_wobble_and_a_watt_more_is_not(
    first_w: int, free: bool, side: int
) -> None:
    """What is wobble widens what counts as such: 1,500 W are not 1,397 beyond 1,397."""
    shown = [FULL + side * first_w, *(FULL + side * (1_500 + n) for n in range(8))]
    assert found(mended(shown)) == (() if free else (SITE,))


def test_one_that_shows_more_and_then_less_has_not_left_for_good() -> None:
    above = [FULL + 3_000 + n for n in range(4)]
    below = [FULL - 3_000 - n for n in range(20)]
    assert found(mended([*above, *below])) == (SITE,)


@pytest.mark.parametrize(("readings", "free"), [(7, False), (8, True)])
def test_who_returned_has_to_leave_anew(readings: int, free: bool) -> None:
    """It wobbles by 3,006 W since it returned, so that it has to show more than 4,403 beyond."""
    away = [FULL + 3_000 + n for n in range(7)]
    farther = [FULL + 4_500 + n for n in range(readings)]
    assert found(mended([*away, FULL, *farther])) == (() if free else (SITE,))


def test_one_reading_is_no_news_though_what_is_taken_off_it_changes() -> None:
    """As in shadow mode, by what the miners are assumed to draw."""
    one = [seen(100 + n, Fresh(value=FULL + 3_000 + n, at=at(90))) for n in range(20)]
    assert found(looks(frozen_state(), *one)) == (SITE,)


def test_nothing_is_learnt_from_a_frozen_one_though_the_miners_are_back() -> None:
    gone = looks(STARTED, seen(5, FULL, rest(10)), seen(15, FULL, rest(10)))
    back = looks(gone, seen(200, FULL))
    assert (found(gone), found(back)) == ((SITE,), (SITE,))
    assert back.watched[SITE].due_at is None, "it has nothing to show any more"
    assert doubted(back.watched) == (SITE,)


def test_what_one_shows_that_is_believed_is_not_disputed() -> None:
    assert disputed_w(STARTED.watched) == {}
    assert disputed_w(frozen_state().watched) == {SITE: FULL}


def test_they_are_named_in_order() -> None:
    one = frozen_state().watched[SITE]
    assert frozen({SITE: one, "main": one, "a": one}) == ("a", "main", SITE)


def test_a_meter_that_was_taken_away_stirs_nothing() -> None:
    assert not stirred(frozen_state().watched, {})
