"""How miners are sorted into pools: who can be told what, who counts where, and who is late."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from controller.core.obedience.evidence import counted_w
from controller.core.pools.pool import Crowd, Pinned, Pool, counts_of, crowds_of
from controller.core.pools.pooling import build, rung_of
from controller.model.fleet import (
    CUT,
    OFF,
    Cohort,
    EvidenceGrade,
    MinerSeen,
    Motion,
    Stage,
    Standing,
)
from controller.model.seen import State
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW
from tests.core.movable import cohort, motion, seen

LOW, TOP = "340MHz", "default"
THREE = CURVES["three"]
OFF_W, LOW_W, TOP_W = (THREE.level(name).power_w for name in (OFF, LOW, TOP))
KEY = "a/three"


class Mover(NamedTuple):
    motion: Motion
    miner: MinerSeen


def mover(
    told: str,
    from_level: str,
    stage: Stage = Stage.SENT,
    *,
    shows: str = TOP,
    power_w: int | None = None,
    late: bool = False,
    **how: Any,
) -> Mover:
    """On its way from one level to another, and what it shows."""
    drawn_w = THREE.level(shows).power_w if power_w is None else power_w
    return Mover(
        replace(motion(stage, told, from_level, curve="three"), late=late),
        MinerSeen(group="a", curve="three", level=shows, power_w=drawn_w, at=NOW, **how),
    )


def says_off(shows: str = OFF, *, proven_w: int = TOP_W, ceiling: str = "") -> Mover:
    """Given up on its way off: it says that it is there, and no meter shows it."""
    power_w = 0 if shows == CUT else OFF_W
    inferred = EvidenceGrade.INFERRED
    one = mover(
        OFF, TOP, Stage.FAILED, shows=shows, power_w=power_w, grade=inferred, ceiling=ceiling
    )
    return one._replace(motion=replace(one.motion, proven_w=proven_w))


def at(level: str, count: int, each_w: int | None = None, **how: Any) -> Cohort:
    drawn_w = THREE.level(level).power_w if each_w is None else each_w
    name = "/".join([level, *how.values()])
    return cohort(name, level, count, curve="three", power_w=count * drawn_w, **how)


def pools(
    *held: Cohort,
    movers: Mapping[str, Mover] | None = None,
    excess: Mapping[str, int] | None = None,
    by_level: Mapping[str, Mapping[str, int]] | None = None,
) -> dict[str, Pool]:
    moving = movers or {}
    snapshot = seen(*held, moving={name: one.miner for name, one in moving.items()})
    motions = {name: one.motion for name, one in moving.items()}
    counts_w = {name: counted_w(*one, THREE) for name, one in moving.items()}
    learned = State(excess_permille=excess or {}, level_permille=by_level or {})
    return build(snapshot, motions, counts_w, learned)


def pool(
    *held: Cohort,
    movers: Mapping[str, Mover] | None = None,
    excess: Mapping[str, int] | None = None,
    by_level: Mapping[str, Mapping[str, int]] | None = None,
) -> Pool:
    (found,) = pools(*held, movers=movers, excess=excess, by_level=by_level).values()
    return found


# Where a miner counts.


@pytest.mark.parametrize(
    ("level", "power_w", "rung"),
    [
        (OFF, 3_100, 0),
        (CUT, 3_100, 0),
        ("mid", 3_100, 1),
        ("top", 30, 2),
        # below the hull: the lowest that draws as much as its plate says
        ("eco", 2_500, 1),
        ("eco", 10, 1),
        # unknown: the lowest that draws as much as it does
        ("", 30, 0),
        ("", 31, 1),
        ("", 2_000, 1),
        ("", 2_001, 2),
        ("", 9_999, 2),
    ],
)
def test_a_miner_counts_at_its_level_or_at_the_lowest_that_draws_as_much(
    level: str, power_w: int, rung: int
) -> None:
    """The hull of this curve is off at 30 W, mid at 2,000 and top at 3,100; eco draws 1,000."""
    assert rung_of(CURVES["hollow"], level, power_w) == rung


def test_equals_that_say_no_level_count_where_each_of_them_draws_as_much() -> None:
    found = pool(replace(at(LOW, 2), level=""))
    assert found.counts.standing == (2, 2, 0)


@pytest.mark.parametrize(
    ("one", "standing", "counted"),
    [
        (mover(LOW, TOP, Stage.CONFIRMED, shows=LOW), LOW, LOW),
        (mover(LOW, TOP, shows=TOP), LOW, TOP),
        (mover(TOP, OFF, shows=OFF), TOP, TOP),
        (mover(TOP, LOW, Stage.FAILED, shows=LOW), LOW, LOW),
        (mover(LOW, TOP, Stage.FAILED, shows=LOW, grade=EvidenceGrade.INFERRED), LOW, TOP),
    ],
    ids=["arrived", "going down", "coming up", "refuses to rise", "says that it came down"],
)
def test_who_has_not_shown_that_it_came_down_is_seen_where_it_was(
    one: Mover, standing: str, counted: str
) -> None:
    counts = pool(movers={"m": one}).counts
    at_or_above = {LOW: (1, 1, 0), TOP: (1, 1, 1)}
    assert (counts.standing, counts.seen) == (at_or_above[standing], at_or_above[counted])


def test_money_leaves_alone_who_does_not_refuse() -> None:
    """One rests at the top, one comes down to the middle, one refuses to leave it."""
    pinned = [
        Pinned("a", rung=2, seen_rung=2, dispatched=False, counted_w=TOP_W),
        Pinned("b", rung=1, seen_rung=2, dispatched=True, counted_w=TOP_W),
        Pinned("c", rung=1, seen_rung=1, dispatched=False, counted_w=LOW_W, refuses=True),
    ]
    found = counts_of(3, {0: (at(OFF, 4),)}, pinned)
    assert found.free == (4, 0, 0)
    assert found.pinned == (3, 3, 1)
    assert found.standing == (7, 3, 1)
    assert found.protected == (2, 2, 1)
    assert found.seen == (7, 3, 2)


def test_of_an_unknown_kind_nobody_is_in_a_pool() -> None:
    assert pools(at(TOP, 2, TOP_W), replace(at(LOW, 3), curve="strange")).keys() == {KEY}
    assert pools(replace(at(LOW, 3), curve="strange")) == {}


def test_the_order_in_which_miners_were_gathered_changes_nothing() -> None:
    held = [at(LOW, 2, ceiling=LOW), at(OFF, 1), at(TOP, 3), at(LOW, 2, 1_500)]
    held += [at(name, 2, standing=Standing.LOCKED) for name in (TOP, LOW, OFF)]
    held += [replace(at(TOP, 1), members=("another",))]
    movers = {"m1": mover(LOW, TOP), "m2": mover(TOP, OFF, shows=OFF), "m3": says_off()}
    movers |= {"m4": says_off(CUT), "m5": says_off(), "m6": mover(OFF, TOP, locked=True)}
    found = pools(*held, movers=movers)
    turned = pools(*reversed(held), movers=dict(reversed(movers.items())))
    assert list(found.items()) == list(turned.items())


# What they draw.


def test_what_is_drawn_beyond_the_levels_is_of_each_at_its_own() -> None:
    """Two draw 10 W more than at the top, three 6 W more at the middle, four 2 W more off."""
    held = at(TOP, 2, TOP_W + 10), at(LOW, 3, LOW_W + 6), at(OFF, 4, OFF_W + 2)
    assert pool(*held).excess_w == 2 * 10 + 3 * 6 + 4 * 2


def test_a_step_that_is_seen_to_draw_no_more_is_one_watt() -> None:
    assert pool(at(LOW, 1, 2_900), at(TOP, 1)).steps_w == (2_900 - OFF_W, 1)


def test_who_rests_after_a_command_draws_what_it_counts_with_and_who_moves_draws_nothing() -> None:
    resting = Pinned("a", rung=1, seen_rung=1, dispatched=False, counted_w=1_500)
    going = Pinned("b", rung=2, seen_rung=2, dispatched=True, counted_w=TOP_W)
    assert crowds_of({}, [resting, going]) == {1: Crowd(1, 1_500)}
    assert crowds_of({1: (at(LOW, 2),)}, [resting]) == {1: Crowd(3, 2 * LOW_W + 1_500)}


KNOWN = {KEY: 1_100, f"{KEY}/at most {LOW}": 1_200}


@pytest.mark.parametrize(
    ("ceiling", "known", "permille"),
    [
        ("", {}, 1_000),
        ("", KNOWN, 1_100),
        (LOW, KNOWN, 1_200),
        (LOW, {KEY: 1_100}, 1_100),
        (LOW, {}, 1_000),
    ],
)
@pytest.mark.parametrize("proven", [True, False])
def test_while_none_runs_they_exceed_their_plate_as_they_last_did(
    ceiling: str, known: Mapping[str, int], permille: int, *, proven: bool
) -> None:
    """Those under a ceiling, until they have run under it, as all others; those that only say that
    they are off, as those that are known to be."""
    if proven:
        found = pool(at(OFF, 2, ceiling=ceiling), excess=known)
    else:
        found = pool(movers={"m": says_off(ceiling=ceiling)}, excess=known)
    assert found.excess_permille == permille
    assert found.units_w[-1] == -(-TOP_W * permille // 1_000)


@pytest.mark.parametrize(
    ("proven_w", "units_w", "counted"),
    [(TOP_W, (TOP_W, TOP_W, TOP_W), (2, 2, 2)), (LOW_W, (LOW_W, LOW_W, TOP_W), (2, 2, 0))],
)
def test_who_only_says_that_it_is_off_counts_in_full_whatever_it_is_told(
    proven_w: int, units_w: tuple[int, ...], counted: tuple[int, ...]
) -> None:
    one = says_off(proven_w=proven_w)
    found = pool(movers={"m1": one, "m2": one})
    assert found.key == f"{KEY}/unproven at {proven_w} W"
    assert found.units_w == units_w
    assert (found.counts.standing, found.counts.seen) == ((2, 0, 0), counted)


@pytest.mark.parametrize("ceiling", ["", LOW])
def test_a_level_draws_what_was_last_drawn_there_and_one_that_nobody_knows_as_others_do(
    ceiling: str,
) -> None:
    found = pool(at(OFF, 2, ceiling=ceiling), excess={KEY: 1_100}, by_level={KEY: {LOW: 1_005}})
    assert found.units_w == (OFF_W, -(-LOW_W * 1_005 // 1_000), -(-TOP_W * 1_100 // 1_000))


def test_a_level_where_somebody_runs_draws_what_that_one_does() -> None:
    found = pool(at(LOW, 2, LOW_W + 9), by_level={KEY: {LOW: 1_200}})
    assert found.units_w[1] == LOW_W + 9


# Who cannot be told anything, and who is late.


def test_of_the_locked_those_are_off_that_have_shown_it() -> None:
    """Two stand by and one is cut; of those in motion two have arrived at off."""
    locked = Standing.LOCKED
    arrived = mover(OFF, TOP, Stage.CONFIRMED, shows=OFF, locked=True)
    movers = {
        "first": arrived,
        "second": arrived,
        "going": mover(OFF, TOP, locked=True),
        "low": mover(LOW, TOP, Stage.CONFIRMED, shows=LOW, locked=True),
    }
    cut = replace(at(OFF, 1, standing=locked), level=CUT, power_w=0, members=("cut",))
    found = pool(at(OFF, 2, standing=locked), cut, at(TOP, 4, standing=locked), movers=movers)
    assert (found.locked_off, found.locked_size, found.size) == (5, 11, 0)


def test_what_cannot_be_reached_counts_with_what_it_last_proved() -> None:
    found = pool(at(TOP, 2, TOP_W + 10, standing=Standing.UNREACHABLE), at(LOW, 3))
    assert (found.unreachable, found.stuck_w, found.size) == (2, 2 * (TOP_W + 10), 3)


@pytest.mark.parametrize(
    ("one", "what"),
    [
        (mover(OFF, TOP, Stage.FAILED), "disobedient"),
        (mover(OFF, TOP, Stage.CONFIRMED, shows=OFF, reachable=False), "unreachable"),
        (mover(OFF, TOP), ""),
    ],
)
def test_a_miner_is_given_up_once_for_one_cause(one: Mover, what: str) -> None:
    causes = ("disobedient", "unreachable", "contested")
    found = pool(movers={"m": one})
    assert [getattr(found, cause) for cause in causes] == [int(cause == what) for cause in causes]
    fought_over = replace(one.motion, command=replace(one.motion.command, reason=Reason.CONTESTED))
    found = pool(movers={"m": one._replace(motion=fought_over)})
    assert [getattr(found, cause) for cause in causes] == [0, 0, 1]


LATE = mover(LOW, TOP, late=True)
LATE_LOCKED = mover(OFF, TOP, late=True, locked=True)


@pytest.mark.parametrize(
    ("movers", "late_w"),
    [
        ([LATE], TOP_W - LOW_W),
        ([LATE_LOCKED], TOP_W - OFF_W),
        ([LATE, LATE_LOCKED], TOP_W - LOW_W + TOP_W - OFF_W),
        ([mover(LOW, TOP), mover(OFF, TOP, locked=True)], 0),
        # given up where it is locked, so that it is told off
        ([mover(LOW, TOP, Stage.FAILED, late=True, locked=True)], TOP_W - OFF_W),
        ([mover(LOW, TOP, Stage.FAILED, power_w=20, late=True, locked=True)], 0),
    ],
    ids=["late", "locked", "both", "in time", "given up", "below standby"],
)
def test_who_is_late_counts_beyond_what_it_would_draw_then(
    movers: list[Mover], late_w: int
) -> None:
    assert pool(movers={f"m{place}": one for place, one in enumerate(movers)}).late_w == late_w


def woken(stage: Stage, shows: str, *, locked: bool = False) -> Mover:
    """Told off, and contested."""
    one = mover(OFF, TOP, stage, shows=shows, locked=locked)
    command = replace(one.motion.command, reason=Reason.CONTESTED)
    return one._replace(motion=replace(one.motion, command=command))


@pytest.mark.parametrize(
    ("movers", "unsaid_w"),
    [
        ([LATE], 0),
        ([mover(LOW, TOP, shows=LOW, late=True)], TOP_W - LOW_W),
        ([mover(LOW, TOP, power_w=LOW_W + 100, late=True)], TOP_W - LOW_W - 100),
        # What it draws less than it would when it is there counts for nothing else either.
        ([mover(LOW, TOP, power_w=LOW_W - 100, late=True)], TOP_W - LOW_W),
        ([mover(LOW, TOP, shows=LOW)], 0),
        ([mover(OFF, TOP, late=True, locked=True)], 0),
        ([mover(OFF, TOP, shows=OFF, late=True, locked=True)], TOP_W - OFF_W),
        ([mover(OFF, TOP, power_w=OFF_W + 7, late=True, locked=True)], TOP_W - OFF_W - 7),
        ([mover(OFF, TOP, power_w=20, late=True, locked=True)], TOP_W - OFF_W),
        ([mover(OFF, TOP, shows=OFF, locked=True)], 0),
        ([mover(OFF, TOP, power_w=20, late=True, locked=True)] * 2, 2 * (TOP_W - OFF_W)),
        ([woken(Stage.SENT, OFF)], TOP_W - OFF_W),
        ([woken(Stage.SENT, TOP)], 0),
        ([woken(Stage.FAILED, OFF, locked=True)], TOP_W - OFF_W),
        (
            [woken(Stage.SENT, OFF), mover(LOW, TOP, shows=LOW, late=True)],
            2 * TOP_W - OFF_W - LOW_W,
        ),
        ([woken(Stage.SENT, LOW), woken(Stage.SENT, LOW)], 2 * (TOP_W - LOW_W)),
    ],
)
def test_who_is_late_or_stuck_counts_beyond_what_it_says(
    movers: list[Mover], unsaid_w: int
) -> None:
    """A miner that says that it came down may have: a floor cannot count on it."""
    assert pool(movers={f"m{place}": one for place, one in enumerate(movers)}).unsaid_w == unsaid_w


def test_who_is_late_and_counts_no_more_than_its_like_takes_no_room_from_others() -> None:
    """Others draw 1,500 W at the level that it was told; it counts 1,414."""
    late = mover(LOW, LOW, shows=LOW, late=True)
    assert pool(at(LOW, 2, 1_500), movers={"m": late}).late_w == 0


def test_who_was_given_up_on_its_way_down_counts_once() -> None:
    """It says that it came down and counts 2,794 W; beside it stands one of 1,414. Each of the two
    is expected to draw the mean, which is all that they count."""
    says_so = mover(LOW, TOP, Stage.FAILED, shows=LOW, late=True, grade=EvidenceGrade.INFERRED)
    found = pool(at(LOW, 1), movers={"m": says_so})
    assert 2 * found.units_w[1] + found.late_w == TOP_W + LOW_W
