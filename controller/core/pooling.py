"""Sorts the miners of each group, curve and ceiling by what can be done with them now."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from controller.core.ceilings import rung_under
from controller.core.economics import CURVES, concave
from controller.core.evidence import IN_FLIGHT, counted_w, is_contested
from controller.core.obedience import beyond_reach, refuses_more
from controller.core.pools import (
    Pinned,
    Pool,
    counts_of,
    crowds_of,
    excess_permille,
    units_w,
)
from controller.model.fleet import (
    CUT,
    IDLE,
    Cohort,
    Curve,
    Level,
    MinerSeen,
    Motion,
    Stage,
    Standing,
)
from controller.model.seen import Snapshot


class _Kind(NamedTuple):
    """What the miners of a pool have in common."""

    group: str
    curve: str
    ceiling: str

    @property
    def key(self) -> str:
        above = f"/at most {self.ceiling}" if self.ceiling else ""
        return f"{self.group}/{self.curve}{above}"


class _Moving(NamedTuple):
    """The miners of a pool that are in motion, by name."""

    stuck: dict[str, tuple[Motion, MinerSeen]]
    """Nothing can be told to these."""
    locked: dict[str, tuple[Motion, MinerSeen]]
    pinned: dict[str, tuple[Motion, MinerSeen]]


def rung_of(levels: tuple[Level, ...], curve: Curve, name: str, unit_w: int) -> int:
    """The rung of a level; of one off the hull or unknown, the lowest that draws as much: whatever
    hashes counts as running, so that it can be told to stop."""
    rung = _rungs(levels).get(name)
    if rung is not None:
        return rung
    known = [level.power_w for level in curve.levels if level.name == name]
    power_w = known[0] if known else unit_w
    return next((k for k, level in enumerate(levels) if power_w <= level.power_w), len(levels) - 1)


@lru_cache(maxsize=CURVES)
def _rungs(levels: tuple[Level, ...]) -> Mapping[str, int]:
    return {CUT: 0} | {level.name: rung for rung, level in enumerate(levels)}


def build(
    seen: Snapshot, motions: Mapping[str, Motion], excess: Mapping[str, int]
) -> dict[str, Pool]:
    """All pools, by `group/curve`, and the ceiling if any, in the order of their keys.

    `excess` is how far the miners of a pool exceeded their nominal power when they last ran.
    """
    resting: dict[_Kind, list[Cohort]] = {}
    for _, cohort in sorted(seen.cohorts.items()):
        if cohort.curve in seen.curves:
            resting.setdefault(_kind(cohort), []).append(cohort)
    moving: dict[_Kind, dict[str, Motion]] = {}
    for name, motion in sorted(motions.items()):
        moving.setdefault(_kind_of(motion, seen.moving[name]), {})[name] = motion
    return {
        kind.key: _pool(
            kind, seen, resting.get(kind, []), moving.get(kind, {}), _before(kind, excess)
        )
        for kind in sorted({*resting, *moving})
    }


def _kind(cohort: Cohort) -> _Kind:
    return _Kind(cohort.group, cohort.curve, cohort.ceiling)


def _kind_of(motion: Motion, miner: MinerSeen) -> _Kind:
    return _Kind(motion.group, motion.curve, miner.ceiling)


def _before(kind: _Kind, excess: Mapping[str, int]) -> int:
    """Of these miners; of those not yet known under this ceiling, as they were without one."""
    return excess.get(kind.key, excess.get(kind._replace(ceiling="").key, 1000))


def _pool(
    kind: _Kind, seen: Snapshot, mine: list[Cohort], motions: Mapping[str, Motion], excess: int
) -> Pool:
    curve = seen.curves[kind.curve]
    levels = concave(curve)
    lost = [c for c in mine if c.standing is Standing.UNREACHABLE]
    locked = tuple(c for c in mine if c.standing is Standing.LOCKED)
    moving = _sort(kind.curve, seen, motions)
    free, pinned = _free(mine, levels, curve), tuple(_pinned(moving.pinned, levels, curve))
    counts, crowds = counts_of(len(levels), free, pinned), crowds_of(free, pinned)
    permille = excess_permille(levels, crowds, excess)
    units = units_w(levels, crowds, permille)
    contested = sum(is_contested(motion) for motion, _ in moving.stuck.values())
    failed = sum(_disobeys(motion) for motion, _ in moving.stuck.values())
    return Pool(
        key=kind.key,
        kind=f"{kind.group}/{kind.curve}",
        group=kind.group,
        curve=kind.curve,
        levels=levels,
        ceiling=rung_under(levels, curve, kind.ceiling),
        free=free,
        pinned=pinned,
        size=counts.standing[0],
        counts=counts,
        units_w=units,
        excess_permille=permille,
        locked=locked,
        locked_pinned=tuple(moving.locked),
        locked_off=sum(len(c.members) for c in locked if c.level in IDLE)
        + sum(_proven_off(motion) for motion, _ in moving.locked.values()),
        unreachable=sum(len(c.members) for c in lost) + len(moving.stuck) - failed - contested,
        disobedient=failed,
        contested=contested,
        stuck_w=sum(c.power_w for c in lost)
        + sum(counted_w(motion, miner, curve) for motion, miner in moving.stuck.values()),
        late_w=sum(max(0, one.counted_w - units[one.rung]) for one in pinned if one.late),
    )


def _sort(curve_key: str, seen: Snapshot, motions: Mapping[str, Motion]) -> _Moving:
    found = _Moving({}, {}, {})
    for name, motion in motions.items():
        miner = seen.moving[name]
        stuck = beyond_reach(motion, miner, seen.curves[curve_key])
        kind = found.stuck if stuck else found.locked if miner.locked else found.pinned
        kind[name] = (motion, miner)
    return found


def _disobeys(motion: Motion) -> bool:
    return motion.stage is Stage.FAILED and not is_contested(motion)


def _proven_off(motion: Motion) -> bool:
    return motion.stage is Stage.CONFIRMED and motion.command.level in IDLE


def _free(
    cohorts: list[Cohort], levels: tuple[Level, ...], curve: Curve
) -> dict[int, tuple[Cohort, ...]]:
    found: dict[int, tuple[Cohort, ...]] = {}
    for cohort in cohorts:
        if cohort.standing is Standing.PRESENT and cohort.members:
            unit_w = cohort.power_w // len(cohort.members)
            rung = rung_of(levels, curve, cohort.level, unit_w)
            found[rung] = (*found.get(rung, ()), cohort)
    return found


def _pinned(
    moving: Mapping[str, tuple[Motion, MinerSeen]], levels: tuple[Level, ...], curve: Curve
) -> list[Pinned]:
    found = []
    for name, (motion, miner) in moving.items():
        refuses = refuses_more(motion, miner, curve)
        level = miner.level if refuses else motion.command.level
        goal = rung_of(levels, curve, level, miner.power_w)
        under_way = motion.stage in IN_FLIGHT
        came_from = rung_of(levels, curve, motion.from_level, motion.proven_w)
        seen_rung = max(goal, came_from) if under_way or refuses else goal
        counts_w = counted_w(motion, miner, curve)
        late = under_way and motion.late
        found.append(Pinned(name, goal, seen_rung, under_way, counts_w, refuses, late))
    return found
