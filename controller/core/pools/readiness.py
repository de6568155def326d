"""Which miners that are off may not be started now, though limits and money would let them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace as with_
from datetime import datetime

from msgspec.structs import replace

from controller.core.pools.cooling import Fans, fans
from controller.core.pools.pool import Pool
from controller.core.pools.wear import tired
from controller.model.fleet import Cohort
from controller.model.seen import Snapshot, State
from controller.reasons import Reason


def readied(seen: Snapshot, state: State, pools: tuple[Pool, ...]) -> tuple[Pool, ...]:
    """The pools without those that were started too often within the hour, or whose fans fail: what
    they leave goes to others. For fans that are still coming up their room is kept."""
    around, weary = fans(seen, state), tired(seen, state)
    if not around and not weary:
        return pools
    return tuple(_readied(pool, around.get(pool.group), weary, seen.now) for pool in pools)


def _readied(pool: Pool, around: Fans | None, weary: Mapping[str, datetime], now: datetime) -> Pool:
    if around is not None and not around.ready(now):
        pool = with_(pool, uncooled=True)
        if around.failing(now):
            return _without(pool, (), pool.free.get(0, ()), Reason.COOLING, None)
    held = [name for c in pool.free.get(0, ()) for name in c.members if name in weary]
    if not held:
        return pool
    until = min(weary[name] for name in held)
    fit = tuple(one for cohort in pool.free[0] if (one := _fit(cohort, weary)).members)
    return _without(pool, fit, pool.free[0], Reason.STARTS_PER_HOUR, until)


def _fit(cohort: Cohort, weary: Mapping[str, datetime]) -> Cohort:
    """Those of a cohort that may be started."""
    members = tuple(name for name in cohort.members if name not in weary)
    mean_w = -(-cohort.power_w // len(cohort.members))
    return replace(cohort, members=members, power_w=mean_w * len(members))


def _without(
    pool: Pool,
    fit: tuple[Cohort, ...],
    off: tuple[Cohort, ...],
    reason: Reason,
    until: datetime | None,
) -> Pool:
    barred = sum(len(cohort.members) for cohort in off) - sum(len(one.members) for one in fit)
    free = pool.counts.free
    return with_(
        pool,
        free={**pool.free, 0: fit},
        counts=pool.counts._replace(free=(free[0] - barred, *free[1:])),
        barred=barred,
        barred_by=reason,
        barred_until=until,
    )
