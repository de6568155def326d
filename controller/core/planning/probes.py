"""One miner of each group without income asks on, so that its first share tells that it is back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from controller.core.limits.failsafe import held_by
from controller.core.planning.wishes import Wish
from controller.model.seen import Snapshot, State


def with_probes(wishes: list[Wish], seen: Snapshot, state: State) -> list[Wish]:
    """The wishes with the first step of one miner where a group would not run at all, unless a
    person holds the site."""
    asked = list(wishes)
    if held_by(seen) is not None:
        return asked
    for group in sorted(state.unpaid):
        mine = [index for index, one in enumerate(asked) if one.pool.group == group]
        able = [index for index in mine if asked[index].pool.ceiling and asked[index].most[0]]
        if able and not any(asked[index].wanted[0] for index in mine):
            best = min(able, key=lambda index: _rank(asked[index]))
            asked[best] = _asking(asked[best])
    return asked


def _rank(one: Wish) -> tuple[bool, Decimal, str]:
    """Of those that run already the one that uses power best, else of all; then by key."""
    first = one.ladder[0]
    return not one.pool.standing_from(1), -first.hashrate_ths / first.power_w, one.pool.key


def _asking(one: Wish) -> Wish:
    ideal = max(1, one.ideal[0]), *one.ideal[1:]
    return replace(one, wanted=(1, *one.wanted[1:]), ideal=ideal)
