"""Sorts the miners of each group and curve by what can be done with them now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from controller.core.economics import concave
from controller.core.obedience import IN_FLIGHT, beyond_reach, counted_w, refuses_more
from controller.core.pools import Pinned, Pool, crowd, excess_permille, units_w
from controller.model.fleet import (
    OFF,
    Cohort,
    Curve,
    Level,
    MinerSeen,
    Motion,
    Stage,
    Standing,
)
from controller.model.seen import Snapshot


class _Moving(NamedTuple):
    """The miners of a pool that are in motion, by name."""

    stuck: dict[str, tuple[Motion, MinerSeen]]
    """Nothing can be told to these."""
    locked: dict[str, tuple[Motion, MinerSeen]]
    pinned: dict[str, tuple[Motion, MinerSeen]]


def rung_of(levels: tuple[Level, ...], curve: Curve, name: str, unit_w: int) -> int:
    """The rung of a level; of one off the hull or unknown, the lowest that draws as much: whatever
    hashes counts as running, so that it can be told to stop."""
    for rung, level in enumerate(levels):
        if level.name == name:
            return rung
    known = [level.power_w for level in curve.levels if level.name == name]
    power_w = known[0] if known else unit_w
    return next((k for k, level in enumerate(levels) if power_w <= level.power_w), len(levels) - 1)


def build(
    seen: Snapshot, motions: Mapping[str, Motion], excess: Mapping[str, int]
) -> dict[str, Pool]:
    """All pools, by `group/curve`, in the order of their keys.

    `excess` is how far the miners of a pool exceeded their nominal power when they last ran.
    """
    keys = {(c.group, c.curve) for c in seen.cohorts.values() if c.curve in seen.curves}
    keys |= {(m.group, m.curve) for m in motions.values()}
    return {
        key: _pool(group, curve, seen, motions, excess.get(key, 1000))
        for group, curve in sorted(keys)
        for key in [f"{group}/{curve}"]
    }


def _pool(
    group: str, curve_key: str, seen: Snapshot, motions: Mapping[str, Motion], excess: int
) -> Pool:
    curve = seen.curves[curve_key]
    levels = concave(curve)
    mine = [c for _, c in sorted(seen.cohorts.items()) if (c.group, c.curve) == (group, curve_key)]
    lost = [c for c in mine if c.standing is Standing.UNREACHABLE]
    locked = tuple(c for c in mine if c.standing is Standing.LOCKED)
    moving = _sort(group, curve_key, seen, motions)
    free, pinned = _free(mine, levels, curve), tuple(_pinned(moving.pinned, levels, curve))
    crowds = [crowd(rung, free, pinned) for rung in range(len(levels))]
    permille = excess_permille(levels, crowds, excess)
    failed = sum(motion.stage is Stage.FAILED for motion, _ in moving.stuck.values())
    return Pool(
        key=f"{group}/{curve_key}",
        group=group,
        curve=curve_key,
        levels=levels,
        free=free,
        pinned=pinned,
        units_w=units_w(levels, crowds, permille),
        excess_permille=permille,
        locked=locked,
        locked_pinned=tuple(moving.locked),
        locked_off=sum(len(c.members) for c in locked if c.level == OFF)
        + sum(_proven_off(motion) for motion, _ in moving.locked.values()),
        unreachable=sum(len(c.members) for c in lost) + len(moving.stuck) - failed,
        disobedient=failed,
        stuck_w=sum(c.power_w for c in lost)
        + sum(counted_w(motion, miner, curve) for motion, miner in moving.stuck.values()),
    )


def _sort(group: str, curve_key: str, seen: Snapshot, motions: Mapping[str, Motion]) -> _Moving:
    found = _Moving({}, {}, {})
    for name, motion in sorted(motions.items()):
        if (motion.group, motion.curve) == (group, curve_key):
            miner = seen.moving[name]
            stuck = beyond_reach(motion, miner, seen.curves[curve_key])
            kind = found.stuck if stuck else found.locked if miner.locked else found.pinned
            kind[name] = (motion, miner)
    return found


def _proven_off(motion: Motion) -> bool:
    return motion.stage is Stage.CONFIRMED and motion.command.level == OFF


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
        seen_rung = max(goal, came_from) if under_way else goal
        counts_w = counted_w(motion, miner, curve)
        found.append(Pinned(name, goal, seen_rung, under_way, counts_w, refuses))
    return found
