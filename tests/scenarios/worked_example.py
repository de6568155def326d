"""The worked example of the design: 60 miners, a price spike, and "reduce to 40 kW in 10 minutes".

`text()` is what docs/architecture.md shows; a test keeps the two equal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from controller.core.decide import decide
from controller.core.economics.steps import concave, steps
from controller.model.fleet import Cohort, Curve, Level, Standing
from controller.model.grid import Dispatch, ReduceTo
from controller.model.plan import Plan
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from controller.model.site import Economics, Group, Pacing, Program, Site

NOW = datetime(2023, 9, 6, 18, 0, tzinfo=UTC)
HASHPRICE = Decimal("56.67")
S19K = Curve(
    levels=(
        Level(name="off", power_w=25, hashrate_ths=Decimal(0)),
        Level(name="265MHz", power_w=1080, hashrate_ths=Decimal("54.7")),
        Level(name="415MHz", power_w=1785, hashrate_ths=Decimal("85.7")),
        Level(name="default", power_w=2794, hashrate_ths=Decimal("121.8")),
    )
)
SITE = Site(
    id="example",
    currency="USD",
    zone="America/Chicago",
    import_limit_w=190_000,
    groups={"hall-a": Group(limit_w=125_000), "hall-b": Group(limit_w=75_000)},
    programs={"ers": Program(authority="grid-operator", allowed=("reduce_to_kw",))},
    pacing=Pacing(minimum_off_s=120, restore_w_per_minute=60_000),
    economics=Economics(adder_per_mwh=Decimal(10), pool_fee=Decimal("0.02")),
)
DISPATCH = Dispatch(
    id="ers-1",
    version=1,
    program="ers",
    authority="grid-operator",
    issued_at=NOW,
    received_at=NOW,
    start=NOW + timedelta(minutes=10),
    end=NOW + timedelta(minutes=40),
    target=ReduceTo(kw=Decimal(40)),
    limit_w=40_000,
)


def seen(at: datetime, price: int, *, dispatched: bool) -> Snapshot:
    """All 60 at full power, 5 kW of other load, at this price."""
    halls = {"hall-a": 40, "hall-b": 20}
    return Snapshot(
        now=at,
        site=SITE,
        price_per_mwh=Fresh(value=Decimal(price), at=at, until=at + timedelta(minutes=15)),
        hashprice_per_ph_day=Fresh(value=HASHPRICE, at=NOW),
        meters_w={"site": Fresh(value=60 * 2_794 + 5_000, at=at)},
        dispatches={DISPATCH.id: DISPATCH} if dispatched else {},
        curves={"s19k": S19K},
        cohorts={
            hall: Cohort(
                group=hall,
                curve="s19k",
                level="default",
                standing=Standing.PRESENT,
                members=tuple(f"{hall}-{number:02}" for number in range(1, count + 1)),
                power_w=count * 2_794,
            )
            for hall, count in halls.items()
        },
        fleet_known=True,
    )


MOMENTS = {
    "the price is 48 $/MWh and a dispatch has come in": (NOW, 48, True),
    "ten minutes later it is in force": (NOW + timedelta(minutes=10), 48, True),
    "or else, without it, at 2,900 $/MWh": (NOW + timedelta(minutes=10), 2_900, False),
}


def decided(at: datetime, price: int, *, dispatched: bool) -> tuple[Plan, State, datetime]:
    """The decision at a moment, by a site that has been running quietly."""
    _, quiet, _ = decide(seen(NOW, 48, dispatched=False), State())
    return decide(seen(at, price, dispatched=dispatched), quiet)


def text() -> str:
    """The whole example, for people."""
    lines = [
        "60 Antminer S19k Pro in two halls at 56.67 USD/PH/day, 2 % pool fee, adders of 10 $/MWh.",
        "",
        "Break-even of each step of the curve:",
    ]
    levels = concave(S19K)
    for level, step in zip(levels[1:], steps(levels, HASHPRICE, Decimal("0.02")), strict=True):
        even = f"{step.break_even_per_mwh:.2f}"
        lines.append(f"  up to {level.name:8} +{step.power_w:>5} W  pays below {even:>6} $/MWh")
    for title, (at, price, dispatched) in MOMENTS.items():
        lines += ["", f"{at:%H:%M}, {title}:"]
        lines += (f"  {line}" for line in _told(*decided(at, price, dispatched=dispatched)))
    return "\n".join(lines)


def _told(plan: Plan, _: State, next_at: datetime) -> Iterator[str]:
    yield f"mode {plan.mode}, marginal price {plan.marginal_price_per_mwh} $/MWh"
    for limit in plan.limits:
        kw = f"{limit.limit_w / 1000:.0f} kW"
        yield f"limit {limit.scope:7} {kw:>7}  {limit.reason} ({limit.source})"
    for allocation in plan.allocations.values():
        counts = ", ".join(f"{count} {name}" for name, count in allocation.counts.items())
        yield f"plan  {allocation.group:7} {counts}: {allocation.reason}"
    yield f"target {plan.target_w / 1000:.1f} kW, counted now {plan.expected_w / 1000:.1f} kW"
    orders = Counter((command.level, command.reason) for command in plan.commands)
    for (level, reason), count in sorted(orders.items()):
        yield f"command {count} miners to {level}: {reason}"
    if not orders:
        yield "no commands"
    for ahead in plan.outlook:
        yield f"ahead {ahead.at:%H:%M} {ahead.what} ({ahead.source})"
    yield f"asked again by {next_at:%H:%M:%S}"
