"""The miners of one group, curve and ceiling, sorted by what can be done with them now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from controller.model.fleet import Cohort, Level


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
    ceiling: int
    """The highest rung that people allow."""
    free: Mapping[int, tuple[Cohort, ...]]
    """By rung: miners at rest that can be told anything."""
    pinned: tuple[Pinned, ...]
    units_w: tuple[int, ...]
    """By rung, what a miner is expected to draw there."""
    excess_permille: int
    """How far those that run, or last ran, exceed their nominal power."""
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
    def kind(self) -> str:
        """Economics is the same for all of a group and curve, whatever people allow them."""
        return f"{self.group}/{self.curve}"

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

    def standing_from(self, rung: int) -> int:
        """How many stand at this rung or above, go there or rest there."""
        return self.free_from(rung) + self.pinned_from(rung)

    def protected_from(self, rung: int) -> int:
        """How many of these money leaves alone."""
        return sum(1 for one in self.pinned if one.rung >= rung and not one.refuses)

    def seen_from(self, rung: int) -> int:
        """How many miners have to be counted at this rung or above now."""
        return self.free_from(rung) + sum(1 for one in self.pinned if one.seen_rung >= rung)


def excess_permille(levels: tuple[Level, ...], crowds: Sequence[Crowd], before: int) -> int:
    """The power of those that run over their nominal power, at least 1000; where none does, what it
    was before."""
    running = list(zip(levels, crowds, strict=True))[1:]
    nominal_w = sum(level.power_w * there.size for level, there in running)
    if not nominal_w:
        return before
    return max(1000, -(-1000 * sum(there.power_w for _, there in running) // nominal_w))


def units_w(levels: tuple[Level, ...], crowds: Sequence[Crowd], permille: int) -> tuple[int, ...]:
    """What a miner is expected to draw at each rung: its nominal power, or the mean of those that
    stand there if they draw more. Where none does, it exceeds its nominal power as those that run
    elsewhere do, or last did."""
    found = []
    for rung, (level, there) in enumerate(zip(levels, crowds, strict=True)):
        if there.size:
            found.append(max(level.power_w, -(-there.power_w // there.size)))
        else:
            found.append(-(-level.power_w * (permille if rung else 1000) // 1000))
    return tuple(found)


class Crowd(NamedTuple):
    """Those that stand at a rung and are on no way: how many, and what they draw together."""

    size: int
    power_w: int


def crowd(rung: int, free: Mapping[int, tuple[Cohort, ...]], pinned: Iterable[Pinned]) -> Crowd:
    held = free.get(rung, ())
    resting = [one.counted_w for one in pinned if one.rung == rung and not one.dispatched]
    size = len(resting) + sum(len(cohort.members) for cohort in held)
    return Crowd(size, sum(resting) + sum(cohort.power_w for cohort in held))
