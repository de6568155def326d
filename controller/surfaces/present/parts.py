"""The small parts that several answers share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from controller.model.grid import Floor, Limit
from controller.model.plan import Allocation, Plan
from controller.model.quality import Fresh, Missing, Observed
from controller.model.seen import Snapshot
from controller.reasons import Reason
from controller.surfaces import api_parts as api

T = TypeVar("T")


def kw(power_w: int) -> float:
    return power_w / 1000


def maybe(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


def because(reason: Reason) -> api.Because:
    return api.Because(reason=reason, text=reason.text)


def reading(observed: Observed[T], now: datetime, unit: Callable[[T], float]) -> api.Reading:
    """An observation at `now`, its value through `unit`."""
    if isinstance(observed, Missing):
        return api.Reading(quality=api.Quality.MISSING, why=observed.why)
    fresh = isinstance(observed, Fresh)
    return api.Reading(
        quality=api.Quality.FRESH if fresh else api.Quality.STALE,
        value=unit(observed.value),
        at=observed.at,
        until=observed.until if isinstance(observed, Fresh) else None,
        age_s=max(0.0, (now - observed.at).total_seconds()),
    )


def assumed_price(seen: Snapshot) -> Decimal | None:
    """What is acted upon in place of a price that is not fresh; None where nothing is."""
    return None if isinstance(seen.price_per_mwh, Fresh) else seen.price_assumed_per_mwh


def limit(one: Limit) -> api.LimitNow:
    return api.LimitNow(
        scope=one.scope,
        limit_kw=kw(one.limit_w),
        source=one.source,
        because=because(one.reason),
        until=one.until,
        surcharge_per_mwh=maybe(one.surcharge_per_mwh),
    )


def lowest_limit(plan: Plan, scope: str) -> Limit | None:
    """The one that binds, whatever money says; of equal ones the first that the plan lists."""
    kept = (one for one in plan.limits if one.surcharge_per_mwh is None)
    own = [one for one in kept if one.scope == scope]
    return min(own, key=lambda one: one.limit_w, default=None)


def floor(one: Floor) -> api.FloorNow:
    return api.FloorNow(
        scope=one.scope,
        floor_kw=kw(one.floor_w),
        source=one.source,
        because=because(one.reason),
        until=one.until,
    )


def allocation(one: Allocation) -> api.AllocationNow:
    return api.AllocationNow(
        group=one.group,
        curve=one.curve,
        ceiling=one.ceiling or None,
        counts=dict(one.counts),
        because=because(one.reason),
        power_kw=kw(one.power_w),
        next_break_even_per_mwh=maybe(one.next_break_even_per_mwh),
        held=one.held,
    )


def curtailed(plan: Plan) -> list[api.CurtailedNow]:
    """By cause, the largest first."""
    causes = sorted(plan.curtailed.items(), key=lambda item: (-item[1].power_w, item[0]))
    return [
        api.CurtailedNow(
            because=because(reason),
            power_kw=kw(load.power_w),
            hashrate_ths=float(load.hashrate_ths),
        )
        for reason, load in causes
    ]


def reserves(plan: Plan) -> list[api.ReserveNow]:
    return [
        api.ReserveNow(
            program=name,
            sold_kw=kw(one.sold_w),
            deliverable_kw=kw(one.deliverable_w),
            short_kw=kw(one.short_w),
        )
        for name, one in sorted(plan.reserves.items())
    ]


def outlook(plan: Plan) -> list[api.OutlookNow]:
    return [
        api.OutlookNow(
            at=one.at,
            what=one.what,
            source=one.source,
            limit_kw=None if one.limit_w is None else kw(one.limit_w),
            step_kw=None if one.step_w is None else kw(one.step_w),
        )
        for one in plan.outlook
    ]


def duration(seconds: float) -> str:
    """A time in the words of people: seconds, minutes or hours."""
    minutes = int(seconds) // 60
    if minutes < 1:
        return f"{int(seconds)} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
