"""What levels are worth on a site with too little power: the plan's profit over the best that
machines come to which only know full and off."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

from msgspec.structs import replace

import controller
from controller.core.decide import decide
from controller.core.economics.steps import revenue
from controller.core.limits.in_force import usable_w
from controller.model.fleet import Curve, Level
from controller.model.grid import Limit
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from controller.model.site import Economics
from controller.reasons import Reason
from tests.bench.decision_sites import limited, site_of

RECORDED = Path(controller.__file__).parent / "simulator" / "recorded" / "s19k_pro.json"
"""The 25 profiles of an Antminer S19k Pro, as its LuxOS told them."""
STANDBY_W = 25
PRICE_PER_MWH = Decimal(50)
HASHPRICE = Decimal("56.67")
POOL_FEE = Decimal("0.02")
AN_HOUR = Decimal(3600)


def recorded_curve() -> Curve:
    told = json.loads(RECORDED.read_text(encoding="utf-8"))["profiles"]["PROFILES"]
    levels = [
        Level(
            name=one["Profile Name"],
            power_w=one["Watts"],
            hashrate_ths=Decimal(str(one["Hashrate"])),
        )
        for one in told
    ]
    off = Level(name="off", power_w=STANDBY_W, hashrate_ths=Decimal(0))
    return Curve(levels=(off, *sorted(levels, key=lambda one: one.power_w)))


def short_of_power(miners: int, share: Decimal) -> Snapshot:
    """A site whose import limit is this share of what its miners would draw at their top."""
    site = limited(site_of(1, miners, {"s19k": recorded_curve()}), share)
    economics = Economics(pool_fee=POOL_FEE)
    return replace(
        site,
        site=replace(site.site, economics=economics),
        price_per_mwh=Fresh(value=PRICE_PER_MWH, at=site.now),
        hashprice_per_ph_day=Fresh(value=HASHPRICE, at=site.now),
    )


def planned_profit(seen: Snapshot) -> Decimal:
    """Of an hour of the plan, once every command has been obeyed."""
    plan, _, _ = decide(seen, State())
    return sum(
        (
            _profit(seen.curves[one.curve].level(name), count)
            for one in plan.allocations.values()
            for name, count in one.counts.items()
        ),
        Decimal(0),
    )


def best_full_profit(seen: Snapshot) -> Decimal:
    """The most that the same miners earn in an hour under the same limit if as many as it has room
    for run at one level, whichever that is, and the rest are off."""
    (cohort,) = seen.cohorts.values()
    curve, miners = seen.curves[cohort.curve], len(cohort.members)
    limit = Limit(
        scope="site",
        limit_w=seen.site.import_limit_w,
        source="import limit",
        reason=Reason.IMPORT_LIMIT,
    )
    left_w = usable_w(limit, seen.site.headroom) - miners * curve.off.power_w
    full = [level for level in curve.levels if level.hashrate_ths >= NAMEPLATE_THS]
    found = []
    for level in full:
        running = min(miners, left_w // (level.power_w - curve.off.power_w))
        found.append(_profit(level, running) + _profit(curve.off, miners - running))
    return max(found)


NAMEPLATE_THS = Decimal("121.8")
"""From here on a machine runs at full."""


def _profit(level: Level, count: int) -> Decimal:
    earned = revenue(level.hashrate_ths, AN_HOUR, HASHPRICE, POOL_FEE)
    return count * (earned - level.power_w * PRICE_PER_MWH / 1_000_000)
