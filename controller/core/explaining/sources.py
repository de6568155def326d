"""Where a decisive reason comes from, and when it ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import NamedTuple, TypeVar

from controller.core.limits.ceilings import allowed
from controller.core.limits.failsafe import held_by
from controller.core.planning.sharing import Share
from controller.core.pools.cooling import fans
from controller.core.pools.pool import Pool
from controller.core.scopes import scopes_of
from controller.core.situation import Situation
from controller.model.fleet import CONFIRMED, OFF
from controller.model.grid import SITE, Floor, Limit, ManualOrder
from controller.model.plan import Bound
from controller.model.quality import Fresh
from controller.reasons import Reason

F = TypeVar("F", Limit, Floor)


class Source(NamedTuple):
    """Which limit, floor, dispatch, order or person, and until when where that is known."""

    name: str = ""
    until: datetime | None = None
    bound: Bound | None = None


BY_PRICE = frozenset(
    {Reason.PROFITABLE, Reason.UNPROFITABLE, Reason.RIDE_THROUGH, Reason.START_COST}
)
"""These may change with the next price."""


class Sources:
    """Of one decision: limits and floors are looked through once, not once for each group."""

    def __init__(self, now: Situation) -> None:
        self._now = now
        self._limits = _first(sorted(now.limits, key=lambda one: one.limit_w))
        self._floors = _first(now.floors)

    def of(self, reason: Reason, best: Share) -> Source:
        """Of what is decisive for a pool; `best` is its share if no miner were in flight."""
        group = best.wish.pool.group
        if best.cut and best.cut[min(best.cut)].reason is reason:
            return self._cutting(reason, best, group)._replace(bound=Bound.LIMIT)
        floor = self._found(self._floors, group, reason)
        if floor is not None:
            return Source(floor.source, floor.until, Bound.FLOOR)
        if reason in BY_PRICE:
            price = self._now.seen.price_per_mwh
            return Source("", price.until if isinstance(price, Fresh) else None)
        return self._waiting(reason, group)

    def _cutting(self, reason: Reason, best: Share, group: str) -> Source:
        """The limit that cuts; a highest level is the other thing that a person may set."""
        cut = best.cut[min(best.cut)]
        if cut.dispatch:
            ends = (one.until for one in self._now.limits if one.dispatch == cut.dispatch)
            return Source(cut.dispatch, next(ends, None))
        limit = self._found(self._limits, group, reason)
        if limit is not None and min(best.cut) <= best.wish.pool.ceiling:
            return Source(limit.source, limit.until)
        return _by_person(self._lowest_order(best.wish.pool))

    def _lowest_order(self, pool: Pool) -> ManualOrder | None:
        """Of those that set a highest level the one that holds; of equals the first by its id."""
        seen, curve = self._now.seen, self._now.seen.curves[pool.curve]
        covers = {*scopes_of(seen.site, pool.group), *_members(pool)}
        ordered = [
            one
            for one in seen.orders.values()
            if one.level and one.scope in covers and one.in_force(seen.now)
        ]
        return min(ordered, key=lambda one: (allowed(one, curve).power_w, one.id), default=None)

    def _found(self, known: dict[tuple[str, Reason], F], group: str, reason: Reason) -> F | None:
        """The narrowest place goes first: what is about a group says more of it."""
        scopes = reversed(scopes_of(self._now.seen.site, group))
        return next((known[key] for s in scopes if (key := (s, reason)) in known), None)

    def _waiting(self, reason: Reason, group: str) -> Source:
        if reason is Reason.HELD_BY_PERSON:
            return _by_person(held_by(self._now.seen))
        if reason is Reason.CONSENT:
            hosting = self._now.seen.site.groups[group].hosting
            return Source(hosting.client if hosting else "")
        if reason is Reason.MAINTENANCE_LOCK:
            locks = self._now.seen.locks
            return Source(locks[group].person if group in locks else "")
        if reason is Reason.COOLING:
            return Source("", self._cooled_at(group))
        if reason in (Reason.MINIMUM_ON, Reason.MINIMUM_OFF):
            return Source("", self._rested.get((group, reason)))
        limit = self._limits.get((SITE, reason))
        return Source(limit.source, limit.until) if limit else Source()

    def _cooled_at(self, group: str) -> datetime | None:
        mine = fans(self._now.seen, self._now.state).get(group)
        return mine.ready_at if mine else None

    @cached_property
    def _rested(self) -> dict[tuple[str, Reason], datetime]:
        """By group, when the last of those that rest after a stop, and after a start, may move.
        Those that were given up or contested wait for something else."""
        found: dict[tuple[str, Reason], datetime] = {}
        pinned = (one.miner for pool in self._now.pools for one in pool.pinned)
        for motion in map(self._now.motions.__getitem__, pinned):
            if motion.stage is CONFIRMED and motion.rest_until is not None:
                off = motion.command.level == OFF
                key = (motion.group, Reason.MINIMUM_OFF if off else Reason.MINIMUM_ON)
                found[key] = max(motion.rest_until, found.get(key, motion.rest_until))
        return found


def _first(known: Iterable[F]) -> dict[tuple[str, Reason], F]:
    found: dict[tuple[str, Reason], F] = {}
    for one in known:
        found.setdefault((one.scope, one.reason), one)
    return found


def _members(pool: Pool) -> Iterator[str]:
    """Those of a pool that can be told something."""
    for cohorts in pool.free.values():
        for cohort in cohorts:
            yield from cohort.members
    yield from (one.miner for one in pool.pinned)


def _by_person(order: ManualOrder | None) -> Source:
    return Source(f"{order.id} by {order.person}", order.until) if order else Source()
