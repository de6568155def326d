"""Which of the steps that money keeps from running would find room, were it to let them start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from operator import mul

from controller.core.economics.steps import MILLION, millionths
from controller.core.limits.in_force import lowest
from controller.core.planning.room import base_w, usable_by_starts_w
from controller.core.planning.sharing import Share
from controller.core.situation import Situation

Scopes = Mapping[str, tuple[str, ...]]
"""By group, the places that it lies in."""


def roomy(
    now: Situation,
    ideal: Sequence[Share],
    nexts: Mapping[int, int],
    scopes: Scopes,
    reordered: frozenset[str],
) -> set[int]:
    """Of pools, by their places among the shares, those whose next step has room under every limit
    after all steps that would start before it. `nexts` has the rungs of these steps.

    A falling price lets steps start one after another (`_place`). In scopes that are `reordered`,
    where others take the place of what runs as it falls, only those have room that nobody can take
    it from.
    """
    left_w = starts_left_w(now, ideal, scopes)
    wanted_w, fans_w = dict[str, int](), _cold_w(now, ideal)
    for which, rung in nexts.items():
        pool = ideal[which].wish.pool
        power_w = _most(ideal[which], rung) * sum(pool.steps_w[rung - 1 : pool.ceiling])
        power_w += fans_w.pop(pool.group, 0)
        for scope in scopes[pool.group]:
            wanted_w[scope] = wanted_w.get(scope, 0) + power_w
    tight = {scope for scope, wanted in wanted_w.items() if left_w.get(scope, wanted) < wanted}
    among = {which for which in nexts if not tight.isdisjoint(scopes[ideal[which].wish.pool.group])}
    free = set(nexts) - among
    found = _in_turn(now, ideal, {which: nexts[which] for which in among}, left_w, scopes)
    return free | {
        which for which in found if reordered.isdisjoint(scopes[ideal[which].wish.pool.group])
    }


def starts_left_w(now: Situation, ideal: Iterable[Share], scopes: Scopes) -> dict[str, int]:
    """By scope that has a limit, what the lowest leaves for starts beside all that is granted."""
    drawn_w, fans_w = dict(now.fixed_w), dict(now.fans_w)
    for share in ideal:
        pool = share.wish.pool
        power_w = base_w(pool) + sum(map(mul, share.granted, pool.steps_w))
        if any(share.granted):
            power_w += fans_w.pop(pool.group, 0)
        for scope in scopes[pool.group]:
            drawn_w[scope] = drawn_w.get(scope, 0) + power_w
    return {
        scope: usable_by_starts_w(limit, now) - drawn_w.get(scope, 0)
        for scope, limit in lowest(now.limits).items()
    }


def _cold_w(now: Situation, ideal: Iterable[Share]) -> dict[str, int]:
    """What fans would draw beside the first miner, by group where none is to run."""
    warm = {one.wish.pool.group for one in ideal if any(one.granted)}
    return {group: power_w for group, power_w in now.fans_w.items() if group not in warm}


def _in_turn(
    now: Situation,
    ideal: Sequence[Share],
    nexts: Mapping[int, int],
    left_w: dict[str, int],
    scopes: Scopes,
) -> set[int]:
    """Each step takes what it could at the most; `left_w` is drawn upon. It ends when the next
    step of every pool has had its turn."""
    margin = millionths(now.seen.site.economics.start_margin_per_mwh)
    losses = {which: _losses(now, ideal[which].wish.pool.group) for which in nexts}
    line = [
        _place(ideal[which], which, rung, margin, losses[which]) for which, rung in nexts.items()
    ]
    heapify(line)
    found, due, fans_w = set(), len(line), _cold_w(now, ideal)
    while due:
        _, _, rung, which = heappop(line)
        pool = ideal[which].wish.pool
        step_w = pool.steps_w[rung - 1]
        mine = [scope for scope in scopes[pool.group] if scope in left_w]
        ahead_w = fans_w.pop(pool.group, 0)
        if rung == nexts[which]:
            due -= 1
            if all(left_w[scope] >= step_w + ahead_w for scope in mine):
                found.add(which)
        most = _most(ideal[which], nexts[which]) - ideal[which].granted[rung - 1]
        for scope in mine:
            left_w[scope] -= most * step_w + ahead_w
        if rung < pool.ceiling:
            heappush(line, _place(ideal[which], which, rung + 1, margin, losses[which]))
    return found


def _losses(now: Situation, group: str) -> int:
    """What a MWh at the site's meter has to be multiplied with on its way to a group, in
    millionths."""
    declared = now.seen.site.groups.get(group)
    return millionths(1 + declared.losses) if declared else MILLION


def _place(
    share: Share, which: int, rung: int, margin: int, losses: int
) -> tuple[int, str, int, int]:
    """By how far a MWh at the site's meter has to become cheaper before the step starts, in
    millionths."""
    wish = share.wish
    price = 0 if wish.price_per_mwh is None else millionths(wish.price_per_mwh)
    lacks = price + margin - wish.ladder[rung - 1].merit
    return lacks * MILLION // losses, wish.pool.key, rung, which


def _most(share: Share, rung: int) -> int:
    """How many could take the step: those that have taken the one before."""
    return share.granted[rung - 2] if rung > 1 else share.wish.pool.size
