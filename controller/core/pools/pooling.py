"""Sorts the miners of each group, curve, ceiling and new firmware by what can be done with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import NamedTuple

from controller.core.economics.steps import CURVES, concave
from controller.core.limits.ceilings import rung_under
from controller.core.obedience.command import beyond_reach, refuses_more, unproven_off
from controller.core.obedience.evidence import IN_FLIGHT, is_contested
from controller.core.pools.pool import (
    Counts,
    Pinned,
    Pool,
    counts_of,
    crowds_of,
    excess_permille,
    units_w,
)
from controller.model.fleet import (
    CONFIRMED,
    CUT,
    FAILED,
    IDLE,
    INFERRED,
    Cohort,
    Curve,
    Level,
    MinerSeen,
    Motion,
    Standing,
)
from controller.model.seen import Snapshot, State


class _Kind(NamedTuple):
    """What the miners of a pool have in common."""

    group: str
    curve: str
    ceiling: str
    unproven_w: int = 0
    """Of miners that only say that they are off: what each of them counts with."""
    firmware: str = ""
    """While it is not proven that commands leave it as it was."""

    @property
    def key(self) -> str:
        above = f"/at most {self.ceiling}" if self.ceiling else ""
        counts = f"/unproven at {self.unproven_w} W" if self.unproven_w else ""
        new = f"/{self.firmware}" if self.firmware else ""
        return f"{self.group}/{self.curve}{above}{counts}{new}"


class _Moving(NamedTuple):
    """The miners of a pool that are in motion."""

    stuck: dict[str, Motion]
    """Nothing can be told to these."""
    stuck_w: int
    locked: dict[str, Motion]
    locked_late_w: int
    """What those that are late with going off count with beyond their standby."""
    unsaid_w: int
    """Of both, what they count with beyond what they say."""
    pinned: list[Pinned]


_NOBODY = _Moving(stuck={}, stuck_w=0, locked={}, locked_late_w=0, unsaid_w=0, pinned=[])


class _Rungs(NamedTuple):
    """Where the levels of a curve stand on its concave hull."""

    curve: Curve
    levels: tuple[Level, ...]
    by_name: Mapping[str, int]

    def of(self, name: str, unit_w: int) -> int:
        """The rung of a level; of one off the hull or unknown, the lowest that draws as much:
        whatever hashes counts as running, so that it can be told to stop."""
        rung = self.by_name.get(name)
        if rung is not None:
            return rung
        known = [level.power_w for level in self.curve.levels if level.name == name]
        power_w = known[0] if known else unit_w
        above = (k for k, level in enumerate(self.levels) if power_w <= level.power_w)
        return next(above, len(self.levels) - 1)


@lru_cache(maxsize=CURVES)
def _rungs(curve: Curve) -> _Rungs:
    levels = concave(curve)
    return _Rungs(curve, levels, {CUT: 0} | {one.name: rung for rung, one in enumerate(levels)})


def rung_of(curve: Curve, name: str, unit_w: int) -> int:
    """The rung at which a miner counts that says this level and draws so much."""
    return _rungs(curve).of(name, unit_w)


def build(
    seen: Snapshot,
    motions: Mapping[str, Motion],
    counts_w: Mapping[str, int],
    learned: State,
    proven: Collection[str] = (),
) -> dict[str, Pool]:
    """All pools, by `group/curve`, and the ceiling if any, in the order of their keys.

    `counts_w` is what each miner in motion counts with, `learned` says how far miners exceeded
    their nominal power when they last ran, and `proven` are the firmwares that need no canary.
    """
    resting: dict[_Kind, list[Cohort]] = {}
    for _, cohort in sorted(seen.cohorts.items()):
        if cohort.curve in seen.curves:
            new = "" if cohort.firmware in proven else cohort.firmware
            kind = _Kind(cohort.group, cohort.curve, cohort.ceiling, firmware=new)
            resting.setdefault(kind, []).append(cohort)
    moving: dict[_Kind, dict[str, Motion]] = {}
    unproven: dict[tuple[_Kind, str], list[str]] = {}
    for name, motion in sorted(motions.items()):
        miner = seen.moving[name]
        new = "" if miner.firmware in proven else miner.firmware
        kind = _Kind(motion.group, motion.curve, miner.ceiling, firmware=new)
        if unproven_off(motion, miner, seen.curves[motion.curve]):
            kind = kind._replace(unproven_w=counts_w[name])
            unproven.setdefault((kind, miner.level), []).append(name)
        else:
            moving.setdefault(kind, {})[name] = motion
    for (kind, level), names in unproven.items():
        resting.setdefault(kind, []).append(_off(kind, level, names))
    pools = {}
    for kind in sorted({*resting, *moving}):
        rungs = _rungs(seen.curves[kind.curve])
        movers = _sort(rungs, seen, moving[kind], counts_w) if kind in moving else _NOBODY
        pool = _pool(kind, rungs, resting.get(kind, []), movers, learned)
        pools[pool.key] = pool
    return pools


def _off(kind: _Kind, level: str, names: list[str]) -> Cohort:
    """Those that only say that they are off."""
    return Cohort(
        group=kind.group,
        curve=kind.curve,
        level=level,
        standing=Standing.PRESENT,
        members=tuple(names),
        power_w=kind.unproven_w * len(names),
        grade=INFERRED,
        ceiling=kind.ceiling,
        firmware=kind.firmware,
    )


def _before(kind: _Kind, excess: Mapping[str, int]) -> int:
    """Of these miners; of those not yet known under this ceiling or firmware, as they were without
    one."""
    if kind.unproven_w:
        kind = kind._replace(unproven_w=0)
    known = excess.get(kind.key)
    if known is not None:
        return known
    return excess.get(kind._replace(ceiling="", firmware="").key, 1000)


def _pool(kind: _Kind, rungs: _Rungs, mine: list[Cohort], moving: _Moving, learned: State) -> Pool:
    levels, curve = rungs.levels, f"{kind.group}/{kind.curve}"
    lost = [c for c in mine if c.standing is Standing.UNREACHABLE]
    locked = tuple([c for c in mine if c.standing is Standing.LOCKED])
    free, pinned = _free(mine, rungs), tuple(moving.pinned)
    counts, crowds = counts_of(len(levels), free, pinned), crowds_of(free, pinned)
    permille = excess_permille(levels, crowds, _before(kind, learned.excess_permille))
    units = units_w(levels, crowds, permille, learned.level_permille.get(curve, {}))
    if kind.unproven_w:
        units = tuple([max(one, kind.unproven_w) for one in units])
        counts = counts._replace(
            seen=_as_counted(len(levels), counts, rungs.of("", kind.unproven_w))
        )
    contested = sum([is_contested(motion) for motion in moving.stuck.values()])
    failed = sum([_disobeys(motion) for motion in moving.stuck.values()])
    return Pool(
        key=kind.key,
        kind=curve,
        group=kind.group,
        curve=kind.curve,
        firmware=kind.firmware,
        levels=levels,
        ceiling=rung_under(levels, rungs.curve, kind.ceiling),
        free=free,
        pinned=pinned,
        size=counts.standing[0],
        counts=counts,
        units_w=units,
        excess_permille=permille,
        shown=crowds_of(free, [one for one in pinned if one.counted_w <= one.said_w]),
        locked=locked,
        locked_pinned=tuple(moving.locked),
        locked_off=sum([len(c.members) for c in locked if c.level in IDLE])
        + sum([_proven_off(motion) for motion in moving.locked.values()]),
        unreachable=sum([len(c.members) for c in lost]) + len(moving.stuck) - failed - contested,
        disobedient=failed,
        contested=contested,
        stuck_w=sum([c.power_w for c in lost]) + moving.stuck_w,
        unproven=bool(kind.unproven_w),
        late_w=sum([max(0, one.counted_w - units[one.rung]) for one in pinned if one.late])
        + moving.locked_late_w,
        unsaid_w=sum(
            [max(0, one.counted_w - max(one.said_w, units[one.rung])) for one in pinned if one.late]
        )
        + moving.unsaid_w,
    )


def _as_counted(rungs: int, counts: Counts, rung: int) -> tuple[int, ...]:
    """Whoever only says that it is off is seen where it counts."""
    return tuple([counts.free[0] if k <= rung else 0 for k in range(rungs)])


def _sort(
    rungs: _Rungs, seen: Snapshot, motions: Mapping[str, Motion], counts_w: Mapping[str, int]
) -> _Moving:
    stuck: dict[str, Motion] = {}
    locked: dict[str, Motion] = {}
    pinned = []
    for name, motion in motions.items():
        miner = seen.moving[name]
        if beyond_reach(motion, miner, rungs.curve):
            stuck[name] = motion
        elif miner.locked:
            locked[name] = motion
        else:
            pinned.append(_pinned(name, motion, miner, counts_w[name], rungs))
    standby_w = rungs.levels[0].power_w
    late = [name for name, one in locked.items() if one.late]
    said_w = {name: seen.moving[name].power_w for name in (*stuck, *late)}
    unsaid_w = sum([max(0, counts_w[name] - said_w[name]) for name in stuck])
    unsaid_w += sum([max(0, counts_w[name] - max(said_w[name], standby_w)) for name in late])
    return _Moving(
        stuck=stuck,
        stuck_w=sum([counts_w[name] for name in stuck]),
        locked=locked,
        locked_late_w=sum([max(0, counts_w[name] - standby_w) for name in late]),
        unsaid_w=unsaid_w,
        pinned=pinned,
    )


def _disobeys(motion: Motion) -> bool:
    return motion.stage is FAILED and not is_contested(motion)


def _proven_off(motion: Motion) -> bool:
    return motion.stage is CONFIRMED and motion.command.level in IDLE


def _free(cohorts: list[Cohort], rungs: _Rungs) -> dict[int, tuple[Cohort, ...]]:
    found: dict[int, tuple[Cohort, ...]] = {}
    for cohort in cohorts:
        if cohort.standing is Standing.PRESENT:
            unit_w = cohort.power_w // len(cohort.members)
            rung = rungs.of(cohort.level, unit_w)
            found[rung] = (*found.get(rung, ()), cohort)
    return found


def _pinned(name: str, motion: Motion, miner: MinerSeen, counts_w: int, rungs: _Rungs) -> Pinned:
    refuses = refuses_more(motion, miner, rungs.curve)
    goal = rungs.of(miner.level if refuses else motion.command.level, miner.power_w)
    under_way = motion.stage in IN_FLIGHT
    seen_rung = goal
    if under_way or refuses:
        seen_rung = max(goal, rungs.of(motion.from_level, motion.proven_w))
    late = under_way and motion.late
    return Pinned(name, goal, seen_rung, under_way, counts_w, refuses, late, miner.power_w)
