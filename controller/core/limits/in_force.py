"""The most and the least that site and groups may draw now. All limits intersect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache

from controller.core.economics.tariff import in_band, local
from controller.core.limits.by_dispatch import dispatch_limits
from controller.core.limits.neighbours import neighbour_limits
from controller.core.limits.reserved import reserved_limits
from controller.core.limits.rules import rule_limits
from controller.core.limits.silence import meter_silent_at
from controller.model.grid import SITE, Limit
from controller.model.seen import Snapshot, State
from controller.model.site import Site
from controller.reasons import Reason


def limits(seen: Snapshot, state: State) -> tuple[Limit, ...]:
    """Every limit in force: safety, then emergency orders, dispatches, orders of persons,
    schedules, those of a kind by name. Of equal ones the first counts as the cause. `state` knows
    what signals said at this look."""
    asked = [*dispatch_limits(seen), *_orders(seen)]
    emergencies = [one for one in asked if one.reason is Reason.EMERGENCY]
    others = [one for one in asked if one.reason is not Reason.EMERGENCY]
    safety = (*_connection(seen, state), *_feeders(seen.site), *rule_limits(seen, state))
    return (*safety, *emergencies, *others, *_schedules(seen))


def _connection(seen: Snapshot, state: State) -> Iterator[Limit]:
    """What bounds the whole site, whatever is asked of it."""
    site = seen.site
    yield Limit(
        scope=SITE,
        limit_w=site.import_limit_w,
        source="import limit",
        reason=Reason.IMPORT_LIMIT,
    )
    yield from neighbour_limits(seen, state)
    yield from reserved_limits(seen)
    if site.engine is not None:
        most_w = site.engine.most_w
        yield Limit(scope=SITE, limit_w=most_w, source="generators", reason=Reason.ENGINE)
    silent_at = meter_silent_at(seen, state)
    if site.meter_silence and silent_at and silent_at <= seen.now:
        yield Limit(
            scope=SITE,
            limit_w=site.meter_silence.safe_w,
            source="silent site meter",
            reason=Reason.METER_SILENT,
        )


def _schedules(seen: Snapshot) -> Iterator[Limit]:
    clock = local(seen, seen.now)
    for one in seen.site.schedules:
        if in_band(one.hours, clock):
            yield Limit(
                scope=one.scope,
                limit_w=one.limit_w,
                source=one.hours.name,
                reason=Reason.SCHEDULE,
            )


def _feeders(site: Site) -> Iterator[Limit]:
    """Ratings of what feeds several groups or one."""
    for name, breaker in sorted(site.breakers.items()):
        if breaker.limit_w is not None:
            yield Limit(
                scope=name,
                limit_w=breaker.limit_w,
                source="breaker",
                reason=Reason.BREAKER_LIMIT,
            )
    for name, group in sorted(site.groups.items()):
        if group.limit_w is not None:
            yield Limit(
                scope=name, limit_w=group.limit_w, source="feeder", reason=Reason.GROUP_LIMIT
            )


def _orders(seen: Snapshot) -> Iterator[Limit]:
    for name, order in sorted(seen.orders.items()):
        if order.limit_w is not None and order.in_force(seen.now):
            yield Limit(
                scope=order.scope,
                limit_w=order.limit_w,
                source=f"{name} by {order.person}",
                reason=Reason.EMERGENCY if order.emergency else Reason.MANUAL_ORDER,
                until=order.until,
            )


def hard(found: Iterable[Limit]) -> list[Limit]:
    """Those that always hold: that are not weighed against money."""
    return [limit for limit in found if limit.surcharge_per_mwh is None]


def lowest(found: Iterable[Limit]) -> dict[str, Limit]:
    """By scope, the one that leaves least; of equals the first, which is the more fundamental."""
    kept: dict[str, Limit] = {}
    for limit in found:
        kept[limit.scope] = min(kept.get(limit.scope, limit), limit, key=_watts)
    return kept


def _watts(limit: Limit) -> int:
    return limit.limit_w


def usable_w(limit: Limit, headroom: Decimal) -> int:
    """A limit less the headroom that is left for the wobble of miners."""
    return _less(limit.limit_w, headroom)


@lru_cache(maxsize=4096)
def _less(limit_w: int, headroom: Decimal) -> int:
    return int(limit_w * (1 - headroom))
