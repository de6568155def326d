"""Cycles of a small site, as the books see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from controller.core.books.settlement import Accrual, Rules, Settled, accrue, count, settle
from controller.core.observations.metering import EnergyReading, MeterBounds
from controller.model.fleet import Cohort, Curve, Level, Standing
from controller.model.grid import Dispatch
from controller.model.plan import Curtailed, Mode, Plan
from controller.model.quality import Fresh, Missing, Observed
from controller.model.seen import Snapshot
from controller.model.site import Economics, Site
from controller.reasons import Reason
from tests.core.dispatches import NOW, SITE

RULES = Rules(bounds=MeterBounds(max_w=500_000))
NEW = Accrual(rules=RULES)
ADDER = Decimal(2)
BOOKED = Site(
    id=SITE.id,
    currency=SITE.currency,
    zone=SITE.zone,
    import_limit_w=SITE.import_limit_w,
    groups=SITE.groups,
    economics=Economics(adder_per_mwh=ADDER, pool_fee=Decimal("0.02")),
)
CURVE = Curve(
    levels=(
        Level(name="off", power_w=10, hashrate_ths=Decimal(0)),
        Level(name="full", power_w=3_000, hashrate_ths=Decimal(100)),
    )
)
STOPPED = {Reason.UNPROFITABLE: Curtailed(power_w=40_000, hashrate_ths=Decimal(1_000))}

Cycle = tuple[Snapshot, Plan]


def moment(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def cycle(
    seconds: float,
    *,
    price: Decimal | int | None = 48,
    price_from: float | None = None,
    price_until: float | None = None,
    hashprice: int | None = 50,
    power_w: int | None = 100_000,
    expected_w: int = 110_000,
    hashing: int = 20,
    curtailed: Mapping[Reason, Curtailed] = STOPPED,
    dispatches: Iterable[Dispatch] = (),
) -> Cycle:
    """The site `seconds` after NOW, with so many miners hashing."""
    now = moment(seconds)
    seen = Snapshot(
        now=now,
        site=BOOKED,
        price_per_mwh=_price(
            price, moment(seconds if price_from is None else price_from), price_until
        ),
        hashprice_per_ph_day=(
            Missing(why="test") if hashprice is None else Fresh(value=Decimal(hashprice), at=now)
        ),
        meters_w={} if power_w is None else {"site": Fresh(value=power_w, at=now)},
        dispatches={each.id: each for each in dispatches},
        curves={"s19": CURVE},
        cohorts={
            "north": Cohort(
                group="north",
                curve="s19",
                level="full",
                standing=Standing.PRESENT,
                members=tuple(f"m-{n}" for n in range(hashing)),
                power_w=hashing * 3_000,
            )
        },
    )
    return seen, Plan(
        at=now,
        mode=Mode.NORMAL,
        target_w=expected_w,
        expected_w=expected_w,
        limit_w=BOOKED.import_limit_w,
        marginal_price_per_mwh=None if price is None else Decimal(price) + ADDER,
        curtailed=curtailed,
    )


def _price(price: Decimal | int | None, at: datetime, until: float | None) -> Observed[Decimal]:
    if price is None:
        return Missing(why="test")
    return Fresh(value=Decimal(price), at=at, until=None if until is None else moment(until))


def every(step: float, start: float, end: float, **same: object) -> list[Cycle]:
    """A cycle every `step` seconds, all alike, the last one at `end`."""
    count_ = round((end - start) / step)
    return [cycle(start + n * step, **same) for n in range(count_ + 1)]  # type: ignore[arg-type]


def meter(seconds: float, energy_wh: int) -> EnergyReading:
    return EnergyReading(moment(seconds), energy_wh)


def booked(
    cycles: Iterable[Cycle], readings: Iterable[EnergyReading] = (), acc: Accrual = NEW
) -> tuple[Accrual, list[Settled]]:
    """The books after all of these, each reading known by the first cycle after it."""
    waiting = list(readings)
    settled: list[Settled] = []
    for seen, plan in cycles:
        acc = accrue(acc, seen, plan)
        while waiting and waiting[0].at <= seen.now:
            acc = count(acc, waiting.pop(0))
        acc, closed = settle(acc, seen.now)
        settled += closed
    return acc, settled
