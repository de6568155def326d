"""How far what is drawn wobbled of late: a start reckons with the crests, or troughs would start
what crests stop again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from operator import mul

from controller.core.pools.pool import Pool
from controller.core.scopes import scopes_of
from controller.model.remembered import Crest
from controller.model.seen import Snapshot, State

WOBBLE = 25
"""Which part of what is drawn may be wobble: 4 %, from trough to crest."""
SPAN = timedelta(minutes=15)
"""For how long a crest counts at the least; for twice as long at the most."""


def beyond_levels_w(
    seen: Snapshot, pools: Iterable[Pool], fixed_w: Mapping[str, int]
) -> dict[str, int]:
    """By scope: what is drawn beyond the levels at which miners stand. Whoever goes or comes does
    not change it, so that what changes it is wobble, or news."""
    found = dict(fixed_w)
    for pool in pools:
        excess_w = _excess_w(pool)
        for scope in scopes_of(seen.site, pool.group) if excess_w else ():
            found[scope] = found.get(scope, 0) + excess_w
    return found


def _excess_w(pool: Pool) -> int:
    """What the miners of a pool draw beyond their levels."""
    nominal = [level.power_w for level in pool.levels]
    if pool.units_w == tuple(nominal):
        return 0
    beyond = [unit_w - level_w for unit_w, level_w in zip(pool.units_w, nominal, strict=True)]
    return sum(map(mul, pool.standing_at, beyond))


def crests(
    seen: Snapshot, state: State, beyond_w: Mapping[str, int], expected_w: Mapping[str, int]
) -> Mapping[str, Crest]:
    """The crests with this look. Before every miner has been heard there is nothing to compare."""
    if not seen.fleet_known:
        return state.crests
    return {
        scope: _crest(state.crests.get(scope), now_w, expected_w[scope] // WOBBLE, seen.now)
        for scope, now_w in beyond_w.items()
    }


def _crest(old: Crest | None, now_w: int, wobble_w: int, now: datetime) -> Crest:
    """What falls by more than wobble is news, and the crest is over."""
    if old is None or now < old.since or now_w < old.high_w - wobble_w:
        return Crest(since=now, latest_w=now_w, before_w=now_w)
    if now - old.since >= SPAN:
        return Crest(since=now, latest_w=now_w, before_w=old.latest_w)
    if now_w <= old.latest_w:
        return old
    return Crest(since=old.since, latest_w=now_w, before_w=old.before_w)


def swing_w(known: Mapping[str, Crest], beyond_w: Mapping[str, int]) -> dict[str, int]:
    """By scope: how much less is drawn now than at the crest."""
    return {
        scope: known[scope].high_w - now_w
        for scope, now_w in beyond_w.items()
        if scope in known and known[scope].high_w > now_w
    }
