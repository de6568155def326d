"""The most and the least that site and groups may draw now. All limits intersect."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from controller.model.grid import SITE, Floor, Limit
from controller.model.seen import Snapshot, State
from controller.reasons import Reason

COMMITMENT_RANK = 1


def meter_silent_at(seen: Snapshot, state: State) -> datetime | None:
    """From when the site's meter counts as silent; None where no safe power is declared."""
    silence = seen.site.meter_silence
    if silence is None or state.meter_heard_at is None:
        return None
    return state.meter_heard_at + timedelta(seconds=silence.after_s)


def limits(seen: Snapshot, state: State) -> tuple[Limit, ...]:
    """Every limit in force, safety first; the order among the rest is by scope and source."""
    site = seen.site
    safety = [
        Limit(
            scope=SITE,
            limit_w=site.import_limit_w,
            source="import limit",
            reason=Reason.IMPORT_LIMIT,
        )
    ]
    silent_at = meter_silent_at(seen, state)
    if site.meter_silence and silent_at and silent_at <= seen.now:
        safety.append(
            Limit(
                scope=SITE,
                limit_w=site.meter_silence.safe_w,
                source="silent site meter",
                reason=Reason.METER_SILENT,
            )
        )
    for name, group in sorted(site.groups.items()):
        if group.limit_w is not None:
            safety.append(
                Limit(scope=name, limit_w=group.limit_w, source="feeder", reason=Reason.GROUP_LIMIT)
            )
    return (*safety, *_dispatches(seen), *_orders(seen))


def _dispatches(seen: Snapshot) -> Iterable[Limit]:
    for name, dispatch in sorted(seen.dispatches.items()):
        if dispatch.in_force(seen.now):
            yield Limit(
                scope=SITE,
                limit_w=dispatch.limit_w,
                source=name,
                reason=Reason.DISPATCH,
                until=dispatch.end,
            )


def _orders(seen: Snapshot) -> Iterable[Limit]:
    for name, order in sorted(seen.orders.items()):
        if order.limit_w is not None and order.in_force(seen.now):
            yield Limit(
                scope=order.scope,
                limit_w=order.limit_w,
                source=f"{name} by {order.person}",
                reason=Reason.MANUAL_ORDER,
                until=order.until,
            )


def floors(seen: Snapshot) -> tuple[Floor, ...]:
    """What is promised, lowest rank first."""
    return tuple(
        Floor(
            scope=name,
            floor_w=group.floor_w,
            rank=COMMITMENT_RANK,
            source=group.floor_source or "commitment",
            reason=Reason.COMMITMENT,
        )
        for name, group in sorted(seen.site.groups.items())
        if group.floor_w > 0
    )


def tightest(found: Iterable[Limit], scope: str) -> Limit | None:
    """The lowest limit on a scope; of equals the first, which is the more fundamental."""
    mine = [limit for limit in found if limit.scope == scope]
    return min(mine, key=lambda limit: limit.limit_w) if mine else None


def usable_w(limit: Limit, headroom: Decimal) -> int:
    """A limit less the headroom that is left for the wobble of miners."""
    return int(limit.limit_w * (1 - headroom))
