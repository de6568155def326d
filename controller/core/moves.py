"""From what there is to what is granted: which miners change, as few as possible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

from controller.core.planning import Share
from controller.core.pools import Pool
from controller.model.fleet import Cohort
from controller.reasons import Reason


@dataclass(frozen=True, slots=True)
class Move:
    """One miner from one rung to another."""

    pool: Pool
    miner: str
    from_rung: int
    to_rung: int
    from_level: str
    counted_w: int
    """What it counts with until its power shows the move."""

    @property
    def down(self) -> bool:
        return self.to_rung < self.from_rung

    @property
    def rise_w(self) -> int:
        """By how much it may raise the site's power."""
        return max(0, self.pool.units_w[self.to_rung] - self.counted_w)


@dataclass(frozen=True, slots=True)
class Step:
    """A move that is carried out now, and why."""

    move: Move
    reason: Reason
    dispatch: str = ""


def moves(share: Share, salt: str) -> list[Move]:
    """Surplus miners go where some are lacking, the highest to the highest.

    Whoever stands right stays; whoever stands at a level that is never the best is moved to the one
    it counts as. Resting miners are the last to be lowered, those still starting the
    first: they earn nothing yet. One that refuses to run higher is not asked before its time.
    """
    pool = share.wish.pool
    lacking = {rung: share.at(rung) for rung in range(len(pool.levels))}
    surplus: list[Move] = []
    for rung in sorted(lacking, reverse=True):
        holders = list(_pinned(pool, rung))
        kept = min(lacking[rung], len(holders))
        surplus += holders[kept:]
        lacking[rung] -= kept
        exact, astray = _standing(pool, rung)
        free = sum(len(cohort.members) for cohort in exact)
        kept = min(lacking[rung], free)
        surplus += _free(pool, rung, astray, sum(len(cohort.members) for cohort in astray), salt)
        surplus += _free(pool, rung, exact, free - kept, salt)
        lacking[rung] -= kept
    goals = [rung for rung in sorted(lacking, reverse=True) for _ in range(lacking[rung])]
    found = [
        Move(pool, one.miner, one.from_rung, goal, one.from_level, one.counted_w)
        for one, goal in zip(surplus, goals, strict=True)
    ]
    refusing = {one.miner for one in pool.pinned if one.refuses}
    return [move for move in found if move.down or move.miner not in refusing]


def _pinned(pool: Pool, rung: int) -> Iterator[Move]:
    holders = [one for one in pool.pinned if one.rung == rung]
    for one in sorted(holders, key=lambda one: (one.dispatched, not one.refuses, one.miner)):
        yield Move(pool, one.miner, rung, rung, pool.levels[rung].name, one.counted_w)


def _standing(pool: Pool, rung: int) -> tuple[list[Cohort], list[Cohort]]:
    """The free miners of a rung: at its level, and at one that is never the best use of power."""
    held = pool.free.get(rung, ())
    name = pool.levels[rung].name
    return [c for c in held if c.level == name], [c for c in held if c.level != name]


def _free(
    pool: Pool, rung: int, cohorts: Iterable[Cohort], count: int, salt: str
) -> Iterator[Move]:
    for cohort in cohorts:
        taken = min(count, len(cohort.members))
        mean_w = -(-cohort.power_w // len(cohort.members))
        for miner in pick(cohort.members, taken, f"{salt}/{pool.key}"):
            yield Move(pool, miner, rung, rung, cohort.level, mean_w)
        count -= taken


def pick(members: tuple[str, ...], count: int, salt: str) -> tuple[str, ...]:
    """`count` members from a place that a keyed hash chooses, around the end: it looks random, it
    can be replayed, and it costs only what it picks."""
    if count >= len(members):
        return members
    digest = blake2b(salt.encode(), digest_size=8).digest()
    start = int.from_bytes(digest, "big") % len(members)
    tail = members[start : start + count]
    return tail + members[: count - len(tail)]
