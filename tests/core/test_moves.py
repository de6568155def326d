"""Which miners move, as few as possible: of equals the same ones however they were gathered."""

from __future__ import annotations

from dataclasses import replace as with_
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from controller.core.decide import decide
from controller.core.pacing.moves import Move, Moves, Starts, moves
from controller.core.planning.sharing import Share
from controller.core.planning.wishes import wish
from controller.core.pools.pool import Pinned, Pool, counts_of
from controller.core.pools.pooling import build
from controller.core.pools.readiness import readied
from controller.core.pools.wear import Row
from controller.model.fleet import CUT, IDLE, OFF, Cohort, Command, MinerSeen, Standing
from controller.model.grid import SITE
from controller.model.quality import Fresh
from controller.model.remembered import Wear
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Pacing, Site
from tests.core.cases.chances import many
from tests.core.cases.sites import CURVES, NOW, curve
from tests.core.paced_sites import DEAR, FULL_W, OFF_W, looked, miner
from tests.core.paced_sites import told as decided

NAMES = tuple(f"m{number:02}" for number in range(20))


def cohort(level: str, members: tuple[str, ...], each_w: int) -> Cohort:
    return Cohort(
        group="a",
        curve="plain",
        level=level,
        standing=Standing.PRESENT,
        members=members,
        power_w=len(members) * each_w,
    )


def told(limit_w: int, *cohorts: Cohort) -> tuple[Command, ...]:
    """By a site that may draw so much, at a price at which all would run."""
    seen = Snapshot(
        now=NOW,
        site=Site(
            id="s",
            currency="USD",
            zone="UTC",
            import_limit_w=limit_w,
            headroom=Decimal(0),
            groups={"a": Group()},
        ),
        price_per_mwh=Fresh(value=Decimal(30), at=NOW),
        hashprice_per_ph_day=Fresh(value=Decimal(60), at=NOW),
        meters_w={SITE: Fresh(value=0, at=NOW)},
        curves=CURVES,
        cohorts={f"a/{number}": one for number, one in enumerate(cohorts)},
        fleet_known=True,
    )
    return decide(seen, State())[0].commands


@pytest.mark.parametrize(("level", "each_w"), [("default", FULL_W), (OFF, OFF_W)])
@many()
@given(first=st.sets(st.sampled_from(NAMES)), many=st.integers(0, 20))
def test_splitting_a_cohort_picks_the_same_miners(
    level: str, each_w: int, first: set[str], many: int
) -> None:
    limit_w = many * FULL_W + (20 - many) * OFF_W
    parts = (tuple(sorted(first)), tuple(sorted({*NAMES} - first)))
    split = [cohort(level, members, each_w) for members in parts if members]
    assert told(limit_w, *split) == told(limit_w, cohort(level, NAMES, each_w))


def test_equals_count_with_what_they_draw_on_average_however_they_were_gathered() -> None:
    """Five that draw 3,000 W and five of 2,800: 2,900 each, whoever is told."""
    split = (cohort("default", NAMES[:5], 3_000), cohort("default", NAMES[5:10], 2_800))
    whole = cohort("default", NAMES[:10], 2_900)
    assert told(20_000, *split) == told(20_000, whole)


def test_who_is_off_starts_and_whose_switch_is_open_starts_too() -> None:
    commands = told(1_000_000, cohort(CUT, NAMES[:2], 0), cohort(OFF, NAMES[2:4], OFF_W))
    assert {one.miner for one in commands} == {*NAMES[:4]}
    assert {one.level for one in commands} == {"default"}


LADDER = curve((OFF, 25, "0"), ("low", 1_000, "60"), ("mid", 2_000, "110"), ("high", 3_000, "150"))
KINDS = {**CURVES, "ladder": LADDER}
ROW = Row("a day", {})
LOW_W = 1_414


def seen(*cohorts: Cohort, pacing: Pacing | None = None) -> Snapshot:
    return Snapshot(
        now=NOW,
        site=Site(
            id="s",
            currency="USD",
            zone="UTC",
            import_limit_w=1_000_000,
            groups={"a": Group()},
            pacing=pacing or Pacing(),
        ),
        curves=KINDS,
        cohorts={f"a/{number}": one for number, one in enumerate(cohorts)},
    )


def some(level: str, *members: str, kind: str = "three", each_w: int | None = None) -> Cohort:
    """Miners at rest, which draw what their level says unless something else is said."""
    power_w = each_w if each_w is not None else KINDS[kind].level(level).power_w
    return replace(cohort(level, members, power_w), curve=kind)


def pool(*at_rest: Cohort, pinned: tuple[Pinned, ...] = ()) -> Pool:
    [found] = build(seen(*at_rest), {}, {}, State()).values()
    counts = counts_of(len(found.levels), found.free, pinned)
    return with_(found, pinned=pinned, counts=counts, size=counts.standing[0])


def granted(to: Pool, *counts: int) -> Moves:
    """What changes where so many may stand at each rung or above."""
    return moves(Share(wish(to, seen(), State(), None), counts, {}), ROW)


def ways(found: Moves) -> list[tuple[str, int, int]]:
    return [(one.miner, one.from_rung, one.to_rung) for one in found.named]


def pinned(miner: str, rung: int, **how: Any) -> Pinned:
    """At rest, unless something else is said."""
    power_w = KINDS["three"].levels[rung].power_w
    return Pinned(
        **{
            "miner": miner,
            "rung": rung,
            "seen_rung": rung,
            "dispatched": False,
            "counted_w": power_w,
            **how,
        }
    )


# How many, and which.


def test_as_many_go_down_as_are_too_many() -> None:
    found = granted(pool(some("default", "m1", "m2", "m3")), 2, 2)
    assert [(one.from_rung, one.to_rung) for one in found.named] == [(2, 0)]
    assert found.starts is None


def test_who_stands_where_it_should_stays_there_while_others_go_up() -> None:
    """Of three at the lower level one is too many, and of two that are off one starts."""
    low, resting = some("340MHz", "m1", "m2", "m3"), some(OFF, "m4", "m5")
    found = granted(pool(low, resting), 4, 2)
    assert [(one.from_rung, one.to_rung) for one in found.named] == [(1, 2)]
    assert found.starts is not None
    assert found.starts.goals == (2,)


def test_of_those_that_are_off_nobody_is_named_before_they_may_start() -> None:
    resting = some(OFF, "m1", "m2", "m3")
    found = granted(pool(resting), 2, 1)
    assert found.named == []
    assert found.starts is not None
    assert (found.starts.goals, found.starts.cohorts) == ((2, 1), (resting,))


@pytest.mark.parametrize("others", [(), (some(OFF, "m2", kind="hollow"),)])
def test_who_stands_at_a_level_that_is_never_the_best_goes_where_it_counts(
    others: tuple[Cohort, ...],
) -> None:
    """The lowest level of this kind earns less than others that are off and at the next, mixed."""
    found = granted(pool(some("eco", "m1", kind="hollow"), *others), 1, 0)
    assert ways(found) == [("m1", 1, 1)]
    assert found.named[0].level == "mid"
    assert found.starts is None


def test_the_highest_goes_to_the_highest() -> None:
    """Two rungs each; the other way round one would go down three."""
    high, mid = some("high", "m1", kind="ladder"), some("mid", "m2", kind="ladder")
    assert ways(granted(pool(high, mid), 1, 0, 0)) == [("m1", 3, 1), ("m2", 2, 0)]


def test_who_may_not_be_started_now_is_off_already_and_leaves_its_place_to_nobody() -> None:
    """Two of three that run go off, beside one that was started within the hour."""
    running, tired = some("default", "m1", "m2", "m3"), some(OFF, "m4")
    rationed = seen(running, tired, pacing=Pacing(starts_per_hour=1))
    worn = State(wear={"m4": Wear(starts=1, recent=(NOW,))})
    [ready] = readied(rationed, worn, (pool(running, tired),))
    found = granted(ready, 1, 1)
    assert [(one.from_rung, one.to_rung) for one in found.named] == [(2, 0)] * 2
    assert found.starts is None


# Those on a way, or resting where they arrived.

OTHER = some(OFF, "z")


def test_who_rests_at_a_level_may_rise() -> None:
    to = pool(OTHER, pinned=(pinned("m", 1),))
    assert ways(granted(to, 1, 1)) == [("m", 1, 2)]


@pytest.mark.parametrize("how", [{"refuses": True}, {"late": True, "dispatched": True}])
def test_who_refuses_or_is_late_may_only_be_lowered(how: dict[str, bool]) -> None:
    to = pool(OTHER, pinned=(pinned("m", 1, **how),))
    assert ways(granted(to, 1, 1)) == []
    assert ways(granted(to, 0, 0)) == [("m", 1, 0)]


def test_another_rises_in_the_place_of_one_that_refuses() -> None:
    to = pool(OTHER, pinned=(pinned("m1", 1), pinned("m2", 1, refuses=True)))
    assert ways(granted(to, 2, 1)) == [("m1", 1, 2)]


@pytest.mark.parametrize(("kept", "lowered"), [(2, ["m1"]), (1, ["m2", "m1"]), (3, [])])
def test_those_still_starting_go_down_first_and_the_late_last(
    kept: int, lowered: list[str]
) -> None:
    """The late one does not obey: telling it to go lower yet makes no room."""
    three = (
        pinned("m1", 1, dispatched=True),
        pinned("m2", 1),
        pinned("m3", 1, dispatched=True, late=True),
    )
    assert ways(granted(pool(OTHER, pinned=three), kept, 0)) == [(one, 1, 0) for one in lowered]


# Those that start.

OFF_THREE, CUT_TWO = some(OFF, "m3", "m4", "m5"), some(CUT, "m1", "m2", each_w=0)


@pytest.mark.parametrize(
    ("goals", "cohorts", "rise_w", "least_w"),
    [
        ((2, 1), (OFF_THREE,), FULL_W - OFF_W, LOW_W - OFF_W),
        ((1, 1), (OFF_THREE,), LOW_W - OFF_W, LOW_W - OFF_W),
        # behind an open switch nothing is drawn, and when it closes a miner boots as it likes
        ((1,), (CUT_TWO,), FULL_W, LOW_W),
        ((1,), (OFF_THREE, CUT_TWO), FULL_W, LOW_W - OFF_W),
    ],
)
def test_starts_raise_the_power_by_what_they_may_and_at_least(
    goals: tuple[int, ...], cohorts: tuple[Cohort, ...], rise_w: int, least_w: int
) -> None:
    starts = Starts(pool(*cohorts), goals, cohorts)
    assert (starts.rise_w, starts.least_rise_w) == (rise_w, least_w)


def test_who_says_that_it_is_off_and_draws_more_than_it_will_raises_nothing() -> None:
    awake = some(OFF, "m1", each_w=FULL_W)
    assert Starts(pool(awake), (1,), (awake,)).rise_w == 0


def test_who_only_says_that_it_is_off_may_raise_the_power_by_all_of_a_start() -> None:
    claims = some(OFF, "m1", each_w=FULL_W)
    starts = Starts(with_(pool(claims), unproven=True), (2,), (claims,))
    assert (starts.rise_w, starts.least_rise_w) == (FULL_W - OFF_W,) * 2


def test_so_many_start_as_may_those_behind_open_switches_first() -> None:
    starts = Starts(pool(OFF_THREE, CUT_TWO), (2, 2, 1, 1), (OFF_THREE, CUT_TWO))
    firsts = starts.first(3, ROW)
    assert [(one.from_level, one.to_rung) for one in firsts] == [(CUT, 2), (CUT, 2), (OFF, 1)]
    assert len({one.miner for one in firsts}) == 3
    assert {one.from_rung for one in firsts} == {0}
    assert starts.first(9, ROW)[:3] == firsts
    assert [one.to_rung for one in starts.first(9, ROW)] == [2, 2, 1, 1]


def test_whose_turn_is_later_starts_behind_those_before_it() -> None:
    everyone = pool(OFF_THREE, CUT_TWO)
    before = Starts(everyone, (2, 2, 2), (OFF_THREE, CUT_TWO))
    after = Starts(everyone, (1, 1), (OFF_THREE, CUT_TWO), ahead=3)
    names = [one.miner for starts in (before, after) for one in starts.first(9, ROW)]
    assert sorted(names) == ["m1", "m2", "m3", "m4", "m5"]


# What one move does.


@pytest.mark.parametrize(
    ("from_rung", "to_rung", "from_level", "counted_w", "rise_w", "fall_w"),
    [
        (0, 1, OFF, OFF_W, LOW_W - OFF_W, 0),
        (0, 1, CUT, 0, FULL_W, 0),
        (1, 2, "340MHz", LOW_W, FULL_W - LOW_W, 0),
        (2, 1, "default", FULL_W, 0, FULL_W - LOW_W),
        # one that draws less than it will, and one that draws more
        (2, 1, "default", 1_200, LOW_W - 1_200, 0),
        (1, 2, "340MHz", 3_000, 0, 3_000 - FULL_W),
    ],
)
def test_a_move_raises_or_lowers_by_what_counts(
    from_rung: int, to_rung: int, from_level: str, counted_w: int, rise_w: int, fall_w: int
) -> None:
    move = Move(pool(OTHER), "m", from_rung, to_rung, from_level, counted_w)
    assert (move.rise_w, move.adds_w) == (rise_w, rise_w)
    assert (move.fall_w, move.frees_w) == (fall_w, fall_w)
    assert move.starts is (from_level in IDLE)


def test_up_from_a_level_that_is_never_the_best_keeps_to_the_pace() -> None:
    """At 100 $/MWh the middle one of three levels pays, and the top does not."""
    eco = {"m1": miner("a", "eco", curve="hollow")}
    price = Decimal(100)
    plan, _, _ = decided(looked(eco, Pacing(), price=price))
    assert [command.level for command in plan.commands] == ["mid"]
    spent = State(restored_at=NOW, restore_credit_w=0)
    plan, _, _ = decided(looked(eco, Pacing(), price=price), spent)
    assert plan.commands == ()


def test_who_does_not_say_that_it_is_off_is_told_and_that_is_no_start() -> None:
    still = MinerSeen(group="a", curve="plain", level="", power_w=20, at=NOW)
    plan, after, _ = decided(looked({"m1": still}, Pacing(), price=DEAR))
    assert [command.level for command in plan.commands] == [OFF]
    assert after.wear == {}
