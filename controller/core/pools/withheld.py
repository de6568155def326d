"""Pools of a barred firmware: nothing is told to any of them, so that nothing can be shed there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from controller.core.pools.pool import Pool, counts_of


def withheld(pool: Pool, barred: Collection[str]) -> Pool:
    """The pool with all its miners stuck where they are, if its firmware is barred. What runs at a
    locked place is told to stop all the same: a person may be about to touch it."""
    if pool.firmware not in barred:
        return pool
    resting = [cohort for held in pool.free.values() for cohort in held]
    count = sum(len(cohort.members) for cohort in resting) + len(pool.pinned)
    power_w = sum(cohort.power_w for cohort in resting)
    power_w += sum(one.counted_w for one in pool.pinned)
    return replace(
        pool,
        free={},
        pinned=(),
        size=0,
        counts=counts_of(len(pool.levels), {}, ()),
        stuck_w=pool.stuck_w + power_w,
        late_w=0,
        unproven=False,
        barred=0,
        barred_until=None,
        withheld=count,
    )
