"""Pools of a barred firmware: nothing is told to any of them, so that nothing can be shed there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from controller.core.pools.pool import Pinned, Pool, counts_of


def withheld(pool: Pool, barred: Collection[str]) -> Pool:
    """The pool with all its miners stuck where they are, if its firmware is barred. What runs at a
    locked place is told to stop all the same: a person may be about to touch it."""
    if pool.firmware not in barred:
        return pool
    resting = [cohort for held in pool.free.values() for cohort in held]
    count = sum(len(cohort.members) for cohort in resting) + len(pool.pinned)
    power_w = sum(cohort.power_w for cohort in resting)
    power_w += sum(_stuck_w(pool, one) for one in pool.pinned)
    return replace(
        pool,
        free={},
        pinned=(),
        size=0,
        counts=counts_of(len(pool.levels), {}, ()),
        stuck_w=pool.stuck_w + power_w,
        withheld=count,
    )


def _stuck_w(pool: Pool, one: Pinned) -> int:
    """What it counts with; of one that is late, without what `late_w` has of it already."""
    return min(one.counted_w, pool.units_w[one.rung]) if one.late else one.counted_w
