"""How many miners of each pool may stand at each level: best steps first, under all limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from controller.core.limits import tightest, usable_w
from controller.core.pools import Pool
from controller.core.wishes import Wish, merit_order
from controller.model.grid import SITE, Limit


START_HEADROOM = Decimal("1.25")
"""A start needs a quarter more headroom than standing does: wobble at a limit starts nothing that
it would stop again."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a pool gets: miners at rung k or above, for each k from 1, and what cut it."""

    wish: Wish
    granted: tuple[int, ...]
    cut: Mapping[int, Limit]
    """By rung, the limit that let fewer take it than wished."""

    def at(self, rung: int) -> int:
        """Miners of the pool that should stand at exactly this rung."""
        from_here = self.granted[rung - 1] if rung else self.wish.pool.size
        return from_here - (self.granted[rung] if rung < len(self.granted) else 0)

    @property
    def power_w(self) -> int:
        """Of the miners that can be told something, once they have arrived."""
        pool = self.wish.pool
        return sum(pool.unit_w(rung) * self.at(rung) for rung in range(len(pool.levels)))


def base_w(pool: Pool) -> int:
    """What a pool draws with all that can be told anything off."""
    locked_w = pool.locked_size * pool.levels[0].power_w
    return pool.size * pool.unit_w(0) + locked_w + pool.stuck_w


class Room:
    """The watts that site and groups have left, drawn upon step by step."""

    def __init__(
        self,
        pools: list[Pool],
        limits: tuple[Limit, ...],
        fixed_w: Mapping[str, int],
        headroom: Decimal,
    ) -> None:
        self._limits = {
            scope: limit
            for scope in {limit.scope for limit in limits}
            if (limit := tightest(limits, scope)) is not None
        }
        self._left = {
            scope: usable_w(limit, headroom)
            - fixed_w.get(scope, 0)
            - sum(base_w(pool) for pool in pools if scope in (SITE, pool.group))
            for scope, limit in self._limits.items()
        }
        self._calm = {
            scope: usable_w(limit, headroom) - usable_w(limit, headroom * START_HEADROOM)
            for scope, limit in self._limits.items()
        }

    def take(self, pool: Pool, rung: int, wanted: int) -> tuple[int, Limit | None]:
        """As many of the wanted steps as fit, and the limit that let fewer pass."""
        step_w = max(1, pool.unit_w(rung) - pool.unit_w(rung - 1))
        scopes = [scope for scope in (SITE, pool.group) if scope in self._left]
        taken, cut = wanted, None
        for scope in scopes:
            if (fits := self._fits(scope, step_w, pool.seen_from(rung))) < taken:
                taken, cut = fits, self._limits[scope]
        for scope in scopes:
            self._left[scope] -= taken * step_w
        return taken, cut

    def _fits(self, scope: str, step_w: int, running: int) -> int:
        """Those that run may stay while there is room; more may start only with room to spare."""
        fits = max(0, self._left[scope] // step_w)
        calm = (self._left[scope] - self._calm[scope]) // step_w
        return min(fits, max(running, calm))


def share(
    wishes: list[Wish],
    limits: tuple[Limit, ...],
    fixed_w: Mapping[str, int],
    headroom: Decimal,
) -> list[Share]:
    """Grant steps by falling break-even for as long as site and group have room.

    For concave curves greedy is optimal up to the size of one step (the fractional knapsack).
    """
    room = Room([one.pool for one in wishes], limits, fixed_w, headroom)
    granted: list[list[int]] = [[] for _ in wishes]
    cut: list[dict[int, Limit]] = [{} for _ in wishes]
    for index, rung in merit_order(wishes):
        one = wishes[index]
        below = granted[index][-1] if rung > 1 else one.pool.size
        taken, limit = room.take(one.pool, rung, min(one.wanted[rung - 1], below))
        granted[index].append(taken)
        limit = limit or (cut[index].get(rung - 1) if taken < one.wanted[rung - 1] else None)
        if limit is not None:
            cut[index][rung] = limit
    return [
        Share(one, tuple(mine), cuts) for one, mine, cuts in zip(wishes, granted, cut, strict=True)
    ]
