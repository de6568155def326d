"""The plan as it is told: allocations with reasons, power, causes and what is known to come."""

from __future__ import annotations

from decimal import Decimal

from controller.core.causes import curtailed, decisive
from controller.core.economics import marginal_price
from controller.core.limits import tightest
from controller.core.motions import Orders
from controller.core.outlook import outlook
from controller.core.planning import Share
from controller.core.reserve import reserves
from controller.core.room import base_w, beyond_reach_w
from controller.core.situation import Situation
from controller.model.grid import SITE
from controller.model.plan import Allocation, Plan
from controller.model.quality import Fresh
from controller.model.seen import Snapshot


def report(now: Situation, shares: list[Share], ideal: list[Share], orders: Orders) -> Plan:
    """Put together what was decided.

    `ideal` are the shares if no miner were in flight or at rest.
    """
    fixed_w = now.fixed_w[SITE]
    least_w = fixed_w + sum(base_w(pool) for pool in now.pools)
    allocations = {
        share.wish.pool.key: _allocation(now, share, best)
        for share, best in zip(shares, ideal, strict=True)
    }
    limit = tightest(now.limits, SITE)
    limit_w = limit.limit_w if limit else now.seen.site.import_limit_w
    return Plan(
        at=now.seen.now,
        mode=now.mode,
        target_w=fixed_w + sum(one.power_w for one in allocations.values()),
        expected_w=now.expected_w[SITE],
        limit_w=limit_w,
        marginal_price_per_mwh=_marginal(now.seen),
        limits=now.limits,
        floors=now.floors,
        allocations=allocations,
        commands=tuple(orders.commands),
        events=tuple(orders.events),
        curtailed=curtailed(shares, ideal, now.halt),
        shortfall_w=max(0, least_w - limit_w),
        outlook=outlook(now, shares),
        reserves=reserves(now),
        unpaid_since={group: one.since for group, one in now.state.unpaid.items()},
    )


def _marginal(seen: Snapshot) -> Decimal | None:
    price = seen.price_per_mwh
    if not isinstance(price, Fresh):
        return None
    return marginal_price(price.value, seen.site.economics, None)


def _allocation(now: Situation, share: Share, best: Share) -> Allocation:
    pool = share.wish.pool
    counts = {level.name: share.at(rung) for rung, level in enumerate(pool.levels)}
    short = [
        step.break_even_per_mwh
        for step, granted in zip(best.wish.ladder, best.granted, strict=True)
        if granted < pool.size
    ]
    known = isinstance(now.seen.hashprice_per_ph_day, Fresh)
    return Allocation(
        group=pool.group,
        curve=pool.curve,
        ceiling=pool.levels[pool.ceiling].name if pool.ceiling < len(pool.levels) - 1 else "",
        counts={name: count for name, count in counts.items() if count},
        reason=decisive(share, best, now.halt),
        power_w=share.power_w + beyond_reach_w(pool),
        next_break_even_per_mwh=short[0].quantize(Decimal("0.01")) if short and known else None,
        held=len(pool.pinned) + pool.unreachable + pool.disobedient + pool.locked_size,
    )
