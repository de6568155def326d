"""Lowering ahead of a dispatch: when it begins, of whom, and for what."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.core.decide import decide
from controller.core.obedience.learned import BEYOND_S
from controller.core.planning.lead import AHEAD, coming, deadline, told_at, told_from
from controller.core.pools.cohorts import cohorts
from controller.model.fleet import OFF, EvidenceGrade, MinerSeen
from controller.model.grid import SITE, Dispatch
from controller.model.plan import Plan
from controller.model.quality import Fresh
from controller.model.remembered import Learned
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Pacing, Site
from controller.reasons import Reason
from tests.core.cases.sites import CURVES
from tests.core.contracts import NOW, dispatch, program

FULL_W, OFF_W = 2_794, 25
HALLS = Site(
    id="s",
    currency="USD",
    zone="UTC",
    import_limit_w=90_000,
    groups={"fast": Group(), "slow": Group(stop_within_s=240)},
    programs={"a": program(), "late": program(response_s=600)},
    headroom=Decimal(0),
    pacing=Pacing(stop_within_s=30),
)


def miner(group: str, number: int) -> tuple[str, MinerSeen]:
    return f"{group}-{number}", MinerSeen(
        group=group,
        curve="plain",
        level="default",
        power_w=FULL_W,
        grade=EvidenceGrade.OUTLET,
        at=NOW,
    )


TEN = dict(miner(group, number) for group in ("fast", "slow") for number in range(5))


def coming_in(seconds: int, limit_w: int = 0, **changes: Any) -> Dispatch:
    start = NOW + timedelta(seconds=seconds)
    given = {"start": start, "end": start + timedelta(hours=1)} | changes
    return dispatch(given.pop("name", "e-1"), limit_w, given.pop("reference_w", None), **given)


def seen(*known: Dispatch, **changes: Any) -> Snapshot:
    given: dict[str, Any] = {
        "price_per_mwh": Fresh(value=Decimal(40), at=NOW),
        "hashprice_per_ph_day": Fresh(value=Decimal(60), at=NOW),
        "meters_w": {SITE: Fresh(value=10 * FULL_W, at=NOW)},
        "curves": CURVES,
        "cohorts": cohorts(TEN),
        "fleet_known": True,
    } | changes
    dispatches = {one.id: one for one in known}
    return Snapshot(now=NOW, site=HALLS, dispatches=dispatches, **given)


def decided(*known: Dispatch, **changes: Any) -> Plan:
    return decide(seen(*known, **changes), State())[0]


def told(plan: Plan) -> list[str]:
    return sorted(command.miner for command in plan.commands)


def after(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("contract", "start_s", "by_s"),
    [("a", 0, 0), ("a", 900, 900), ("late", 0, 600), ("late", 599, 600), ("late", 601, 601)],
)
def test_a_deadline_is_the_start_or_the_response_time_after_the_issue(
    contract: str, start_s: int, by_s: int
) -> None:
    assert deadline(coming_in(start_s, program=contract), HALLS) == after(by_s)


def test_a_program_that_is_gone_leaves_no_time() -> None:
    assert deadline(coming_in(5, program="gone"), HALLS) == after(5)


@pytest.mark.parametrize(("stop_s", "from_s"), [(30, 500), (100, 500), (101, 499), (240, 360)])
def test_lowering_begins_so_long_before_the_deadline_and_never_after_the_start(
    stop_s: int, from_s: int
) -> None:
    one = coming_in(500, program="late")
    assert told_from(one, HALLS, stop_s) == after(from_s)


@pytest.mark.parametrize(
    ("seconds", "groups"), [(241, ""), (240, "slow"), (31, "slow"), (30, "both")]
)
def test_the_slow_are_told_first(seconds: int, groups: str) -> None:
    plan = decided(coming_in(seconds))
    expected = {"": [], "slow": sorted(TEN)[5:], "both": sorted(TEN)}[groups]
    assert told(plan) == expected
    assert {(one.reason, one.dispatch, one.level) for one in plan.commands} <= {
        (Reason.DISPATCH, "e-1", OFF)
    }
    assert plan.limit_w == 90_000
    assert set(plan.curtailed) <= {Reason.DISPATCH}


def test_those_that_have_long_are_told_at_the_start() -> None:
    assert told(decided(coming_in(1, program="late"))) == []
    assert told(decided(coming_in(0, program="late"))) == sorted(TEN)


def test_only_what_the_dispatch_will_turn_down_goes_ahead() -> None:
    """Seven of ten fit: three go, and the slow ones of these three now."""
    fits_w = 7 * FULL_W + 3 * OFF_W
    at_the_start = told(decided(coming_in(0, fits_w)))
    assert len(at_the_start) == 3
    ahead = told(decided(coming_in(240, fits_w)))
    assert ahead == [name for name in at_the_start if name.startswith("slow")]
    assert len(ahead) == 3


def test_what_is_off_anyway_is_told_nothing() -> None:
    asleep = {
        name: replace(one, level=OFF, power_w=OFF_W) if one.group == "slow" else one
        for name, one in TEN.items()
    }
    dear = Fresh(value=Decimal(5000), at=NOW)
    assert told(decided(coming_in(60), cohorts=cohorts(asleep), price_per_mwh=dear)) == [
        name for name in sorted(TEN) if name.startswith("fast")
    ]
    running = {name: one for name, one in asleep.items() if one.group == "slow"}
    assert told(decided(coming_in(10), cohorts=cohorts(running), price_per_mwh=dear)) == []


@pytest.mark.parametrize("change", [{"cancelled": True}, {"asks_nothing": True}])
def test_what_asks_for_nothing_has_no_lead(change: dict[str, Any]) -> None:
    assert told(decided(coming_in(60, **change))) == []


def test_several_at_one_start_are_told_of_together() -> None:
    """Two programs take half each: all go."""
    half_w, all_w = 5 * FULL_W, 10 * FULL_W
    first = coming_in(30, half_w, reference_w=all_w)
    second = coming_in(30, half_w, reference_w=all_w, name="e-2", program="late")
    assert len(told(decided(first))) == 5 + 1
    assert len(told(decided(first, replace(second, program="gone")))) == 10
    assert len(told(decided(first, second))) == 5 + 1


def test_one_that_ends_before_the_other_starts_does_not_add_to_it() -> None:
    now = dispatch("e-0", 5 * FULL_W, 10 * FULL_W, "gone", end=after(20))
    next_one = coming_in(30, 5 * FULL_W, reference_w=10 * FULL_W)
    assert len(told(decided(now, next_one))) == 5 + 1
    overlapping = replace(now, end=after(31))
    assert len(told(decided(overlapping, next_one))) == 10


def test_response_times_that_were_learned_count() -> None:
    quick = Learned(stops=(0, 0, 0, 20))
    slow = Learned(stops=(0, 0, 0, 0, 0, 0, 20))
    learned = {"slow/plain": quick, "fast/plain": slow}
    plan = decide(seen(coming_in(60)), State(learned=learned))[0]
    assert told(plan) == sorted(TEN)[:5]


def test_those_that_start_first_are_looked_at() -> None:
    many = [coming_in(40 + second, name=f"e-{second}") for second in range(AHEAD + 2)]
    found = coming(seen(*many[::-1]), NOW)
    assert [one.id for one in found] == ["e-0", "e-1", "e-2", "e-3"]


def test_one_that_is_far_off_is_not_looked_at() -> None:
    near, far = coming_in(BEYOND_S), coming_in(BEYOND_S + 1, name="e-2")
    assert coming(seen(near, far), NOW) == [near]
    assert coming(seen(near, far), after(1)) == [near, far]
    assert coming(seen(coming_in(0)), NOW) == []


def test_the_next_look_is_when_somebody_has_to_be_told() -> None:
    snapshot = seen(coming_in(280))
    assert set(told_at(snapshot, State(), after(60))) == {after(40), after(250)}
    assert decide(snapshot, State())[2] == after(40)
    assert decide(seen(coming_in(301)), State())[2] == after(60)
