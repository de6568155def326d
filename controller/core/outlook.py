"""What is known to come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from controller.core.economics import marginal_price
from controller.core.income import in_doubt
from controller.core.planning import Share
from controller.core.situation import Situation
from controller.model.plan import Outlook
from controller.model.quality import Fresh
from controller.model.seen import Snapshot


def outlook(now: Situation, shares: Iterable[Share]) -> tuple[Outlook, ...]:
    """In the order of time."""
    found = [*_dispatches(now.seen), *_income(now, list(shares))]
    price = now.seen.price_per_mwh
    if isinstance(price, Fresh) and price.until is not None:
        found.append(Outlook(at=price.until, what="price changes", source="price"))
    return tuple(sorted(found, key=lambda one: (one.at, one.source)))


def _dispatches(seen: Snapshot) -> Iterator[Outlook]:
    for name, dispatch in seen.dispatches.items():
        if dispatch.start > seen.now and not dispatch.cancelled:
            what = "dispatch starts"
            yield Outlook(at=dispatch.start, what=what, source=name, limit_w=dispatch.limit_w)
        if dispatch.end is not None and dispatch.end > seen.now and not dispatch.cancelled:
            yield Outlook(at=dispatch.end, what="dispatch ends", source=name)


def _income(now: Situation, shares: list[Share]) -> Iterator[Outlook]:
    """The load that goes when a group's income counts as lost."""
    for group, lost_at in in_doubt(now.seen, now.state).items():
        step_w = _step_w(now, [share for share in shares if share.wish.pool.group == group])
        what = f"income counts as lost, {step_w / 1000:.1f} kW stop"
        if lost_at > now.seen.now:
            yield Outlook(at=lost_at, what=what, source=group, step_w=-step_w)


def _step_w(now: Situation, shares: list[Share]) -> int:
    """What would stop: all that is granted, but for one miner's first step; nothing where power
    costs nothing or its price is not known."""
    price, site = now.seen.price_per_mwh, now.seen.site
    granted = [share for share in shares if share.granted[0]]
    if not granted or not isinstance(price, Fresh):
        return 0
    group = site.groups.get(granted[0].wish.pool.group)
    if marginal_price(price.value, site.economics, group) <= 0:
        return 0
    running_w = sum(one.power_w - one.wish.pool.size * one.wish.pool.units_w[0] for one in granted)
    units_w = granted[0].wish.pool.units_w
    return max(0, running_w - (units_w[1] - units_w[0]))
