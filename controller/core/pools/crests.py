"""How far what is drawn wobbled of late: a start reckons with the crests, or troughs would start
what crests stop again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from controller.core.limits.in_force import lowest
from controller.core.pools.pool import Pool
from controller.core.scopes import scopes_of
from controller.model.grid import Limit
from controller.model.remembered import Crest
from controller.model.seen import Snapshot, State

WOBBLE = 20
"""Which part of a limit may be wobble, from trough to crest: 5 %. It is of the limit and not of
what is drawn, which is less at the trough: equals draw that much unlike, and what is expected of
them rises while one that draws less is on its way."""
SPAN = timedelta(minutes=15)
"""For how long a crest counts at the least; for twice as long at the most."""


def beyond_levels_w(
    seen: Snapshot, pools: Iterable[Pool], fixed_w: Mapping[str, int]
) -> dict[str, int]:
    """By scope, what is drawn beyond the levels at which miners stand. Who goes or comes does not
    change it, so that what changes it is wobble, or news."""
    found = dict(fixed_w)
    for pool in pools:
        excess_w = pool.excess_w
        for scope in scopes_of(seen.site, pool.group):
            found[scope] = found.get(scope, 0) + excess_w
    return found


def crests(
    seen: Snapshot, state: State, beyond_w: Mapping[str, int], limits: Iterable[Limit]
) -> Mapping[str, Crest]:
    """The crests with this look, of scopes that have a limit. Before every miner has been heard
    there is nothing to compare."""
    if not seen.fleet_known:
        return state.crests
    found = {}
    for scope, limit in lowest(limits).items():
        now_w, wobble_w = beyond_w.get(scope, 0), limit.limit_w // WOBBLE
        one = _crest(state.crests.get(scope), now_w, wobble_w, seen.now)
        if one.high_w:
            found[scope] = one
    return found


def _crest(old: Crest | None, now_w: int, wobble_w: int, now: datetime) -> Crest:
    """What falls by more than wobble is news, and the crest is over."""
    if old is None or now < old.since or now_w < old.high_w - wobble_w:
        return Crest(since=now, latest_w=now_w, before_w=now_w)
    if now - old.since >= SPAN:
        return Crest(since=now, latest_w=now_w, before_w=old.latest_w)
    return replace(old, latest_w=max(old.latest_w, now_w))


def swing_w(known: Mapping[str, Crest], beyond_w: Mapping[str, int]) -> dict[str, int]:
    """By scope: how much less is drawn now than at the crest."""
    return {scope: max(0, one.high_w - beyond_w.get(scope, 0)) for scope, one in known.items()}
