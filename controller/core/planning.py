"""How many miners of each pool may stand at each level: best steps first, under all limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from controller.core.room import Cut, Room
from controller.core.wishes import Wish
from controller.model.grid import Limit
from controller.model.site import Site
from controller.reasons import Reason


@dataclass(frozen=True, slots=True)
class Share:
    """What a pool gets: miners at rung k or above, for each k from 1, and what cut it."""

    wish: Wish
    granted: tuple[int, ...]
    cut: Mapping[int, Cut]
    """By rung, what let fewer take it than wished."""

    def at(self, rung: int) -> int:
        """Miners of the pool that should stand at exactly this rung."""
        from_here = self.granted[rung - 1] if rung else self.wish.pool.size
        return from_here - (self.granted[rung] if rung < len(self.granted) else 0)

    @property
    def power_w(self) -> int:
        """Of the miners that can be told something, once they have arrived."""
        pool = self.wish.pool
        return sum(pool.units_w[rung] * self.at(rung) for rung in range(len(pool.levels)))


class Tranche(NamedTuple):
    """One step of one pool, by how well it uses power: for those that have taken it, or for those
    that would have to start."""

    cost_per_mwh: Decimal
    """Negative break-even: the least first."""
    start: bool
    pool: str
    rung: int
    which: int


def share(
    wishes: list[Wish], limits: tuple[Limit, ...], fixed_w: Mapping[str, int], site: Site
) -> list[Share]:
    """Grant steps by falling break-even for as long as site and group have room.

    For concave curves greedy is optimal up to the size of one step (the fractional knapsack). To
    start is worth the start margin less than to go on, and does not stop what money leaves alone.
    Steps above the ceiling of a pool are not there to be granted.
    """
    room = Room([one.pool for one in wishes], limits, fixed_w, site.headroom)
    grants = [_Grant(one, [0] * len(one.ladder), _forbidden(one)) for one in wishes]
    order = _merit_order(wishes, site.economics.start_margin_per_mwh)
    for tranche in order:
        if not tranche.start:
            pool = wishes[tranche.which].pool
            room.protect(pool, tranche.rung, pool.protected_from(tranche.rung))
    for tranche in order:
        grants[tranche.which].give(tranche, room)
    return [Share(one.wish, tuple(one.granted), one.cut) for one in grants]


def _merit_order(wishes: list[Wish], margin_per_mwh: Decimal) -> list[Tranche]:
    """Every step allowed to a pool twice, best first; of equals what runs, then by the pool's key.

    Within a pool the steps keep their order, because a concave curve's break-evens only fall.
    """
    return sorted(
        Tranche(margin - step.break_even_per_mwh, start, one.pool.key, rung, which)
        for which, one in enumerate(wishes)
        for rung, step in enumerate(one.ladder[: one.pool.ceiling], start=1)
        for start, margin in ((False, Decimal(0)), (True, margin_per_mwh))
    )


def _forbidden(one: Wish) -> dict[int, Cut]:
    """Wished, and above what people allow."""
    above = range(one.pool.ceiling + 1, len(one.pool.levels))
    return {rung: Cut(Reason.MANUAL_ORDER) for rung in above if one.wanted[rung - 1]}


@dataclass(slots=True)
class _Grant:
    """What a pool has been given so far."""

    wish: Wish
    granted: list[int]
    cut: dict[int, Cut]

    def give(self, tranche: Tranche, room: Room) -> None:
        pool, rung, start = self.wish.pool, tranche.rung, tranche.start
        if not start:
            room.protect(pool, rung, -pool.protected_from(rung))
        wanted = self.wish.wanted[rung - 1]
        due = wanted if start else min(wanted, pool.standing_from(rung))
        below = self.granted[rung - 2] if rung > 1 else pool.size
        more = min(due, below) - self.granted[rung - 1]
        taken, cut = room.take(pool, rung, more, start=start)
        self.granted[rung - 1] += taken
        if self.granted[rung - 1] < due:
            cut = cut or self.cut.get(rung) or self.cut.get(rung - 1)
            if cut is not None:
                self.cut[rung] = cut
