"""What goes down now: in the order of its urgency, in steps no larger than the site stands, and at
a pace where it goes for money alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from controller.core.limits.in_force import lowest, usable_w
from controller.core.obedience.learned import stop_s
from controller.core.pacing.credit import Credit
from controller.core.pacing.moves import Step
from controller.core.pacing.staging import Stage
from controller.core.planning.lead import ahead
from controller.core.planning.room import beyond_reach_w
from controller.core.planning.sharing import Share
from controller.core.scopes import scopes_of
from controller.core.situation import Situation
from controller.model.grid import Limit
from controller.reasons import Reason

MONEY = frozenset({Reason.UNPROFITABLE, Reason.START_COST, Reason.INCOME_LOST})
"""Why a stop has time: no limit and no person asks for it."""


def by_urgency(now: Situation, steps: Sequence[Step]) -> list[Step]:
    """Locked places first, then limits and people, then money; of these what takes longest to come
    down, then the biggest."""
    takes_s = {
        kind: stop_s(now.seen, now.state, kind) for kind in {one.move.pool.kind for one in steps}
    }

    def place(one: Step) -> tuple[int, int, int]:
        rank = 2 if one.reason in MONEY else int(one.reason is not Reason.MAINTENANCE_LOCK)
        return rank, -takes_s[one.move.pool.kind], -one.move.fall_w

    return sorted(steps, key=place)


@dataclass(slots=True)
class Descent:
    """Lets downward steps through, in the order given."""

    at: datetime
    largest: Stage | None
    credit: Credit | None
    """For stops for money; None: they are not slowed."""
    going: list[Step] = field(default_factory=list)
    slowed: list[Step] = field(default_factory=list)
    """Money alone asks for these, and the allowance does not cover them yet."""
    waits: set[datetime] = field(default_factory=set)

    def pass_on(self, steps: Iterable[Step]) -> None:
        for one in steps:
            if self._staged(one):
                continue
            if self.credit is not None and one.reason in MONEY:
                if one.move.fall_w > self.credit.left_w:
                    self.slowed.append(one)
                    self.waits.add(self.credit.covers_at(one.move.fall_w, self.at))
                    continue
                self.credit = self.credit.less(one.move.fall_w)
            self._go(one)

    def _staged(self, one: Step) -> bool:
        """Whether it has to wait for the next step of the site."""
        if self.largest is None or self.largest.takes(one.move.fall_w):
            return False
        if self.largest.reopens_at is not None:
            self.waits.add(self.largest.reopens_at)
        return True

    def _go(self, one: Step) -> None:
        if self.largest is not None:
            self.largest.draw(one.move.fall_w, self.at)
        self.going.append(one)


def due(now: Situation, shares: Sequence[Share], slowed: Sequence[Step]) -> list[Step]:
    """Those of the slowed steps that a person asks for, or that limits need now or ahead of a
    dispatch, whatever money thinks of its pace: what the limits leave beyond the target is for the
    last of them."""
    found = {
        place: Step(one.move, Reason.MANUAL_ORDER)
        for place, one in enumerate(slowed)
        if one.move.from_rung > one.move.pool.ceiling
    }
    found = _needed(now, shares, slowed, now.limits) | found
    for start in ahead(now):
        needed = _needed(now, shares, slowed, start.then.limits)
        found |= {
            place: one
            for place, one in needed.items()
            if place not in found and one.move.pool.kind in start.kinds
        }
    return [found[place] for place in sorted(found)]


def _needed(
    now: Situation, shares: Sequence[Share], slowed: Sequence[Step], known: Iterable[Limit]
) -> dict[int, Step]:
    """By their places, those that these limits need, and those that are weighed against money
    too: what money would stop is not worth the penalty of one either."""
    limits = lowest(known)
    slack_w = {
        scope: usable_w(limit, now.seen.site.headroom) - _target_w(now, shares, scope)
        for scope, limit in limits.items()
    }
    found = {}
    for place, one in reversed([*enumerate(slowed)]):
        scopes = [s for s in scopes_of(now.seen.site, one.move.pool.group) if s in slack_w]
        short = [scope for scope in scopes if slack_w[scope] < one.move.frees_w]
        if short:
            limit = limits[short[0]]
            found[place] = Step(one.move, limit.reason, limit.dispatch)
            continue
        for scope in scopes:
            slack_w[scope] -= one.move.frees_w
    return found


def _target_w(now: Situation, shares: Sequence[Share], scope: str) -> int:
    """What a scope draws once every step has been made, by all but those that are late with it."""
    return now.fixed_w.get(scope, 0) + sum(
        share.power_w + beyond_reach_w(share.wish.pool) + share.wish.pool.late_w
        for share in shares
        if scope in scopes_of(now.seen.site, share.wish.pool.group)
    )
