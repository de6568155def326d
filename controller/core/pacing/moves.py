"""From what there is to what is granted: which miners change, as few as possible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from controller.core.planning.sharing import Share
from controller.core.pools.pool import Pinned, Pool
from controller.core.pools.wear import Row
from controller.model.fleet import CUT, Cohort
from controller.reasons import Reason


class Move(NamedTuple):
    """One miner from one rung to another."""

    pool: Pool
    miner: str
    from_rung: int
    to_rung: int
    from_level: str
    counted_w: int
    """What it counts with until its power shows the move."""
    to_level: str = ""
    """Of a canary that returns, the very level at which its operator had it; else the rung's."""
    to_level_w: int = 0
    """The nominal power of that level, which its rung may exceed."""

    @property
    def level(self) -> str:
        """What its miner is told."""
        return self.to_level or self.pool.levels[self.to_rung].name

    @property
    def down(self) -> bool:
        return self._to_w < self.pool.levels[self.from_rung].power_w

    @property
    def starts(self) -> bool:
        """Whether it is off, or on its way there, and comes up."""
        return self.from_rung == 0 < self.to_rung

    @property
    def rise_w(self) -> int:
        """By how much it may raise the site's power. One whose switch closes boots as it likes."""
        least_w = self.pool.least_w(self.from_rung, self.counted_w)
        return max(0, self.pool.units_w[self._most] - least_w)

    @property
    def adds_w(self) -> int:
        """By how much it raises what has to be counted."""
        return max(0, self.pool.units_w[self._most] - self.counted_w)

    @property
    def _most(self) -> int:
        return -1 if self.from_level == CUT else self.to_rung

    @property
    def fall_w(self) -> int:
        """By how much it may lower the site's power: its equals may draw more where it goes."""
        return max(0, self.counted_w - self._to_w)

    @property
    def _to_w(self) -> int:
        return self.to_level_w if self.to_level else self.pool.levels[self.to_rung].power_w

    @property
    def frees_w(self) -> int:
        """By how much it lowers what has to be counted."""
        return max(0, self.counted_w - self.pool.units_w[self.to_rung])


class Step(NamedTuple):
    """A move that is carried out now, and why."""

    move: Move
    reason: Reason
    dispatch: str = ""


class _Equals(NamedTuple):
    """Miners at rest at one level."""

    level: str
    members: Sequence[str]
    mean_w: int


@dataclass(frozen=True, slots=True)
class Starts:
    """Equal miners at rest that are off, of which some are to come up. Who they are is not worked
    out before they may."""

    pool: Pool
    goals: tuple[int, ...]
    """The rung of each, the highest first."""
    cohorts: tuple[Cohort, ...]
    ahead: int = 0
    """How many of their equals have their turn before them."""

    @property
    def rise_w(self) -> int:
        """The most that one of them may raise the site's power by."""
        switched = any(cohort.level == CUT for cohort in self.cohorts)
        return max(0, self.pool.units_w[-1 if switched else self.goals[0]] - min(self._off_w))

    @property
    def least_rise_w(self) -> int:
        """The least; not above 0 where one draws as much already."""
        return self.pool.units_w[self.goals[-1]] - max(self._off_w)

    @property
    def _off_w(self) -> list[int]:
        return [self.pool.least_w(0, one.mean_w) for one in _equals(self.cohorts)]

    def first(self, count: int, row: Row) -> list[Move]:
        """The first of them."""
        last = self.ahead + min(count, len(self.goals))
        found = [*_free(self.pool, 0, self.cohorts, last, row)]
        return _to(found[self.ahead :], self.goals)


@dataclass(frozen=True, slots=True)
class Moves:
    """Of one pool."""

    named: list[Move]
    """Down, and up from one level to another or out of what is under way."""
    starts: Starts | None


def moves(share: Share, row: Row) -> Moves:
    """Surplus miners go where some are lacking, the highest to the highest.

    Whoever stands right stays; whoever stands at a level that is never the best is moved to the one
    it counts as. Resting miners are the last to be lowered, those still starting the
    first: they earn nothing yet. One that refuses to run higher is not asked before its time; one
    that is late on its way down, not before it obeyed or was given up: its own watts leave the room
    that it would be told to take.
    """
    pool = share.wish.pool
    if _right(share):
        return Moves([], None)
    lacking = list(share.counts)
    lacking[0] -= pool.barred
    surplus: list[Move] = []
    for rung in sorted({*pool.free, *(one.rung for one in pool.pinned)}, reverse=True):
        holders = list(_pinned(pool, rung))
        kept = min(lacking[rung], len(holders))
        surplus += holders[kept:]
        lacking[rung] -= kept
        exact, astray = _standing(pool, rung)
        free = sum(len(cohort.members) for cohort in exact)
        kept = min(lacking[rung], free)
        surplus += _free(pool, rung, astray, sum(len(cohort.members) for cohort in astray), row)
        if rung and free > kept:
            surplus += _free(pool, rung, exact, free - kept, row)
        lacking[rung] -= kept
    goals: list[int] = []
    for rung in range(len(lacking) - 1, -1, -1):
        goals += [rung] * lacking[rung]
    refusing = {one.miner for one in pool.pinned if one.refuses or one.late}
    named = [one for one in _to(surplus, goals) if one.down or one.miner not in refusing]
    off = tuple(_standing(pool, 0)[0])
    left = tuple(goals[len(surplus) :])
    return Moves(named, Starts(pool, left, off) if left else None)


def _right(share: Share) -> bool:
    """Whether everybody stands where they should, or is on the way there."""
    pool = share.wish.pool
    if pool.counts.standing[1:] != share.granted:
        return False
    return not any(_standing(pool, rung)[1] for rung in pool.free)


def _to(places: Iterable[Move], goals: Iterable[int]) -> list[Move]:
    return [
        Move(one.pool, one.miner, one.from_rung, goal, one.from_level, one.counted_w)
        for one, goal in zip(places, goals, strict=False)
    ]


def _pinned(pool: Pool, rung: int) -> Iterator[Move]:
    holders = [one for one in pool.pinned if one.rung == rung]
    for one in sorted(holders, key=_kept_first):
        yield Move(pool, one.miner, rung, rung, pool.levels[rung].name, one.counted_w)


def _kept_first(one: Pinned) -> tuple[bool, bool, bool, str]:
    """Whoever is late does not obey: telling it to go lower yet makes no room."""
    return not one.late, one.dispatched, not one.refuses, one.miner


def _standing(pool: Pool, rung: int) -> tuple[list[Cohort], list[Cohort]]:
    """The free miners of a rung: at its level, and at one that is never the best use of power. One
    whose switch is open is as good as off, and those of a new firmware wait for its canary."""
    held = pool.free.get(rung, ())
    if pool.firmware:
        return list(held), []
    exact = (pool.levels[rung].name, CUT)
    return [c for c in held if c.level in exact], [c for c in held if c.level not in exact]


def _free(pool: Pool, rung: int, cohorts: Iterable[Cohort], count: int, row: Row) -> Iterator[Move]:
    for equals in _equals(cohorts):
        taken = min(count, len(equals.members))
        for miner in row.first(equals.members, taken):
            yield Move(pool, miner, rung, rung, equals.level, equals.mean_w)
        count -= taken


def _equals(cohorts: Iterable[Cohort]) -> list[_Equals]:
    """The miners of these cohorts by level, by its name: they stand in one row, however they were
    gathered."""
    found: dict[str, list[Cohort]] = {}
    for cohort in cohorts:
        found.setdefault(cohort.level, []).append(cohort)
    return [_together(level, alike) for level, alike in sorted(found.items())]


def _together(level: str, alike: Sequence[Cohort]) -> _Equals:
    members = alike[0].members if len(alike) == 1 else [m for one in alike for m in one.members]
    return _Equals(level, members, -(-sum(one.power_w for one in alike) // max(1, len(members))))
