"""A frozen meter is found out by the steps it did not show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from controller.core.counting.frozen import believed, confirmed, disputed_w, doubted, frozen, watch
from controller.model.fleet import (
    OFF,
    Cohort,
    Command,
    EvidenceGrade,
    MinerSeen,
    Motion,
    Stage,
    Standing,
)
from controller.model.grid import SITE
from controller.model.quality import Fresh, Missing, Observed, Stale
from controller.model.remembered import MeterWatch
from controller.model.seen import Snapshot, State
from controller.model.site import Breaker, Group, Site
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW

FULL_W, OFF_W = 2_794, 25
STEP_W = FULL_W - OFF_W
HALLS = Site(
    id="s",
    currency="USD",
    zone="UTC",
    import_limit_w=90_000,
    groups={"a": Group(breaker="main"), "b": Group(breaker="main"), "c": Group()},
    breakers={"main": Breaker()},
)
FULL = 20 * FULL_W


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def rest(running: int, power_w: int = 0, lost: int = 0, group: str = "a") -> dict[str, Cohort]:
    """Twenty miners at rest of which so many run, and so many of those off are lost."""
    made = {
        "on": ("default", Standing.PRESENT, running, power_w or running * FULL_W),
        "off": (OFF, Standing.PRESENT, 20 - running - lost, (20 - running - lost) * OFF_W),
        "lost": (OFF, Standing.UNREACHABLE, lost, lost * OFF_W),
    }
    return {
        f"{group}/{key}": Cohort(
            group=group,
            curve="plain",
            level=level,
            standing=standing,
            members=tuple(f"{group}-{key}-{n}" for n in range(count)),
            power_w=watts,
        )
        for key, (level, standing, count, watts) in made.items()
        if count
    }


def seen(
    seconds: float,
    meter: int | Observed[int],
    cohorts: Mapping[str, Cohort] | None = None,
    scope: str = SITE,
) -> Snapshot:
    observed = Fresh(value=meter, at=at(seconds)) if isinstance(meter, int) else meter
    return Snapshot(
        now=at(seconds),
        site=HALLS,
        meters_w={scope: observed},
        curves=CURVES,
        cohorts=rest(20) if cohorts is None else cohorts,
        fleet_known=True,
    )


def motion(name: str, told_s: float, stage: Stage, group: str = "a") -> Motion:
    done = stage is Stage.CONFIRMED
    return Motion(
        command=Command(id=name, miner=name, level=OFF, reason=Reason.DISPATCH, at=at(told_s)),
        stage=stage,
        group=group,
        curve="plain",
        from_level="default",
        proven_w=OFF_W if done else FULL_W,
        deadline=at(told_s + 30),
    )


def stops(
    watched: Mapping[str, MeterWatch],
    seconds: float,
    count: int,
    told_s: float = 0,
    group: str = "a",
    shown: Mapping[str, str] | None = None,
    grade: EvidenceGrade = EvidenceGrade.SELF_REPORT,
) -> dict[str, MeterWatch]:
    """So many miners are confirmed to be off in the look at this second."""
    names = [f"m{n}" for n in range(count)]
    off = MinerSeen(group=group, curve="plain", level=OFF, power_w=OFF_W, grade=grade)
    snapshot = replace(seen(seconds, FULL), moving=dict.fromkeys(names, off))
    before = {name: motion(name, told_s, Stage.SENT, group) for name in names}
    after = {name: motion(name, told_s, Stage.CONFIRMED, group) for name in names}
    return confirmed(watched, snapshot, before, after, shown or {})


def looks(state: State, *snapshots: Snapshot) -> State:
    for snapshot in snapshots:
        state = State(watched=watch(snapshot, state), motions=state.motions)
    return state


STARTED = looks(State(), seen(-200, FULL), seen(0, FULL))


def after_stops(count: int, **how: object) -> State:
    return State(watched=stops(STARTED.watched, 5, count, **how))  # type: ignore[arg-type]


def found(state: State) -> tuple[str, ...]:
    return frozen(state.watched)


def test_it_counts_as_stale_once_it_was_read_settle_s_after_the_step() -> None:
    state = after_stops(10)
    assert found(state) == (), "it is given its time"
    assert doubted(state.watched) == (SITE,), "nothing is learnt from it meanwhile"
    assert found(looks(state, seen(14, FULL))) == ()
    assert found(looks(state, seen(15, FULL))) == (SITE,)


def going(
    count: int, *, up: bool = True, stage: Stage = Stage.SENT, group: str = "a"
) -> tuple[dict[str, Motion], dict[str, MinerSeen]]:
    """So many on their way, who draw what is theirs at its end already."""
    names = [f"g{number}" for number in range(count)]
    level, was_w, power_w = ("default", OFF_W, FULL_W) if up else (OFF, FULL_W, OFF_W)
    told = motion("g", 0, Stage.SENT, group)
    told = replace(told, command=replace(told.command, level=level), stage=stage, proven_w=was_w)
    miner = MinerSeen(group=group, curve="plain", level=OFF, power_w=power_w)
    return dict.fromkeys(names, told), dict.fromkeys(names, miner)


@pytest.mark.parametrize(
    ("motions", "guilty"),
    [
        # Of ten steps of 2,769 W eight leave 5,538, less than a tenth of 55,880.
        (going(8), False),
        (going(7), True),
        (going(20), False),
        (going(8, up=False), True),
        (going(8, stage=Stage.CONFIRMED), True),
        (going(8, group="c"), True),
    ],
)
def test_what_those_on_their_way_draw_hides_as_much_of_the_steps(
    motions: tuple[dict[str, Motion], dict[str, MinerSeen]], *, guilty: bool
) -> None:
    going_on, moving = motions
    started = looks(State(), seen(-200, FULL, scope="main"), seen(0, FULL, scope="main"))
    state = State(watched=stops(started.watched, 5, 10), motions=going_on)
    late = replace(seen(15, FULL, scope="main"), moving=moving)
    after = looks(state, late)
    assert found(after) == (("main",) if guilty else ())
    assert doubted(after.watched) == ("main",), "nothing is learnt from it meanwhile"


def test_when_they_have_arrived_what_is_left_of_the_steps_counts() -> None:
    going_on, moving = going(8)
    state = State(watched=after_stops(10).watched, motions=going_on)
    state = looks(state, replace(seen(15, FULL), moving=moving))
    assert found(looks(replace(state, motions={}), seen(16, FULL))) == (SITE,)


def test_a_reading_from_before_does_not_convict_it_however_late_it_is_looked_at() -> None:
    old = seen(40, Fresh(value=FULL, at=at(14)))
    assert found(looks(after_stops(10), old)) == ()


@pytest.mark.parametrize(("stopped", "guilty"), [(2, False), (3, True)])
def test_it_takes_three_miners_because_one_or_two_may_lie(stopped: int, guilty: bool) -> None:
    small = looks(State(), seen(-200, 9_000), seen(0, 9_000))
    small = State(
        watched={
            SITE: replace(
                small.watched[SITE], reports=replace(small.watched[SITE].reports, own_w=9_000)
            )
        }
    )
    state = State(watched=stops(small.watched, 5, stopped))
    assert found(looks(state, seen(20, 9_000))) == ((SITE,) if guilty else ())


@pytest.mark.parametrize(("load_w", "guilty"), [(3 * STEP_W * 10 + 9, True), (83_080, False)])
def test_the_steps_have_to_be_a_tenth_of_the_load(load_w: int, guilty: bool) -> None:
    state = looks(State(), seen(-200, load_w), seen(0, load_w))
    state = State(watched=stops(state.watched, 5, 3))
    assert found(looks(state, seen(20, load_w))) == ((SITE,) if guilty else ())


@pytest.mark.parametrize(("fell_w", "clear"), [(6_922, False), (6_923, True)])
def test_moving_by_a_quarter_of_the_steps_clears_it(fell_w: int, clear: bool) -> None:
    """Ten miners that stopped come to 27,690 W."""
    state = looks(after_stops(10), seen(20, FULL - fell_w))
    assert (state.watched[SITE].stepped_w == 0) is clear


def test_a_meter_that_wobbles_has_to_miss_half_of_the_load() -> None:
    for count, guilty in ((9, False), (11, True)):
        state = after_stops(count)
        assert found(looks(state, seen(10, FULL - 60), seen(26, FULL - 30))) == (
            (SITE,) if guilty else ()
        )


def test_steps_behind_a_meter_that_wobbles_are_forgotten_after_a_minute() -> None:
    state = looks(after_stops(6), seen(30, FULL - 60), seen(61, FULL - 30))
    assert state.watched[SITE].stepped_w == 0
    late = State(watched=stops(state.watched, 62, 6, told_s=58))
    assert found(looks(late, seen(80, FULL - 60))) == ()


def test_what_it_showed_before_miners_reported_it_is_no_miss() -> None:
    """The meter falls at once, the reports come later, and both stand still from then on."""
    down = FULL - 10 * STEP_W
    fell = looks(STARTED, seen(4, down))
    state = State(watched=stops(fell.watched, 5, 10))
    assert found(looks(state, seen(20, down), seen(40, down))) == ()


def test_a_repeat_counts_from_the_first_telling() -> None:
    down = FULL - 10 * STEP_W
    fell = looks(STARTED, seen(4, down))
    name = "m0"
    before = {name: replace(motion(name, 34, Stage.SENT), from_command_at=at(0))}
    after = {name: motion(name, 34, Stage.CONFIRMED)}
    off = MinerSeen(group="a", curve="plain", level=OFF, power_w=OFF_W)
    snapshot = replace(seen(35, down), moving={name: off})
    found = confirmed(fell.watched, snapshot, before, after, {})[SITE]
    assert (found.stepped_w, found.stepped) == (0, 0)


def arrived(watched: Mapping[str, MeterWatch], second: float, told_s: float, steps: int) -> State:
    """So many that were told then are confirmed in the look at this second: up, or down where the
    number is negative."""
    names = [f"m{number}" for number in range(abs(steps))]
    from_w, to_w = (OFF_W, FULL_W) if steps > 0 else (FULL_W, OFF_W)
    miner = MinerSeen(group="a", curve="plain", level="", power_w=to_w)
    told = motion("m", told_s, Stage.SENT)
    before = dict.fromkeys(names, replace(told, proven_w=from_w))
    after = dict.fromkeys(names, replace(told, proven_w=to_w, stage=Stage.CONFIRMED))
    snapshot = replace(seen(second, FULL), moving=dict.fromkeys(names, miner))
    return State(watched=confirmed(watched, snapshot, before, after, {}))


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("astride", "second", "guilty"),
    [
        # Of ten steps of 2,769 W eight leave 5,538, less than a tenth of 55,880.
        (-8, 11, False),
        (-7, 11, True),
        (-20, 11, False),
        (8, 11, True),
        # These were there before the first step was told.
        (-8, 10, True),
    ],
)
def test_those_told_before_it_moved_last_may_hide_as_much_of_the_steps(
    astride: int, second: float, sign: int, *, guilty: bool
) -> None:
    """It moved last at second 4; ten steps are told at second 10 and made at 20."""
    moved = looks(State(), seen(-200, 2 * FULL), seen(4, FULL))
    state = arrived(moved.watched, second, 0, sign * astride)
    state = arrived(state.watched, 20, 10, sign * 10)
    assert doubted(state.watched) == (SITE,)
    after = looks(state, seen(30, FULL))
    assert found(after) == ((SITE,) if guilty else ())
    assert doubted(after.watched) == found(after), "what is explained is doubted no more"


def test_who_was_told_before_it_moved_last_adds_up_and_hides_the_longest() -> None:
    moved = looks(State(), seen(-200, 2 * FULL), seen(4, FULL))
    state = arrived(moved.watched, 8, 0, -4)
    state = arrived(state.watched, 9, 0, 3)
    state = arrived(state.watched, 11, 0, -4)
    one = arrived(state.watched, 20, 10, 10).watched[SITE]
    assert (one.astride_down_w, one.astride_up_w) == (8 * STEP_W, 3 * STEP_W)
    assert found(looks(State(watched={SITE: one}), seen(30, FULL))) == ()


def test_it_is_found_by_load_that_came_up_too() -> None:
    low = looks(State(), seen(-200, 500, rest(0)), seen(0, 500, rest(0)))
    up = {name: motion(name, 0, Stage.CONFIRMED) for name in ("m1", "m2", "m3")}
    up = {name: replace(one, proven_w=FULL_W) for name, one in up.items()}
    down = {name: replace(one, stage=Stage.SENT, proven_w=OFF_W) for name, one in up.items()}
    full = MinerSeen(group="a", curve="plain", level="default", power_w=FULL_W)
    snapshot = replace(seen(5, 500), moving=dict.fromkeys(up, full))
    state = State(watched=confirmed(low.watched, snapshot, down, up, {}))
    assert found(looks(state, seen(15, 500, rest(3)))) == (SITE,)


def frozen_state() -> State:
    return looks(after_stops(10), seen(15, FULL))


@pytest.mark.parametrize(("moved_w", "free"), [(6_922, False), (6_923, True), (-6_923, True)])
def test_it_is_believed_again_once_it_moves_by_a_quarter_of_what_it_missed(
    moved_w: int,
    free: bool,
) -> None:
    state = frozen_state()
    assert found(looks(state, seen(30, FULL + moved_w))) == (() if free else (SITE,))


def mended(values: Iterable[int], state: State | None = None) -> State:
    """A frozen meter after some more readings; 27,690 W is what it missed, a quarter 6,922 W."""
    shown = [seen(30 + 10 * number, watts) for number, watts in enumerate(values)]
    return looks(state or frozen_state(), *shown)


@pytest.mark.parametrize("off_w", [3_000, -3_000])
def test_it_is_believed_again_once_it_has_left_what_it_stood_at_for_good(off_w: int) -> None:
    """2,500 to 3,000 W off: more than it may wobble, 1,397, and less than a quarter of 27,690."""
    moving = [FULL + off_w * (6 - number % 2) // 6 for number in range(8)]
    assert found(mended(moving[:7])) == (SITE,)
    assert found(mended(moving)) == ()


@pytest.mark.parametrize("jitter_w", [5, 1_300, 3_000, 6_000])
def test_one_that_jitters_about_what_it_stood_at_stays_frozen(jitter_w: int) -> None:
    both = [FULL + jitter_w * (1, -1, 0)[number % 3] for number in range(60)]
    assert found(mended(both)) == (SITE,)
    rarely = [FULL + (jitter_w + number) * (number % 6 > 0) for number in range(60)]
    assert found(mended(rarely)) == (SITE,)


def test_one_whose_jitter_was_seen_before_it_was_accused_is_not_freed_by_it() -> None:
    """It wobbles by 3,000 W, missed the steps of all twenty, and goes on wobbling."""
    wobbly = looks(after_stops(20), seen(9, FULL - 3_000), seen(16, FULL - 2_900))
    assert found(wobbly) == (SITE,)
    assert found(mended((FULL - 3_000 - number for number in range(20)), wobbly)) == (SITE,)


def test_one_that_stands_still_at_another_value_stays_frozen() -> None:
    assert found(mended([FULL + 3_000] * 20)) == (SITE,)


def test_one_reading_looked_at_again_and_again_is_no_news() -> None:
    state = mended([FULL + 3_000 + number for number in range(7)])
    again = [seen(100 + n, Fresh(value=FULL + 3_006, at=at(90))) for n in range(9)]
    assert found(looks(state, *again)) == (SITE,)


def wavering(readings: int) -> State:
    """A meter that was unlike the one before so many times, and stands still from then on."""
    shown = [FULL + number % 2 for number in range(readings, -1, -1)]
    before = [seen(20 * n - 20 * readings, watts) for n, watts in enumerate(shown)]
    state = looks(State(), *before)
    return looks(State(watched=stops(state.watched, 5, 10)), seen(15, FULL))


@pytest.mark.parametrize(("readings", "counts"), [(7, {SITE: FULL}), (8, {})])
def test_it_goes_on_counting_unless_it_is_known_never_to_show_the_same_twice(
    readings: int, counts: dict[str, int]
) -> None:
    """Either the meter stands still, or all ten lie: what is not proven counts in full."""
    state = wavering(readings)
    assert found(state) == (SITE,)
    assert disputed_w(state.watched) == counts


def test_a_meter_that_still_wobbles_goes_on_counting_with_what_it_shows() -> None:
    before = wavering(8)
    state = looks(State(watched=stops(before.watched, 16, 5, told_s=12)), seen(30, FULL + 40))
    assert found(state) == (SITE,)
    assert disputed_w(state.watched) == {SITE: FULL + 40}


def test_looking_twice_at_one_reading_does_not_show_a_meter_to_stand_still() -> None:
    state = looks(State(), seen(0, FULL), seen(5, FULL + 1))
    again = seen(9, Fresh(value=FULL + 1, at=at(5)))
    assert looks(state, again).watched[SITE].unlike == 1
    assert looks(state, seen(9, FULL + 1)).watched[SITE].unlike == 0


def test_what_moves_while_something_is_under_way_shows_no_wobble() -> None:
    state = looks(State(), seen(0, FULL), seen(5, FULL + 1))
    going = replace(state, motions={"m9": motion("m9", 0, Stage.SENT)})
    assert looks(going, seen(10, FULL - 900)).watched[SITE].unlike == 0


def test_it_stays_frozen_while_it_says_nothing() -> None:
    silent = seen(60, Stale(value=FULL, at=at(15)))
    assert found(looks(frozen_state(), silent)) == (SITE,)


def test_miners_that_stop_by_themselves_are_a_step_too() -> None:
    state = looks(STARTED, seen(5, FULL, rest(10)))
    assert doubted(state.watched) == (SITE,)
    assert found(looks(state, seen(15, FULL, rest(10)))) == (SITE,)


def test_unless_the_meter_moved_within_two_minutes_before_they_reported_it() -> None:
    down = FULL - 10 * STEP_W
    state = looks(STARTED, seen(5, down), seen(124, down, rest(10)))
    assert state.watched[SITE].stepped_w == 0
    later = looks(STARTED, seen(5, down), seen(125, down, rest(10)))
    assert later.watched[SITE].stepped_w == -10 * STEP_W


def test_who_comes_back_from_being_lost_may_have_moved_long_ago() -> None:
    lost = {**rest(10), **rest(0, lost=20, group="b")}
    back = {**rest(10), **rest(20, group="b")}
    state = looks(State(), seen(-200, FULL, lost), seen(0, FULL, lost), seen(5, FULL, back))
    assert state.watched[SITE].stepped_w == 0


def test_who_is_lost_keeps_its_last_power_and_is_no_step() -> None:
    gone = {key: replace(one, standing=Standing.UNREACHABLE) for key, one in rest(20).items()}
    assert looks(STARTED, seen(5, FULL, gone)).watched[SITE].stepped_w == 0


def test_miners_taken_out_of_the_configuration_are_no_step() -> None:
    fewer = {"a/on": replace(rest(20)["a/on"], members=("x",), power_w=FULL_W)}
    assert looks(STARTED, seen(5, FULL, fewer)).watched[SITE].stepped_w == 0


def test_while_something_is_under_way_only_what_is_confirmed_counts() -> None:
    state = replace(STARTED, motions={"m9": motion("m9", 0, Stage.SENT)})
    assert looks(state, seen(5, FULL, rest(10))).watched[SITE].stepped_w == 0


def test_a_meter_is_watched_by_the_miners_behind_it() -> None:
    """Hall a is fed by the breaker, hall c is not."""
    scopes = (SITE, "main", "a", "c")
    meters = {one: Fresh(value=FULL, at=at(0)) for one in scopes}
    state = looks(State(), replace(seen(0, FULL), meters_w=meters))
    assert sorted(state.watched) == sorted(scopes)
    state = State(watched=stops(state.watched, 5, 10))
    later = {one: Fresh(value=FULL, at=at(15)) for one in scopes}
    assert found(looks(state, replace(seen(15, FULL), meters_w=later))) == ("a", "main", SITE)


def test_what_a_group_s_meter_proved_speaks_against_the_site_s_and_not_for_itself() -> None:
    meters = {one: Fresh(value=FULL, at=at(0)) for one in (SITE, "a")}
    state = looks(State(), replace(seen(0, FULL), meters_w=meters))
    proven = {f"m{n}": "a" for n in range(10)}
    watched = stops(state.watched, 5, 10, shown=proven, grade=EvidenceGrade.INFERRED)
    assert watched["a"].stepped_w == 0
    assert watched[SITE].stepped_w == -10 * STEP_W
    by_word = stops(state.watched, 5, 10, grade=EvidenceGrade.INFERRED)
    assert by_word == state.watched, "a miner's word on its level alone proves no step"


def test_only_meters_of_places_with_miners_are_watched() -> None:
    assert watch(seen(0, 500, scope="the data hall"), State()) == {}
    assert watch(seen(0, Missing(why="never heard")), State()) == {}


def test_a_meter_whose_time_is_set_back_begins_anew() -> None:
    state = looks(after_stops(10), seen(-300, FULL))
    assert state.watched[SITE].stepped_w == 0


def test_only_the_frozen_are_stale() -> None:
    snapshot = replace(
        seen(0, FULL),
        meters_w={
            SITE: Fresh(value=1, at=NOW),
            "a": Fresh(value=2, at=NOW),
            "b": Missing(why="none"),
        },
    )
    after = believed(snapshot, (SITE, "b"))
    assert after.meters_w == {**snapshot.meters_w, SITE: Stale(value=1, at=NOW)}
    assert believed(snapshot, ("b",)) is snapshot


def test_a_meter_that_was_taken_away_is_watched_no_more() -> None:
    assert looks(frozen_state(), replace(seen(30, FULL), meters_w={})).watched == {}
