"""The watts that limits leave: what may go on running, and what may start on top of it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from controller.core.limits import tightest, usable_w
from controller.core.pools import Pool
from controller.model.grid import SITE, Limit
from controller.reasons import Reason

START_HEADROOM = Decimal("1.25")
"""A start needs a quarter more headroom than standing does: wobble at a limit starts nothing that
it would stop again."""


class Cut(NamedTuple):
    """What let fewer miners take a step than wished."""

    reason: Reason
    dispatch: str = ""


def base_w(pool: Pool) -> int:
    """What a pool draws with all that can be told anything off."""
    return pool.size * pool.units_w[0] + beyond_reach_w(pool)


def beyond_reach_w(pool: Pool) -> int:
    """What the miners draw that nothing can raise or lower: locked, lost or disobedient."""
    return pool.locked_size * pool.levels[0].power_w + pool.stuck_w


class Room:
    """What site and groups have left, drawn upon step by step."""

    def __init__(
        self,
        pools: list[Pool],
        limits: tuple[Limit, ...],
        fixed_w: Mapping[str, int],
        headroom: Decimal,
    ) -> None:
        scopes = {limit.scope for limit in limits}
        found = {scope: tightest(limits, scope) for scope in scopes}
        self._limits = {scope: limit for scope, limit in found.items() if limit is not None}
        self._left: dict[str, int] = {}
        self._spare: dict[str, int] = {}
        for scope, limit in self._limits.items():
            usable = usable_w(limit, headroom)
            bases = sum(base_w(pool) for pool in pools if scope in (SITE, pool.group))
            self._left[scope] = usable - fixed_w.get(scope, 0) - bases
            self._spare[scope] = usable - usable_w(limit, headroom * START_HEADROOM)

    def protect(self, pool: Pool, rung: int, count: int) -> None:
        """Keep starts from taking the room of so many steps; fewer again where it is negative."""
        for scope in self._scopes(pool):
            self._spare[scope] += count * _step_w(pool, rung)

    def take(self, pool: Pool, rung: int, wanted: int, *, start: bool) -> tuple[int, Cut | None]:
        """As many of the wanted steps as fit, and what let fewer pass."""
        step_w = _step_w(pool, rung)
        taken: int = wanted
        cut: Cut | None = None
        for scope in self._scopes(pool):
            left_w = self._left[scope] - (self._spare[scope] if start else 0)
            if (fits := max(0, left_w // step_w)) < taken:
                taken, cut = fits, _cut(self._limits[scope])
        for scope in self._scopes(pool):
            self._left[scope] -= taken * step_w
        return taken, cut

    def _scopes(self, pool: Pool) -> list[str]:
        return [scope for scope in (SITE, pool.group) if scope in self._left]


def _cut(limit: Limit) -> Cut:
    return Cut(limit.reason, limit.source if limit.reason is Reason.DISPATCH else "")


def _step_w(pool: Pool, rung: int) -> int:
    return max(1, pool.units_w[rung] - pool.units_w[rung - 1])
