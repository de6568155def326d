"""The watts that limits leave: what may go on running, and what may start on top of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import mul
from typing import NamedTuple, TypeAlias

from controller.core.economics.steps import millionths
from controller.core.limits.in_force import hard, lowest, usable_w
from controller.core.planning.wishes import Wish
from controller.core.pools.pool import Pool
from controller.core.scopes import scopes_of
from controller.core.situation import Situation
from controller.model.grid import Limit
from controller.reasons import Reason

START_HEADROOM = Decimal("1.25")
"""A start needs a quarter more headroom than standing does, beside what has wobbled of late: wobble
at a limit starts nothing that it would stop again."""


class Cut(NamedTuple):
    """What let fewer miners take a step than wished."""

    reason: Reason
    dispatch: str = ""


def base_w(pool: Pool) -> int:
    """What a pool draws with all that can be told anything off, and has to be counted with because
    it is late with going there."""
    return pool.size * pool.units_w[0] + beyond_reach_w(pool) + pool.late_w


def beyond_reach_w(pool: Pool) -> int:
    """What the miners draw that nothing can raise or lower: locked, lost or disobedient."""
    return pool.locked_size * pool.levels[0].power_w + pool.stuck_w


Taken: TypeAlias = tuple[int, Cut | None]
"""How many steps were taken, and what let fewer pass."""


@dataclass(slots=True)
class Space:
    """What one limit leaves, drawn upon step by step."""

    scope: str
    cut: Cut
    left_w: int
    start_w: int
    """So much of it is not for starts."""
    surcharge: int | None
    """Of a limit that is weighed against money: what a MWh beyond it costs, in millionths."""
    guarded_w: int = 0
    """Nor is what miners draw that money leaves alone and whose turn has not come yet."""

    def fits(self, step_w: int, ahead_w: int, *, start: bool) -> int:
        """How many such steps, when so much goes ahead of them."""
        free_w = self.left_w - self.start_w - self.guarded_w if start else self.left_w
        return max(0, (free_w - ahead_w) // step_w)


@dataclass(slots=True)
class Spaces:
    """Those that a group lies in."""

    hard: tuple[Space, ...]
    weighed: tuple[Space, ...]
    fans_w: int
    """What its fans will draw as soon as somebody runs there, until that has its room."""

    @property
    def bind(self) -> bool:
        """Whether any limit may not leave all that is wished."""
        return bool(self.hard or self.weighed)

    def take(
        self, step_w: int, wanted: int, merit: int | None, *, start: bool
    ) -> tuple[int, Cut | None]:
        """As many of the wanted steps as fit, and what let fewer pass.

        A step beyond limits that are weighed against money has to earn what it costs there. `merit`
        is what a MWh of it earns beyond its price, in millionths; where that is not known, it earns
        none of it. For the start of a step `start_w` is left free. The first step brings the fans.
        """
        taken, cut, ahead_w = wanted, None, self.fans_w
        for space in self.hard:
            free_w = space.left_w - space.start_w - space.guarded_w if start else space.left_w
            if free_w < taken * step_w + ahead_w:
                taken, cut = max(0, (free_w - ahead_w) // step_w), space.cut
        if self.weighed:
            worth, dear = self._worth(step_w, taken, merit, start=start)
            taken, cut = (worth, dear) if worth < taken else (taken, cut)
        if taken:
            self.fans_w, drawn_w = 0, taken * step_w + ahead_w
            for space in self.hard:
                space.left_w -= drawn_w
            for space in self.weighed:
                space.left_w -= drawn_w
        return taken, cut

    def guard(self, power_w: int) -> None:
        """Keep starts from taking so much room; less again where it is negative."""
        for space in self.hard:
            space.guarded_w += power_w
        for space in self.weighed:
            space.guarded_w += power_w

    def _worth(
        self, step_w: int, wanted: int, merit: int | None, *, start: bool
    ) -> tuple[int, Cut | None]:
        """How many steps earn the surcharges of the limits beyond which they would lie."""
        due, ahead_w = 0, self.fans_w
        for space in sorted(self.weighed, key=lambda one: one.fits(step_w, ahead_w, start=start)):
            fits = space.fits(step_w, ahead_w, start=start)
            due += space.surcharge or 0
            if merit is None or merit < due:
                return fits, space.cut
        return wanted, None


class Room:
    """What every limit leaves. One that has room for all that is wished binds nobody and is left
    out, which is most of what makes sharing quick."""

    def __init__(self, wishes: Sequence[Wish], now: Situation) -> None:
        site, self._fans_w = now.seen.site, now.fans_w
        self._scopes = {group: scopes_of(site, group) for group in {w.pool.group for w in wishes}}
        base: dict[str, int] = {}
        wished: dict[str, int] = {}
        for group in self._scopes.keys() & self._fans_w.keys():
            for scope in self._scopes[group]:
                wished[scope] = wished.get(scope, 0) + self._fans_w[group]
        for one in wishes:
            pool = one.pool
            pool_w, more_w = base_w(pool), sum(map(mul, one.allowed, pool.steps_w))
            for scope in self._scopes[pool.group]:
                base[scope] = base.get(scope, 0) + pool_w
                wished[scope] = wished.get(scope, 0) + more_w
        self._spaces: dict[str, list[Space]] = {}
        for limit in binding(now.limits):
            left_w = -now.fixed_w.get(limit.scope, 0) - base.get(limit.scope, 0)
            space = _space(limit, left_w, now)
            if space.left_w - space.start_w < wished.get(limit.scope, 0):
                self._spaces.setdefault(limit.scope, []).append(space)
        self._found: dict[str, Spaces] = {}

    def of(self, group: str) -> Spaces:
        """The limits that may bind a group."""
        if group not in self._found:
            mine = [each for scope in self._scopes[group] for each in self._spaces.get(scope, ())]
            self._found[group] = Spaces(
                hard=tuple(each for each in mine if each.surcharge is None),
                weighed=tuple(each for each in mine if each.surcharge is not None),
                fans_w=self._fans_w.get(group, 0),
            )
        return self._found[group]


def binding(limits: Collection[Limit]) -> list[Limit]:
    """Of those that always hold the lowest of each scope, of equals the first, which is the more
    fundamental; and all that are weighed against money."""
    weighed = [limit for limit in limits if limit.surcharge_per_mwh is not None]
    return [*lowest(hard(limits)).values(), *weighed]


def usable_by_starts_w(limit: Limit, now: Situation) -> int:
    """What a limit leaves to those that run and to starts beside them."""
    headroom = now.seen.site.headroom * START_HEADROOM
    return usable_w(limit, headroom) - now.swing_w.get(limit.scope, 0)


def _space(limit: Limit, left_w: int, now: Situation) -> Space:
    usable = usable_w(limit, now.seen.site.headroom)
    extra = limit.surcharge_per_mwh
    return Space(
        scope=limit.scope,
        cut=Cut(limit.reason, limit.dispatch),
        left_w=left_w + usable,
        start_w=usable - usable_by_starts_w(limit, now),
        surcharge=None if extra is None else millionths(extra),
    )
