"""Reserves that were sold, and what is there of them; income that stops as a step of the load."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from msgspec.structs import replace

from controller.core.books.held import hold
from controller.core.decide import decide
from controller.core.pools.cohorts import cohorts
from controller.model.fleet import OFF, EvidenceGrade, MinerSeen
from controller.model.grid import SITE, Dispatch, ReduceTo
from controller.model.plan import Plan
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Pacing, Program, Site
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW

FULL_W = 2_794
ABOVE_W = FULL_W - 25
SELLER = Program(authority="grid", allowed=("reduce_to_kw",), reserve_w=10_000)
HALL = Site(
    id="s",
    currency="USD",
    zone="UTC",
    import_limit_w=90_000,
    groups={"a": Group(income_lost_after_s=600)},
    programs={"ffr": SELLER},
)
MINER = MinerSeen(group="a", curve="plain", level="default", power_w=FULL_W, at=NOW)
FIVE = {f"m{number}": MINER for number in range(5)}
ASLEEP = replace(MINER, level=OFF, power_w=25)


def seen(miners: dict[str, MinerSeen] = FIVE, meter_w: int = 50_000, **more: object) -> Snapshot:
    snapshot = Snapshot(
        now=NOW,
        site=HALL,
        price_per_mwh=Fresh(value=Decimal(40), at=NOW),
        hashprice_per_ph_day=Fresh(value=Decimal(60), at=NOW),
        meters_w={SITE: Fresh(value=meter_w, at=NOW)},
        curves=CURVES,
        cohorts=cohorts(miners),
        fleet_known=True,
    )
    return replace(snapshot, **more)


def plan_of(snapshot: Snapshot) -> Plan:
    return decide(snapshot, State())[0]


def deliverable(snapshot: Snapshot) -> int:
    return plan_of(snapshot).reserves["ffr"].deliverable_w


def test_what_runs_and_can_be_told_is_deliverable_above_its_standby() -> None:
    assert deliverable(seen()) == 5 * ABOVE_W
    assert plan_of(seen()).reserves["ffr"].short_w == 0


def test_the_lost_the_locked_and_the_sleeping_are_not() -> None:
    lost, locked = replace(MINER, reachable=False), replace(MINER, locked=True)
    snapshot = seen({**FIVE, "m0": lost, "m1": locked, "m2": ASLEEP})
    assert deliverable(snapshot) == 2 * ABOVE_W
    assert plan_of(snapshot).reserves["ffr"].short_w == 10_000 - 2 * ABOVE_W


def test_no_more_than_the_meter_shows_nor_what_none_could_show_to_be_gone() -> None:
    assert deliverable(seen(meter_w=7_000)) == 7_000
    blind = {name: replace(one, grade=EvidenceGrade.INFERRED) for name, one in FIVE.items()}
    assert deliverable(seen(blind, meters_w={})) == 0


def test_a_watt_is_sold_once_and_a_program_that_is_called_is_left_out() -> None:
    two = replace(HALL, programs={"ffr": SELLER, "spin": SELLER})
    found = plan_of(seen(site=two)).reserves
    assert found["spin"].deliverable_w == 5 * ABOVE_W - 10_000
    called = Dispatch(
        id="d",
        version=1,
        program="ffr",
        authority="grid",
        issued_at=NOW,
        received_at=NOW,
        start=NOW,
        target=ReduceTo(kw=Decimal(1)),
        limit_w=1_000,
    )
    assert list(plan_of(seen(site=two, dispatches={"d": called})).reserves) == ["spin"]
    # A stop takes 30 s: load goes ahead of it.
    near = replace(called, start=NOW + timedelta(seconds=10))
    assert list(plan_of(seen(site=two, dispatches={"d": near})).reserves) == ["spin"]


def test_reserves_stand_by_name_whichever_is_filled_first() -> None:
    programs = {"spin": replace(SELLER, response_s=60), "ffr": replace(SELLER, response_s=600)}
    found = plan_of(seen(site=replace(HALL, programs=programs))).reserves
    assert list(found) == ["ffr", "spin"]
    assert found["ffr"].deliverable_w == 5 * ABOVE_W - 10_000


def stepping(response_s: int) -> Snapshot:
    """No more than one miner may go at a time, every 10 s, and each takes 5 s to go."""
    pacing = Pacing(largest_step_down_w=ABOVE_W, step_s=10, stop_within_s=5)
    programs = {"ffr": replace(SELLER, response_s=response_s)}
    return seen(site=replace(HALL, pacing=pacing, programs=programs))


def test_nor_is_what_the_largest_steps_of_the_site_leave_no_time_for() -> None:
    for response_s, steps in ((5, 1), (14, 1), (15, 2), (25, 3), (600, 5)):
        assert deliverable(stepping(response_s)) == steps * ABOVE_W, response_s
    assert plan_of(stepping(14)).reserves["ffr"].short_w == 10_000 - ABOVE_W


def test_only_those_that_run_make_the_steps_slow() -> None:
    """Of 25 s the stops of the other group leave 5, and its own 20, with a step each 10 s."""
    slow = {**HALL.groups, "b": Group(stop_within_s=20)}
    one = stepping(25)
    declared = replace(one.site, groups=slow)
    for level, power_w, steps in (("default", FULL_W, 1), (OFF, 25, 3)):
        other = replace(MINER, group="b", level=level, power_w=power_w)
        both = seen({**FIVE, "other": other}, site=declared)
        assert deliverable(both) == steps * ABOVE_W, level


def test_where_nobody_runs_nothing_is_there() -> None:
    asleep = dict.fromkeys(FIVE, ASLEEP)
    assert deliverable(replace(stepping(25), cohorts=cohorts(asleep))) == 0


def test_a_program_without_a_response_time_leaves_time_for_all_steps() -> None:
    assert deliverable(stepping(0)) == 5 * ABOVE_W


def unpaid_for(minutes: int, price: int = 40) -> Snapshot:
    paid_at = {"a": NOW - timedelta(minutes=minutes)}
    unsold = replace(HALL, programs={})
    return seen(paid_at=paid_at, price_per_mwh=Fresh(value=Decimal(price), at=NOW), site=unsold)


def test_income_in_doubt_is_known_to_come_with_its_step() -> None:
    assert plan_of(unpaid_for(3)).outlook == ()
    (coming,) = plan_of(unpaid_for(4)).outlook
    assert (coming.at, coming.source) == (NOW + timedelta(minutes=6), "a")
    assert coming.step_w == -4 * ABOVE_W
    assert coming.what == "income counts as lost, 11.1 kW stop"


def test_what_a_reserve_keeps_does_not_stop_when_income_is_lost() -> None:
    """Four of five are sold."""
    (coming,) = plan_of(replace(unpaid_for(4), site=HALL)).outlook
    assert coming.step_w == -ABOVE_W
    lost = plan_of(replace(unpaid_for(10), site=HALL))
    assert [one.reason for one in lost.commands] == [Reason.INCOME_LOST]


def test_without_income_one_miner_asks_on_and_its_hashes_are_not_booked() -> None:
    snapshot = unpaid_for(10)
    plan = plan_of(snapshot)
    assert [(one.level, one.reason) for one in plan.commands] == [(OFF, Reason.INCOME_LOST)] * 4
    assert plan.unpaid_since == {"a": NOW - timedelta(minutes=10)}
    assert hold(seen(), plan_of(seen())).revenue_per_day > 0
    assert hold(snapshot, plan).revenue_per_day == 0


def test_where_power_is_paid_for_being_used_all_run_on() -> None:
    assert plan_of(unpaid_for(10, price=-5)).commands == ()
    assert plan_of(unpaid_for(4, price=-5)).outlook[0].step_w == 0
