"""The market prices at which a group's power would change, worked out without deciding again.

A step runs while its break-even is no less than the full price, and starts where it beats that by
the start margin; the tariff's inverse makes a market price of either. A price is only named where
it is certain: where no floor would keep the step or start another that loses less, and where every
limit has room for it after all steps of more merit that would start no later. Time is given:
nothing is in flight or at rest. But what a silence keeps from starting stays as it is, so there
only what runs has a price.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cached_property
from typing import NamedTuple

from msgspec.structs import replace as changed

from controller.core.economics.tariff import Tariff
from controller.core.explaining.next_steps import roomy, starts_left_w
from controller.core.planning.lead import told_of
from controller.core.planning.promised import due_promises, promises
from controller.core.planning.shares import shares_of
from controller.core.planning.sharing import Share
from controller.core.planning.wishes import Wish
from controller.core.scopes import scopes_of
from controller.core.situation import Situation
from controller.reasons import Reason

CENT = Decimal("0.01")
NONE = Decimal(0)


class Turning(NamedTuple):
    """Market prices; None where no price does it, or none is certain to."""

    more_below_per_mwh: Decimal | None = None
    less_above_per_mwh: Decimal | None = None
    off_above_per_mwh: Decimal | None = None


class TurningPoints:
    """Of one decision; `ideal` are the shares if no miner were in flight or at rest."""

    def __init__(self, now: Situation, shares: Sequence[Share], ideal: Sequence[Share]) -> None:
        self._now = now
        self._shares = shares
        self._ideal = _as_silent(now, shares, ideal)
        self._margin = now.seen.site.economics.start_margin_per_mwh
        groups = {share.wish.pool.group for share in ideal}
        self._scopes = {group: scopes_of(now.seen.site, group) for group in groups}

    def of(self, group: str, which: Sequence[int], tariff: Tariff) -> Turning:
        """For the pools of one group, by their places among the shares."""
        halted = self._now.halt_of(group) is not None
        mine = {index: self._ideal[index] for index in which}
        if not _by_money(self._ideal[which[0]].wish):
            return Turning()
        if halted and self._floored(group):
            return Turning()
        if self._now.state.habits is not None:
            return Turning()  # whether to stop or to start is not a matter of this price alone
        more = None if halted or self._given_up else self._more(mine)
        less, off = self._less(mine), self._off(mine)
        if self._overtaken(group):
            less = off = None
        return Turning(
            None if more is None else _cents(tariff.market_for(more - self._margin), ROUND_FLOOR),
            None if less is None else _cents(tariff.market_for(less), ROUND_CEILING),
            None if off is None else _cents(tariff.market_for(off), ROUND_CEILING),
        )

    def _more(self, mine: Mapping[int, Share]) -> Decimal | None:
        """The break-even of the step that would start first, where it does not stand already."""
        found = {
            index: share.wish.ladder[rung - 1].break_even_per_mwh
            for index, share in mine.items()
            if (rung := _next(share))
            and self._shares[index].granted[rung - 1] <= share.granted[rung - 1]
        }
        if not found:
            return None
        best = max(found.values())
        able = any(one == best and index in self._roomy for index, one in found.items())
        return best if able else None

    def _less(self, mine: Mapping[int, Share]) -> Decimal | None:
        """The break-even of the step that would stop first."""
        found = []
        for index, share in mine.items():
            last = _last(share)
            if last and share.granted[last - 1] <= self._promised.get((index, last), 0):
                return None
            if last:
                found.append(share.wish.ladder[last - 1].break_even_per_mwh)
        return min(found, default=None)

    def _off(self, mine: Mapping[int, Share]) -> Decimal | None:
        """The break-even of the step that would stop last, where that leaves nothing running."""
        found = []
        for index, share in mine.items():
            granted = share.granted[0]
            if not share.wish.worth or not share.wish.pool.ceiling:
                if granted:
                    return None
                continue
            if (index, 1) in self._promised:
                return None
            found.append((share.wish.ladder[0].break_even_per_mwh, granted > 0))
        if not found:
            return None
        best, runs = max(found)
        return best if runs else None

    @cached_property
    def _promised(self) -> Mapping[tuple[int, int], int]:
        """By pool and rung, what floors would keep if money let nothing run."""
        if not self._now.floors:
            return {}
        bare = []
        for wish in (share.wish for share in self._ideal):
            none = (0,) * len(wish.ladder)
            bare.append(replace(wish, wanted=none) if _by_money(wish) else wish)
        found: dict[tuple[int, int], int] = {}
        for one in promises(bare, self._now)[1]:
            key = (one.which, one.rung)
            found[key] = found.get(key, 0) + one.count
        return found

    @cached_property
    def _given_up(self) -> bool:
        """Whether a reserve lacks steps that lose more than its penalty: some may start for it at a
        lower price, before any that pays."""
        site, wishes = self._now.seen.site, [share.wish for share in self._ideal]
        if not any(one.weighed and one.reserve_w for one in site.programs.values()):
            return False
        kept = {name: changed(one, weighed=False) for name, one in site.programs.items()}
        seen = changed(self._now.seen, site=changed(site, programs=kept))
        then = replace(self._now, seen=seen)
        return due_promises(wishes, then) != due_promises(wishes, self._now)

    def _floored(self, group: str) -> bool:
        return any(floor.scope in self._scopes[group] for floor in self._now.floors)

    @cached_property
    def _reordered(self) -> frozenset[str]:
        """The scopes with a limit that cuts, of which some groups lose more power on the way than
        others, or have a floor: what goes first there is not the same at every price."""
        groups = self._now.seen.site.groups
        floored = {floor.scope for floor in self._now.floors}
        losses: dict[str, set[Decimal]] = {}
        uneven = set()
        for name, scopes in self._scopes.items():
            for scope in scopes:
                losses.setdefault(scope, set()).add(groups[name].losses if name in groups else NONE)
                if len(losses[scope]) > 1 or (name in floored and scope != name):
                    uneven.add(scope)
        return frozenset(uneven and uneven & self._cutting)

    @cached_property
    def _cutting(self) -> set[str]:
        """The scopes that leave no room for a step that a limit cuts."""
        left_w = starts_left_w(self._now, self._ideal, self._scopes)
        found = set()
        for share in self._ideal:
            if share.cut:
                step_w = share.wish.pool.steps_w[min(share.cut) - 1]
                mine = self._scopes[share.wish.pool.group]
                found |= {scope for scope in mine if left_w.get(scope, step_w) < step_w}
        return found

    @cached_property
    def _weighed(self) -> frozenset[str]:
        """The scopes with limits that are weighed against money and that leave no room: what is
        drawn beyond them costs more than its price."""
        scopes = {one.scope for one in self._now.limits if one.surcharge_per_mwh is not None}
        if not scopes:
            return frozenset()
        left_w = starts_left_w(self._now, self._ideal, self._scopes)
        return frozenset(scope for scope in scopes if left_w[scope] < 0)

    def _overtaken(self, group: str) -> bool:
        """Whether something else may stop the group at another price: a limit under which others
        would take its place, or one that is weighed against money and that it draws beyond."""
        return not (self._reordered | self._weighed).isdisjoint(self._scopes[group])

    @cached_property
    def _roomy(self) -> set[int]:
        """The pools whose next step would find room under every limit, were it to pay. None that
        is told of a dispatch to come is sure to."""
        told = told_of(self._now)
        nexts = {index: rung for index, share in enumerate(self._ideal) if (rung := _next(share))}
        found = roomy(self._now, self._ideal, nexts, self._scopes, self._reordered)
        return {index for index in found if not told.get(self._ideal[index].wish.pool.kind)}


def _as_silent(now: Situation, shares: Sequence[Share], ideal: Sequence[Share]) -> Sequence[Share]:
    """The ideal, but that where nothing may start what stands there stays as it is: others have the
    room that it could take."""
    both = zip(shares, ideal, strict=True)
    wishes = [(one if now.halt_of(one.wish.pool.group) else best).wish for one, best in both]
    if all(wish is best.wish for wish, best in zip(wishes, ideal, strict=True)):
        return ideal
    return shares_of(wishes, now)


def _next(share: Share) -> int:
    """The first rung that money keeps from running; 0 where there is none."""
    wish, before = share.wish, share.wish.pool.size
    if wish.worth:
        before = share.granted[wish.worth - 1]
    for rung in range(wish.worth + 1, wish.pool.ceiling + 1):
        if share.granted[rung - 1] < before:
            return rung
        before = share.granted[rung - 1]
    return 0


def _last(share: Share) -> int:
    """The highest rung that runs and pays; 0 where none does."""
    rung = share.wish.worth
    while rung and not share.granted[rung - 1]:
        rung -= 1
    return rung


def _by_money(wish: Wish) -> bool:
    """Whether money decides about a pool now: of a group about all of them or none."""
    return wish.price_per_mwh is not None and wish.money is not Reason.CONSENT


def _cents(price_per_mwh: Decimal, rounding: str) -> Decimal:
    return price_per_mwh.quantize(CENT, rounding)
