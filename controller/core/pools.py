"""The miners of one group and curve, sorted by what can be done with them now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from controller.core.economics import concave
from controller.core.obedience import IN_FLIGHT, beyond_reach, counted_w, refuses_more
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


@dataclass(frozen=True, slots=True)
class Pinned:
    """A miner in flight to a level or resting at one: only a limit may lower it. One that refuses
    to run higher rests where it is, and money may lower it too."""

    miner: str
    rung: int
    """Of the level it goes to or rests at."""
    seen_rung: int
    """Of the power it has to be counted with now."""
    dispatched: bool
    """Whether it is still on its way."""
    counted_w: int
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class Pool:
    """Rungs number the levels of the concave curve, 0 is off."""

    key: str
    group: str
    curve: str
    levels: tuple[Level, ...]
    free: Mapping[int, tuple[Cohort, ...]]
    """By rung: miners at rest that can be told anything."""
    pinned: tuple[Pinned, ...]
    locked: tuple[Cohort, ...]
    locked_pinned: tuple[str, ...]
    """Miners in motion whose place is locked."""
    locked_off: int
    """How many of the locked are proven to be off."""
    unreachable: int
    disobedient: int
    stuck_w: int
    """Power that can be told nothing: the unreachable and the disobedient."""

    @property
    def locked_size(self) -> int:
        return len(self.locked_pinned) + sum(len(cohort.members) for cohort in self.locked)

    @property
    def size(self) -> int:
        """Miners that can be told something."""
        return len(self.pinned) + sum(len(c.members) for held in self.free.values() for c in held)

    def free_from(self, rung: int) -> int:
        """How many free miners stand at this rung or above."""
        return sum(len(c.members) for at, held in self.free.items() if at >= rung for c in held)

    def pinned_from(self, rung: int) -> int:
        """How many pinned miners go to or rest at this rung or above."""
        return sum(1 for one in self.pinned if one.rung >= rung)

    def protected_from(self, rung: int) -> int:
        """How many of these money leaves alone."""
        return sum(1 for one in self.pinned if one.rung >= rung and not one.refuses)

    def seen_from(self, rung: int) -> int:
        """How many miners have to be counted at this rung or above now."""
        return self.free_from(rung) + sum(1 for one in self.pinned if one.seen_rung >= rung)

    def unit_w(self, rung: int) -> int:
        """What a miner at this rung is expected to draw: its nominal power, or the mean of those
        that stand there if they draw more."""
        held = self.free.get(rung, ())
        resting = [one.counted_w for one in self.pinned if one.rung == rung and not one.dispatched]
        count = sum(len(one.members) for one in held) + len(resting)
        mean = -(-(sum(one.power_w for one in held) + sum(resting)) // count) if count else 0
        return max(self.levels[rung].power_w, mean)


def rung_of(levels: tuple[Level, ...], curve: Curve, name: str, unit_w: int) -> int:
    """The rung of a level; of one off the hull or unknown, the lowest that draws as much: whatever
    hashes counts as running, so that it can be told to stop."""
    for rung, level in enumerate(levels):
        if level.name == name:
            return rung
    known = [level.power_w for level in curve.levels if level.name == name]
    power_w = known[0] if known else unit_w
    return next((k for k, level in enumerate(levels) if power_w <= level.power_w), len(levels) - 1)


def build(seen: Snapshot, motions: Mapping[str, Motion]) -> dict[str, Pool]:
    """All pools, by `group/curve`, in the order of their keys."""
    keys = {(c.group, c.curve) for c in seen.cohorts.values() if c.curve in seen.curves}
    keys |= {(m.group, m.curve) for m in motions.values()}
    return {f"{group}/{curve}": _pool(group, curve, seen, motions) for group, curve in sorted(keys)}


def _pool(group: str, curve_key: str, seen: Snapshot, motions: Mapping[str, Motion]) -> Pool:
    curve = seen.curves[curve_key]
    levels = concave(curve)
    mine = [c for _, c in sorted(seen.cohorts.items()) if (c.group, c.curve) == (group, curve_key)]
    moving = {
        name: (motion, seen.moving[name])
        for name, motion in sorted(motions.items())
        if (motion.group, motion.curve) == (group, curve_key)
    }
    stuck = {name for name, (motion, miner) in moving.items() if beyond_reach(motion, miner, curve)}
    failed = sum(moving[name][0].stage is Stage.FAILED for name in stuck)
    locked_pinned = [name for name in moving if moving[name][1].locked and name not in stuck]
    lost = [c for c in mine if c.standing is Standing.UNREACHABLE]
    locked = tuple(c for c in mine if c.standing is Standing.LOCKED and c.members)
    within_reach = {
        name: pair
        for name, pair in moving.items()
        if name not in stuck and name not in locked_pinned
    }
    return Pool(
        key=f"{group}/{curve_key}",
        group=group,
        curve=curve_key,
        levels=levels,
        free=_free(mine, levels, curve),
        pinned=tuple(_pinned(within_reach, levels, curve)),
        locked=locked,
        locked_pinned=tuple(locked_pinned),
        locked_off=sum(len(c.members) for c in locked if c.level == OFF)
        + sum(_proven_off(moving[name][0]) for name in locked_pinned),
        unreachable=sum(len(c.members) for c in lost) + len(stuck) - failed,
        disobedient=failed,
        stuck_w=sum(c.power_w for c in lost)
        + sum(counted_w(*moving[name], curve) for name in stuck),
    )


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
