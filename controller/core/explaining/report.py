"""The plan as it is told: allocations with reasons, power, causes and what is known to come."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from controller.core.counting import frozen
from controller.core.deliverable.sold import reserves
from controller.core.deliverable.within import deliverable, too_much_asked
from controller.core.economics.tariff import full_price
from controller.core.explaining.causes import curtailed, decisive
from controller.core.explaining.explain import explain
from controller.core.explaining.outlook import outlook
from controller.core.explaining.rehearsing import rehearsing
from controller.core.explaining.worth import CENT
from controller.core.limits.in_force import hard, lowest
from controller.core.obedience.motions import Orders
from controller.core.pacing.contested import contested
from controller.core.planning.room import base_w, beyond_reach_w
from controller.core.planning.sharing import Share
from controller.core.pools.cooling import running
from controller.core.situation import Situation
from controller.model.grid import SITE
from controller.model.plan import Allocation, Plan
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State


def report(
    now: Situation, shares: list[Share], ideal: list[Share], orders: Orders, after: State
) -> Plan:
    """Put together what was decided.

    `ideal` are the shares if no miner were in flight or at rest.
    """
    fixed_w = now.fixed_w[SITE]
    least_w = fixed_w + sum(base_w(pool) for pool in now.pools)
    allocations = {
        share.wish.pool.key: _allocation(now, share, best)
        for share, best in zip(shares, ideal, strict=True)
    }
    limit = lowest(hard(now.limits)).get(SITE)
    limit_w = limit.limit_w if limit else now.seen.site.import_limit_w
    causes = curtailed(shares, ideal, now.halt_of)
    plan = Plan(
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
        curtailed=causes,
        shortfall_w=max(0, least_w - limit_w),
        reserves=reserves(now),
        contested=contested(now.seen, now.motions),
        unpaid_since={group: one.since for group, one in now.state.unpaid.items()},
        cooling=running(now.seen.site, after),
        frozen_meters=frozen.frozen(now.state.watched),
        rehearsals=rehearsing(shares, after),
    )
    return plan if now.seen.site.terse else _told(plan, now, shares, ideal)


def _told(plan: Plan, now: Situation, shares: list[Share], ideal: list[Share]) -> Plan:
    """The plan with what people are told of it."""
    could = deliverable(now)
    return replace(
        plan,
        outlook=outlook(now, shares),
        deliverable=could,
        too_much_asked=too_much_asked(now, could, plan.curtailed),
        explained=explain(now, shares, ideal, plan.allocations),
    )


def _marginal(seen: Snapshot) -> Decimal | None:
    price = seen.price_per_mwh
    if not isinstance(price, Fresh):
        return None
    return full_price(price.value, seen)


def _allocation(now: Situation, share: Share, best: Share) -> Allocation:
    pool = share.wish.pool
    counts = zip(pool.levels, share.counts, strict=True)
    full = best.granted.count(pool.size)
    known = isinstance(now.seen.hashprice_per_ph_day, Fresh)
    short = best.wish.ladder[full:] if known else ()
    return Allocation(
        group=pool.group,
        curve=pool.curve,
        ceiling=pool.levels[pool.ceiling].name if pool.ceiling < len(pool.levels) - 1 else "",
        counts={level.name: count for level, count in counts if count},
        reason=decisive(share, best, now.halt_of(pool.group)),
        power_w=share.power_w + beyond_reach_w(pool),
        next_break_even_per_mwh=short[0].break_even_per_mwh.quantize(CENT) if short else None,
        held=len(pool.pinned)
        + pool.barred
        + pool.unreachable
        + pool.disobedient
        + pool.contested
        + pool.withheld
        + pool.locked_size,
    )
