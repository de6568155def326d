"""What is known to come, and what the grid says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from controller.core.economics.income import in_doubt
from controller.core.economics.tariff import next_band_change
from controller.core.planning.probes import with_probes
from controller.core.planning.promised import promises
from controller.core.planning.sharing import Share
from controller.core.planning.wishes import wish
from controller.core.situation import Situation
from controller.model.plan import Outlook
from controller.model.quality import Fresh
from controller.model.remembered import Unpaid
from controller.model.seen import Snapshot


def outlook(now: Situation, shares: Iterable[Share]) -> tuple[Outlook, ...]:
    """In the order of time."""
    found = [*_dispatches(now.seen), *_income(now, list(shares))]
    price = now.seen.price_per_mwh
    if isinstance(price, Fresh) and price.until is not None:
        found.append(Outlook(at=price.until, what="price changes", source="price"))
    hours_at = next_band_change(now.seen)
    if hours_at is not None:
        what = "tariff or schedule changes"
        found.append(Outlook(at=hours_at, what=what, source="tariff"))
    found += _conditions(now.seen)
    return tuple(sorted(found, key=lambda one: (one.at, one.source)))


def _conditions(seen: Snapshot) -> Iterator[Outlook]:
    """What the grid says of itself: told, and followed by nothing."""
    for name, word in seen.conditions.items():
        if isinstance(word, Fresh):
            yield Outlook(at=word.at, what=f"the grid says: {word.value}", source=name)


def _dispatches(seen: Snapshot) -> Iterator[Outlook]:
    asking = {name: one for name, one in seen.dispatches.items() if one.asks(seen.now)}
    for name, dispatch in asking.items():
        if dispatch.start > seen.now:
            what = "dispatch starts"
            yield Outlook(at=dispatch.start, what=what, source=name, limit_w=dispatch.limit_w)
        if dispatch.end is not None:
            yield Outlook(at=dispatch.end, what="dispatch ends", source=name)


def _income(now: Situation, shares: list[Share]) -> Iterator[Outlook]:
    """The load that goes when a group's income counts as lost."""
    for group, lost_at in in_doubt(now.seen, now.state).items():
        if lost_at > now.seen.now:
            step_w = _step_w(now, shares, group)
            what = f"income counts as lost, {step_w / 1000:.1f} kW stop"
            yield Outlook(at=lost_at, what=what, source=group, step_w=-step_w)


def _step_w(now: Situation, shares: list[Share], group: str) -> int:
    """What would stop: of all that is granted what neither a floor nor asking on would keep, once
    every miner can be moved."""
    lost = replace(now.state, unpaid={**now.state.unpaid, group: Unpaid(since=now.seen.now)})
    wishes = [wish(pool, now.seen, lost, now.halt_of(pool.group)) for pool in now.pools]
    free = [one.unhindered() for one in with_probes(wishes, now.seen, lost)]
    left, _ = promises(free, now)
    return sum(
        max(0, granted - kept) * step_w
        for share, after in zip(shares, left, strict=True)
        if share.wish.pool.group == group
        for granted, kept, step_w in zip(
            share.granted, after.allowed, after.pool.steps_w, strict=True
        )
    )
