"""How far a meter has to have fallen to prove a step, of whom it speaks, and of whom not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from controller.core.counting.proof import proven
from controller.model.fleet import OFF, Cohort, EvidenceGrade, MinerSeen, Motion, Stage, Standing
from controller.model.grid import SITE
from controller.model.quality import Fresh, Stale
from controller.model.remembered import Balance
from controller.model.seen import Snapshot, State
from controller.model.site import Breaker, Group
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

LOW = CURVES["three"].levels[1].name
SELF_REPORT = EvidenceGrade.SELF_REPORT
SECOND = timedelta(seconds=1)
WITHOUT_BALANCE = replace(STATE, balances={})
ALL = dict.fromkeys(STATE.motions, "a")


def lowering(name: str, curve: str, level: str, proven_w: int) -> Motion:
    stop = stopping(name)
    command = replace(stop.command, level=level)
    return replace(stop, command=command, curve=curve, proven_w=proven_w)


def beside(name: str, motion: Motion) -> State:
    """The four and one more, before them."""
    return replace(STATE, motions={name: motion, **STATE.motions})


def read(watts: int, at: datetime = THEN) -> Fresh[int]:
    return Fresh(value=watts, at=at)


@pytest.mark.parametrize(
    ("level", "power_w", "most_w"), [(OFF, 25, 1_630), (LOW, 1_131, 2_183)], ids=["off", "lower"]
)
def test_half_a_step_is_enough(level: str, power_w: int, most_w: int) -> None:
    """It counted 2,235 W beside 500 W of fans. Off it draws its standby, 2,210 W less; lower it
    draws 0.8 of 1,414 W, 1,104 less. Half of that has to be gone: 1,105 or 552 of 2,735 W."""
    state = State(
        motions={"m1": lowering("m1", "three", level, 2_235)},
        balances={"a": BALANCE},
        ratio_permille={"a/three": 800},
    )
    miner = replace(says(level, curve="three"), power_w=power_w)
    for meter_w, found in ((most_w, {"m1": "a"}), (most_w + 1, {})):
        snapshot = replace(seen(read(meter_w)), moving={"m1": miner})
        assert proven(snapshot, state) == found


def test_the_oldest_command_is_proven_first() -> None:
    last = STATE.motions["m4"]
    older = replace(last, command=replace(last.command, at=NOW - 10 * SECOND))
    state = replace(STATE, motions={**STATE.motions, "m4": older})
    assert proven(seen(at_meter(3)), state) == {"m4": "a"}


@pytest.mark.parametrize(
    "m1",
    [replace(says(OFF), reachable=False), replace(says(OFF), at=NOW)],
    ids=["unreachable", "not heard since its command"],
)
def test_whose_word_is_too_old_is_not_proven_and_may_be_who_made_a_step(m1: MinerSeen) -> None:
    """The meter fell by two steps. One may be its own, so that one is left for the three others."""
    assert proven(seen(at_meter(2), m1=m1), STATE) == {"m2": "a"}


def test_who_reports_its_watts_needs_no_meter_and_hides_nobody() -> None:
    state = beside("m0", stopping("m0"))
    meter = read(at_meter(2).value + OFF_W)
    found = proven(seen(meter, m0=says(OFF, SELF_REPORT)), state)
    assert found == {"m1": "a", "m2": "a"}


def test_one_that_was_exchanged_for_another_kind_hides_nobody() -> None:
    """Its command was for a kind of which the site has none any more."""
    state = beside("m0", replace(stopping("m0"), curve="gone"))
    meter = read(at_meter(2).value + OFF_W)
    assert proven(seen(meter, m0=says(OFF)), state) == {"m1": "a", "m2": "a"}


def test_nor_does_one_that_has_left_the_configuration() -> None:
    state = beside("m0", stopping("m0"))
    assert proven(seen(at_meter(2)), state) == {"m1": "a", "m2": "a"}


def test_a_start_is_shown_by_no_meter() -> None:
    start = replace(lowering("m1", "plain", "default", OFF_W), from_level=OFF)
    snapshot = replace(seen(read(500 + FULL_W)), moving={"m1": says("default")})
    assert proven(snapshot, State(motions={"m1": start}, balances={"a": BALANCE})) == {}


@pytest.mark.parametrize(("rose_at", "found"), [(THEN, {}), (THEN - SECOND, {"m1": "a"})])
def test_a_meter_read_before_others_had_come_up_proves_nothing(
    rose_at: datetime, found: Mapping[str, str]
) -> None:
    assert proven(seen(at_meter(3)), replace(STATE, rose_at=rose_at)) == found


@pytest.mark.parametrize(
    "m0",
    [
        replace(says("default", SELF_REPORT), reachable=False),
        replace(says("default", SELF_REPORT), power_w=1_000),
    ],
    ids=["unreachable", "half way down"],
)
def test_another_on_its_way_down_may_have_made_what_the_meter_fell_by(m0: MinerSeen) -> None:
    """The meter shows the four as they were, and of the other no more than it draws now."""
    others_w = m0.power_w if m0.reachable else OFF_W
    meter = read(at_meter(4).value + others_w)
    assert proven(seen(meter, m0=m0), beside("m0", stopping("m0"))) == {}


# A meter that leaves no room for half a miner.


@pytest.mark.parametrize(("meter_w", "found"), [(1_396, ALL), (1_397, {})])
def test_all_are_off_where_not_even_half_a_miner_has_room(
    meter_w: int, found: Mapping[str, str]
) -> None:
    """Half of 2,794 W are 1,397."""
    assert proven(seen(read(meter_w)), WITHOUT_BALANCE) == found


@pytest.mark.parametrize(("left_w", "found"), [(1_396, ALL), (1_397, {})])
def test_what_others_report_of_themselves_leaves_no_room(
    left_w: int, found: Mapping[str, str]
) -> None:
    """One in motion, at rest since it was confirmed, and a cohort."""
    confirmed = lowering("m0", "plain", "default", FULL_W)
    state = replace(beside("m0", replace(confirmed, stage=Stage.CONFIRMED)), balances={})
    meter = read(3_000 + FULL_W + left_w)
    snapshot = seen(meter, m0=says("default", SELF_REPORT))
    snapshot = replace(snapshot, cohorts={"c": resting(3_000, SELF_REPORT)})
    assert proven(snapshot, state) == found


def test_the_word_of_others_without_watts_leaves_room() -> None:
    """One says that it runs, and the meter shows 2,894 W. It may as well be one of the four."""
    cohorts = {"c": resting(FULL_W, EvidenceGrade.INFERRED)}
    snapshot = replace(seen(read(FULL_W + 100)), cohorts=cohorts)
    assert proven(snapshot, WITHOUT_BALANCE) == {}


def resting(power_w: int, grade: EvidenceGrade) -> Cohort:
    return Cohort(
        group="a",
        curve="plain",
        level="default",
        standing=Standing.PRESENT,
        members=("other",),
        power_w=power_w,
        grade=grade,
    )


def test_room_for_half_of_the_least_is_room() -> None:
    """m1 was told to go from 1,414 W to off, m2 from 2,794: 1,000 W are enough for m1 to run."""
    motions = {"m1": lowering("m1", "three", OFF, 1_414), "m2": stopping("m2")}
    moving = {"m1": says(OFF, curve="three"), "m2": says(OFF)}
    snapshot = replace(seen(read(1_000)), moving=moving)
    assert proven(snapshot, State(motions=motions)) == {}


def test_that_they_are_off_is_not_shown_where_one_was_only_lowered() -> None:
    motions = {**STATE.motions, "m1": lowering("m1", "three", LOW, FULL_W)}
    snapshot = seen(read(1_300), m1=says(LOW, curve="three"))
    assert proven(snapshot, State(motions=motions)) == {}


def test_one_proven_to_be_lower_before_does_not_hinder_it() -> None:
    """m0 rests at eco, 1.2 × 1,000 W; m1 was told off from 1.2 × 3,100. 1,230 W are no half."""
    rests = replace(lowering("m0", "hollow", "eco", 1_200), stage=Stage.CONFIRMED)
    state = State(
        motions={"m0": rests, "m1": lowering("m1", "hollow", OFF, 3_720)},
        ratio_permille={"a/hollow": 1_200},
    )
    low = replace(says("eco", curve="hollow"), power_w=1_200)
    moving = {"m0": low, "m1": says(OFF, curve="hollow")}
    assert proven(replace(seen(read(1_230)), moving=moving), state) == {"m1": "a"}


# The meters of halls, of a breaker and of the site.

YARD = replace(
    HALL,
    groups={"a": Group(breaker="west"), "b": Group()},
    breakers={"west": Breaker()},
)


def yard(
    meters_w: Mapping[str, int], balances: Mapping[str, Balance], stage: Stage = Stage.SENT
) -> Mapping[str, str]:
    """What is proven of m1 in hall a, behind the breaker, and of m9 in hall b."""
    snapshot = Snapshot(
        now=THEN,
        site=YARD,
        meters_w={scope: read(watts) for scope, watts in meters_w.items()},
        curves=CURVES,
        moving={"m1": says(OFF), "m9": replace(says(OFF), group="b")},
        fleet_known=True,
    )
    motions = {"m1": stopping("m1", stage), "m9": replace(stopping("m9"), group="b")}
    return proven(snapshot, State(motions=motions, balances=balances))


BOTH = {"west": BALANCE, SITE: BALANCE}
RUNS, GONE = 500 + FULL_W, 500 + OFF_W


def test_a_breaker_s_meter_stands_in_for_a_group_s() -> None:
    rest = 3_000 - BALANCE.unexplained_w
    balances = {"west": replace(BALANCE, unexplained_w=3_000)}
    assert yard({"west": GONE + rest}, balances) == {"m1": "west"}
    assert yard({"west": RUNS + rest}, balances) == {}


def test_of_whom_a_breaker_s_meter_speaks_the_site_s_does_not() -> None:
    """m1 was given up. The site's fell by one step, and the breaker's did not: it was m9's."""
    meters_w = {"west": RUNS, SITE: GONE + FULL_W}
    assert yard(meters_w, BOTH, Stage.FAILED) == {"m9": SITE}


@pytest.mark.parametrize("stage", [Stage.SENT, Stage.FAILED])
def test_one_fall_is_not_shown_twice_by_a_breaker_s_meter_and_the_site_s(stage: Stage) -> None:
    """Both running it shows 6,088 W, and 3,319 without the step of m1. Half a step less is m9's:
    1,385 W."""
    for meter_w, found in ((1_934, {"m1": "west", "m9": SITE}), (1_935, {"m1": "west"})):
        assert yard({"west": GONE, SITE: meter_w}, BOTH, stage) == found


def test_the_site_s_meter_stands_in_for_a_group_s_that_is_stale() -> None:
    state = replace(STATE, balances={"a": BALANCE, SITE: BALANCE})
    meters = {"a": Stale(value=600, at=THEN), SITE: at_meter(2)}
    assert proven(replace(seen(at_meter(4)), meters_w=meters), state) == {"m1": SITE, "m2": SITE}
