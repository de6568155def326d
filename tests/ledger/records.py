"""Records of a small site, and a decision simple enough to see through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from controller.app.recorder import Recorder
from controller.model.books import CurtailedEnergy, Interval
from controller.model.fleet import Cohort, Command, CommandEvent, EvidenceGrade, Stage, Standing
from controller.model.grid import Dispatch, MaintenanceLock, ManualOrder, OptOut, Recall, ReduceTo
from controller.model.plan import Curtailed, Mode, Plan
from controller.model.quality import Fresh
from controller.model.records import (
    CommandRecorded,
    CycleRecorded,
    DispatchArrived,
    DispatchOptedOut,
    DispatchRecalled,
    IntervalClosed,
    LockArrived,
    OrderArrived,
    RunStarted,
    SampleArrived,
)
from controller.model.samples import HashpriceSample, PriceSample
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Site
from controller.reasons import Reason

T0 = datetime(2023, 9, 6, 19, 0, tzinfo=UTC)
SITE = Site(
    id="s", currency="USD", zone="America/Chicago", import_limit_w=9000, groups={"a": Group()}
)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def run(seconds: float = 0, *, version: str = "1.0") -> RunStarted:
    settings = {"site": {"id": "s", "zone": None}}
    return RunStarted(at=at(seconds), code_version=version, config_hash="c0ffee", settings=settings)


def price(seconds: float, value: str = "48.20", *, refused: str = "") -> SampleArrived:
    sample = PriceSample(
        start=at(seconds), end=at(seconds + 900), price_per_mwh=value, published_at=at(seconds)
    )
    return SampleArrived(at=at(seconds), feed="ercot", sample=sample, refused=refused)


def hashprice(seconds: float, value: str = "61") -> SampleArrived:
    sample = HashpriceSample(at=at(seconds), per_ph_day=value)
    return SampleArrived(at=at(seconds), feed="hashprice", sample=sample)


def dispatch(version: int = 1, *, name: str = "d-1", cancelled: bool = False) -> Dispatch:
    return Dispatch(
        id=name,
        version=version,
        program="ers",
        authority="grid",
        issued_at=at(0),
        received_at=at(1),
        start=at(600),
        target=ReduceTo(kw=Decimal(40)),
        limit_w=40_000,
        cancelled=cancelled,
    )


def dispatched(seconds: float, accepted: Dispatch | None, refused: str = "") -> DispatchArrived:
    body = {"id": "d-1", "target": {"kw": 40}, "end": None}
    return DispatchArrived(
        at=at(seconds), authority="grid", body=body, dispatch=accepted, refused=refused
    )


def recalled(seconds: float, accepted: Dispatch) -> DispatchRecalled:
    word = Recall(person="Ada", authority="desk of grid", reference="call 17", at=at(seconds))
    return DispatchRecalled(at=at(seconds), dispatch=replace(accepted, cancelled=True, recall=word))


def opted_out(seconds: float, accepted: Dispatch) -> DispatchOptedOut:
    out = OptOut(person="Ada", why="a cheaper way", penalty=Decimal("112.50"), at=at(seconds))
    return DispatchOptedOut(at=at(seconds), dispatch=replace(accepted, opted_out=out))


def order(
    seconds: float,
    name: str,
    *,
    limit_w: int | None = 5000,
    level: str = "",
    level_w: int = 0,
    floor_w: int | None = None,
    hold: bool = False,
    emergency: bool = False,
    ended: bool = False,
) -> OrderArrived:
    given = ManualOrder(
        id=name,
        scope="site",
        limit_w=limit_w,
        level=level,
        level_w=level_w,
        floor_w=floor_w,
        hold=hold,
        emergency=emergency,
        person="Ada",
        why="a smell of burning",
        issued_at=at(seconds),
        until=at(seconds + 60),
    )
    return OrderArrived(at=at(seconds), order=given, ended=ended)


def lock(seconds: float, place: str, *, released_by: str = "") -> LockArrived:
    held = MaintenanceLock(
        id=f"lock-{place}", place=place, person="Ada", why="fan swap", since=at(0)
    )
    return LockArrived(at=at(seconds), lock=held, released_by=released_by)


def command(
    seconds: float,
    stage: Stage,
    name: str = "c-1",
    *,
    ordered: float = 0,
    dispatch: str = "",
    **changes: Any,
) -> CommandRecorded:
    ordered_command = Command(
        id=name,
        miner="m-1",
        level="off",
        reason=Reason.UNPROFITABLE,
        at=at(ordered),
        dispatch=dispatch,
    )
    event: dict[str, Any] = {
        "command": ordered_command,
        "stage": stage,
        "at": at(seconds),
        "group": "a",
        "power_w": 3200,
        "grade": EvidenceGrade.SELF_REPORT,
    } | changes
    return CommandRecorded(at=at(seconds), event=CommandEvent(**event))


def interval(quarter: int, version: int = 1, **changes: Any) -> IntervalClosed:
    fields: dict[str, Any] = {
        "start": at(900 * quarter),
        "end": at(900 * (quarter + 1)),
        "version": version,
        "energy_wh": Decimal("12345.678"),
        "price_per_mwh": Decimal("48.12"),
        "energy_cost": Decimal("0.59407402536"),
        "hash_revenue": Decimal("1.10"),
        "curtailed": {
            Reason.UNPROFITABLE: CurtailedEnergy(
                energy_wh=Decimal("800.25"),
                avoided_cost=Decimal("0.0385"),
                foregone_revenue=Decimal("0.03"),
            )
        },
        "dispatches": ("d-1",),
    } | changes
    return IntervalClosed(at=at(900 * (quarter + 1) + 5), interval=Interval(**fields))


def snapshot(seconds: float, price_per_mwh: int = 48, **changes: Any) -> Snapshot:
    cohort = Cohort(
        group="a",
        curve="k",
        level="full",
        standing=Standing.PRESENT,
        members=("m-1", "m-2"),
        power_w=6400,
    )
    fields: dict[str, Any] = {
        "now": at(seconds),
        "site": SITE,
        "price_per_mwh": Fresh(value=Decimal(price_per_mwh), at=at(seconds)),
        "cohorts": {"a/k/full": cohort},
    } | changes
    return Snapshot(**fields)


def decide_simply(seen: Snapshot, state: State) -> tuple[Plan, State, datetime]:
    """Off above 100 per MWh."""
    assert isinstance(seen.price_per_mwh, Fresh)
    dear = seen.price_per_mwh.value > 100
    plan = Plan(
        at=seen.now,
        mode=Mode.NORMAL,
        target_w=0 if dear else 6400,
        expected_w=6400,
        limit_w=9000,
        marginal_price_per_mwh=seen.price_per_mwh.value,
        curtailed={Reason.UNPROFITABLE: Curtailed(power_w=6400, hashrate_ths=Decimal(200))}
        if dear
        else {},
    )
    after = State(other_w={"site": 70}, next_command=state.next_command + 1)
    return plan, after, seen.now + timedelta(seconds=5)


def cycles(
    count: int,
    *,
    recorder: Recorder | None = None,
    state: State | None = None,
    start_s: float = 0,
    step_s: float = 5,
) -> Iterator[CycleRecorded]:
    """The price jumps up every third cycle."""
    recorder, state = recorder or Recorder(), state or State()
    for number in range(count):
        seen = snapshot(start_s + step_s * number, 2900 if number % 3 == 2 else 48)
        plan, after, next_at = decide_simply(seen, state)
        yield recorder.record(seen, state, plan, after, next_at)
        state = after


def seen_dispatch(accepted: Dispatch, seconds: float) -> CycleRecorded:
    """A cycle with a dispatch in force."""
    seen = snapshot(seconds, dispatches={accepted.id: accepted})
    plan, after, next_at = decide_simply(seen, State())
    return Recorder().record(seen, State(), plan, after, next_at)


def state_after(count: int) -> State:
    """The state that `cycles(count)` ends with."""
    return State(other_w={"site": 70}, next_command=1 + count)
