"""A site in the middle of things, made by hand: what surfaces show of it can be looked up here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from controller.core.dispatches.penalty import Penalty
from controller.model.books import Interval, Totals
from controller.model.fleet import (
    Cohort,
    Command,
    EvidenceGrade,
    MinerSeen,
    Motion,
    Stage,
    Standing,
)
from controller.model.grid import (
    SITE,
    Dispatch,
    Floor,
    Limit,
    MaintenanceLock,
    ManualOrder,
    ReduceTo,
)
from controller.model.plan import (
    Allocation,
    Bound,
    Curtailed,
    Deliverable,
    Explanation,
    Mode,
    Outlook,
    Plan,
    Reserve,
)
from controller.model.quality import Fresh, Stale
from controller.model.records import RevenueImported
from controller.model.remembered import MeterWatch
from controller.model.revenue_meter import Comparison
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Program, Site
from controller.model.view import AdapterHealth, FleetHealth, LedgerHealth, LinkHealth, View
from controller.reasons import Reason

NOW = datetime(2023, 9, 6, 20, 5, tzinfo=UTC)

SITE_DECLARED = Site(
    id="pecos-1",
    currency="USD",
    zone="America/Chicago",
    import_limit_w=220_000,
    groups={"container-a": Group(limit_w=110_000), "container-b": Group(floor_w=3_500)},
    programs={"ers": Program(authority="utility", allowed=("reduce_to_kw",), reserve_w=20_000)},
)

DISPATCH = Dispatch(
    id="ers-0906",
    version=2,
    program="ers",
    authority="utility",
    issued_at=NOW - timedelta(minutes=12),
    received_at=NOW - timedelta(minutes=12),
    start=NOW - timedelta(minutes=2),
    end=NOW + timedelta(minutes=58),
    target=ReduceTo(kw=Decimal(40)),
    limit_w=40_000,
)

COST = Penalty(
    dispatch="ers-0906",
    version=2,
    amount=Decimal("270.00"),
    currency="USD",
    per_dispatch=Decimal(250),
    per_mwh=Decimal(400),
    not_shed_w=50_000,
    per_hour=Decimal("20.00"),
    hours=Decimal(1),
    until=NOW + timedelta(minutes=58),
    stands_until=NOW + timedelta(minutes=13),
)
"""What it costs to opt out of `DISPATCH`."""

TO_COME = Dispatch(
    id="ers-0907",
    version=1,
    program="ers",
    authority="utility",
    issued_at=NOW,
    received_at=NOW,
    start=NOW + timedelta(hours=20),
    target=ReduceTo(kw=Decimal(100)),
    limit_w=100_000,
)

ORDER = ManualOrder(
    id="cooling",
    scope="container-b",
    limit_w=60_000,
    person="R. Ortiz",
    why="a fan is being changed",
    issued_at=NOW - timedelta(hours=1),
    until=NOW + timedelta(hours=2),
)

LOCK = MaintenanceLock(id="a-07", place="a-07", person="R. Ortiz", why="hash board swap", since=NOW)


def cohort(
    group: str, level: str, names: list[str], watts: int, standing: Standing = Standing.PRESENT
) -> Cohort:
    """Miners of `watts` each."""
    return Cohort(
        group=group,
        curve="s19j",
        level=level,
        standing=standing,
        members=tuple(names),
        power_w=watts * len(names),
        grade=EvidenceGrade.GROUP_METER,
    )


def named(group: str, first: int, count: int) -> list[str]:
    return [f"{group[-1]}-{number:02}" for number in range(first, first + count)]


def motion(miner: str, stage: Stage, level: str = "off") -> Motion:
    command = Command(id=f"c-{miner}", miner=miner, level=level, reason=Reason.DISPATCH, at=NOW)
    return Motion(
        command=command,
        stage=stage,
        group=f"container-{miner[0]}",
        curve="s19j",
        from_level="normal",
        proven_w=3_300,
        deadline=NOW + timedelta(seconds=20),
    )


def seen_now(**changes: Any) -> Snapshot:
    snapshot = Snapshot(
        now=NOW,
        site=SITE_DECLARED,
        price_per_mwh=Fresh(value=Decimal("2900.17"), at=NOW - timedelta(minutes=5)),
        hashprice_per_ph_day=Stale(value=Decimal("61.2"), at=NOW - timedelta(hours=9)),
        meters_w={
            SITE: Fresh(value=52_400, at=NOW - timedelta(seconds=2)),
            "container-a": Fresh(value=31_200, at=NOW - timedelta(seconds=2)),
        },
        signals={"outdoor_c": Fresh(value=Decimal("38.5"), at=NOW)},
        conditions={
            "ercot": Fresh(value="watch: reserves are low", at=NOW - timedelta(minutes=20))
        },
        dispatches={DISPATCH.id: DISPATCH, TO_COME.id: TO_COME},
        orders={ORDER.id: ORDER},
        locks={LOCK.place: LOCK},
        cohorts={
            "a1": cohort("container-a", "normal", named("container-a", 8, 6), 3_300),
            "a2": cohort("container-a", "off", named("container-a", 14, 17), 15),
            "a3": cohort("container-a", "off", ["a-07"], 15, Standing.LOCKED),
            "b1": cohort("container-b", "off", named("container-b", 1, 26), 15),
            "b2": cohort("container-b", "normal", ["b-27"], 3_300),
            "b3": cohort("container-b", "", ["b-28"], 3_300, Standing.UNREACHABLE),
        },
        moving={
            name: MinerSeen(group=f"container-{name[0]}", curve="s19j", level="off", power_w=900)
            for name in ("a-01", "a-02", "a-03", "b-29", "b-30")
        },
        fleet_known=True,
    )
    return msgspec.structs.replace(snapshot, **changes)


def _limits() -> tuple[Limit, ...]:
    return (
        Limit(scope=SITE, limit_w=220_000, source="site", reason=Reason.IMPORT_LIMIT),
        Limit(
            scope=SITE,
            limit_w=39_200,
            source=DISPATCH.id,
            reason=Reason.DISPATCH,
            until=DISPATCH.end,
        ),
        Limit(
            scope="container-a",
            limit_w=110_000,
            source="feeder",
            reason=Reason.GROUP_LIMIT,
        ),
    )


def _allocations() -> dict[str, Allocation]:
    return {
        "container-a/s19j": Allocation(
            group="container-a",
            curve="s19j",
            counts={"normal": 6, "off": 23},
            reason=Reason.DISPATCH,
            power_w=20_145,
            next_break_even_per_mwh=Decimal("86.40"),
            held=1,
        ),
        "container-b/s19j": Allocation(
            group="container-b",
            curve="s19j",
            counts={"normal": 2, "off": 28},
            reason=Reason.UNPROFITABLE,
            power_w=7_020,
            next_break_even_per_mwh=Decimal("86.40"),
            held=1,
        ),
    }


def _explained() -> dict[str, Explanation]:
    """Hashing in container-a pays, and a dispatch holds it down; in b it does not pay."""
    return {
        "container-a": Explanation(
            reason=Reason.DISPATCH,
            bound=Bound.LIMIT,
            source=DISPATCH.id,
            until=DISPATCH.end,
            runs_w=20_145,
            curtailed_w=75_555,
            miners=29,
            running=6,
            wanted=7,
        ),
        "container-b": Explanation(
            reason=Reason.UNPROFITABLE,
            until=NOW + timedelta(minutes=10),
            runs_w=7_020,
            curtailed_w=92_400,
            miners=30,
            running=0,
            earns_per_hour=Decimal("-1.31"),
            if_running_per_hour=Decimal("-276.10"),
            if_stopped_per_hour=Decimal("-1.31"),
            more_below_per_mwh=Decimal("73.90"),
        ),
    }


def _within(
    within_s: int, shed_w: int, add_w: int, shed_confidence: str, add_confidence: str
) -> Deliverable:
    return Deliverable(
        within_s=within_s,
        shed_w=shed_w,
        add_w=add_w,
        shed_confidence=Decimal(shed_confidence),
        add_confidence=Decimal(add_confidence),
    )


def plan_now(**changes: Any) -> Plan:
    commands = tuple(
        Command(id=f"c-{name}", miner=name, level="off", reason=Reason.DISPATCH, at=NOW)
        for name in ("a-02", "a-01")
    )
    plan = Plan(
        at=NOW,
        mode=Mode.NORMAL,
        target_w=38_700,
        expected_w=51_900,
        limit_w=39_200,
        marginal_price_per_mwh=Decimal("2912.67"),
        limits=_limits(),
        floors=(
            Floor(
                scope="container-b",
                floor_w=3_500,
                rank=1,
                source="heat contract",
                reason=Reason.COMMITMENT,
            ),
        ),
        allocations=_allocations(),
        commands=commands,
        curtailed={
            Reason.DISPATCH: Curtailed(power_w=75_900, hashrate_ths=Decimal(2392)),
            Reason.UNPROFITABLE: Curtailed(power_w=92_400, hashrate_ths=Decimal(2912)),
        },
        reserves={"ers": Reserve(sold_w=20_000, deliverable_w=24_000)},
        explained=_explained(),
        deliverable=(
            _within(10, 0, 0, "0", "0"),
            _within(60, 13_140, 0, "0.97", "0"),
            _within(600, 13_140, 66_000, "0.99", "0.91"),
            _within(1800, 13_140, 79_200, "0.99", "0.94"),
        ),
        cooling={"container-b": True},
        outlook=(
            Outlook(
                at=NOW + timedelta(hours=20),
                what="dispatch starts",
                source=TO_COME.id,
                limit_w=98_000,
            ),
        ),
    )
    return msgspec.structs.replace(plan, **changes)


def adapters_now() -> dict[str, AdapterHealth]:
    """One that lost samples, one that failed, one that is down, one that keeps a connection."""
    return {
        "ercot": AdapterHealth(
            name="ercot",
            kind="feed",
            refused={"late": 2, "nan": 1},
            heard_at=NOW - timedelta(seconds=40),
        ),
        "site-meter": AdapterHealth(
            name="site-meter",
            kind="feed",
            errors=3,
            last_error="no answer within 2 s",
            last_error_at=NOW - timedelta(minutes=40),
        ),
        "hashprice": AdapterHealth(
            name="hashprice", kind="feed", running=False, errors=1, last_error="no such file"
        ),
        "mqtt": AdapterHealth(
            name="mqtt", kind="mqtt", link=LinkHealth(connected=True, connections=1)
        ),
    }


def imported_now() -> RevenueImported:
    """Of two quarters: ours counted 1.5 % more."""
    found = Comparison(
        start=NOW - timedelta(days=3),
        end=NOW - timedelta(days=3) + timedelta(minutes=30),
        spans=2,
        live_wh=Decimal(203_000),
        billed_wh=Decimal(200_000),
        apart=1,
        missing_live=3,
        worst_at=NOW - timedelta(days=3),
        worst_wh=Decimal(2900),
    )
    return RevenueImported(
        at=NOW - timedelta(hours=1),
        person="Ada",
        file="september.csv",
        sha256="4be1c0",
        read=5,
        difference=found,
    )


def a_view(**changes: Any) -> View:
    """Fields of `View` by name; of its plan and snapshot with `plan_now` and `seen_now`."""
    motions = {
        "a-01": motion("a-01", Stage.SENT),
        "a-02": motion("a-02", Stage.SENT),
        "a-03": motion("a-03", Stage.CONFIRMED),
        "b-29": motion("b-29", Stage.INTENDED),
        "b-30": motion("b-30", Stage.FAILED),
    }
    view = View(
        seen=seen_now(),
        state=State(
            motions=motions,
            ratio_permille={"container-b/s19j": 1030},
            level_permille={"container-a/s19": {"340MHz": 1015}},
            watched={SITE: MeterWatch(value_w=52_400, at=NOW, shown_w=52_400, same_since=NOW)},
        ),
        plan=plan_now(),
        totals=Totals(
            since=NOW - timedelta(hours=15),
            energy_wh=Decimal(2_310_000),
            energy_cost=Decimal("93.18"),
            hash_revenue=Decimal("412.55"),
            curtailed_wh=Decimal(410_500),
            avoided_cost=Decimal("1104.20"),
            foregone_revenue=Decimal("38.71"),
            expected_th=Decimal(4_000_000),
            accepted_th=Decimal(3_800_000),
        ),
        interval=Interval(
            start=NOW - timedelta(minutes=5),
            end=NOW + timedelta(minutes=10),
            energy_wh=Decimal(6_120),
            price_per_mwh=Decimal("2912.67"),
            energy_cost=Decimal("17.83"),
            hash_revenue=Decimal("0.61"),
        ),
        imported=imported_now(),
        adapters=adapters_now(),
        ledger=LedgerHealth(written=18_204, waiting=2),
        fleet=FleetHealth(
            known=60,
            reachable=59,
            probes=60,
            sent=61,
            abandoned_calls=1,
            failures={"timeout": 4},
            identity_changes={"replaced": 1},
        ),
        shadow_commands=0,
        cycles=9_120,
        cycle_seconds=0.0031,
        dispatches_refused={"malformed": 1, "stale_version": 2},
        started_at=NOW - timedelta(hours=15),
        code_version="0.1.0",
        config_hash="4be1c0",
    )
    return msgspec.structs.replace(view, **changes)
