"""Who only says that it is off, and would go on running if it were started."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from controller.core.planning.promised import promises
from controller.core.planning.sharing import share
from controller.core.planning.wishes import Wish
from controller.core.situation import Situation


def lasting(wishes: Sequence[Wish], now: Situation) -> list[Wish]:
    """Of those that only say that they are off, as many may run as would go on running, for money
    or for a floor. Else a better step or a higher floor would claim the room that they take up
    either way, once it could be had, and they would be told on and off by turns."""
    if not any(one.pool.unproven for one in wishes):
        return list(wishes)
    raised, promised = promises([_as_running(one) for one in wishes], now)
    return [
        _at_most(one, running.granted) if one.pool.unproven else one
        for one, running in zip(wishes, share(raised, promised, now), strict=True)
    ]


def _at_most(one: Wish, counts: Sequence[int]) -> Wish:
    return replace(
        one, wanted=tuple(map(min, one.wanted, counts)), most=tuple(map(min, one.most, counts))
    )


def _as_running(one: Wish) -> Wish:
    """The wish if those that count although they say that they are off did run."""
    pool = one.pool
    if not pool.unproven:
        return one
    units_w = (pool.levels[0].power_w, *pool.units_w[1:])
    counts = pool.counts._replace(standing=pool.counts.seen)
    return replace(one, pool=replace(pool, units_w=units_w, counts=counts, unproven=False))
