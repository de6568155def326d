"""The miners of one group, curve, ceiling and new firmware, by what can be done with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import accumulate, pairwise
from operator import add
from typing import NamedTuple

from controller.core.economics.steps import CURVES
from controller.model.fleet import Cohort, Level
from controller.reasons import Reason


class Pinned(NamedTuple):
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
    late: bool = False
    """It was to come down, and has let its deadline pass: sharing reckons with what it counts."""
    said_w: int = 0
    """What it draws by its own word."""


class Crowd(NamedTuple):
    """Those that stand at a rung and are on no way: how many, and what they draw together."""

    size: int
    power_w: int


class Counts(NamedTuple):
    """By rung, how many miners of a pool stand there or above: what sharing works with."""

    free: tuple[int, ...]
    """At rest."""
    pinned: tuple[int, ...]
    """In flight to it, or resting there."""
    standing: tuple[int, ...]
    """Both."""
    protected: tuple[int, ...]
    """Of the pinned, those that money leaves alone."""
    seen: tuple[int, ...]
    """Those that have to be counted there now."""


def counts_of(
    rungs: int, free: Mapping[int, tuple[Cohort, ...]], pinned: Collection[Pinned]
) -> Counts:
    at_rest = _or_above(rungs, ((rung, _size(held)) for rung, held in free.items()))
    if not pinned:
        nobody = (0,) * rungs
        return Counts(at_rest, nobody, at_rest, nobody, at_rest)
    going = _or_above(rungs, ((one.rung, 1) for one in pinned))
    shown = _or_above(rungs, ((one.seen_rung, 1) for one in pinned))
    return Counts(
        free=at_rest,
        pinned=going,
        standing=tuple(map(add, at_rest, going)),
        protected=_or_above(rungs, ((one.rung, 1) for one in pinned if not one.refuses)),
        seen=tuple(map(add, at_rest, shown)),
    )


def _or_above(rungs: int, there: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    counts = [0] * rungs
    for rung, count in there:
        counts[rung] += count
    return tuple(accumulate(reversed(counts)))[::-1]


def _size(cohorts: Sequence[Cohort]) -> int:
    return sum([len(cohort.members) for cohort in cohorts])


@dataclass(frozen=True, slots=True)
class Pool:
    """Rungs number the levels of the concave curve, 0 is off."""

    key: str
    kind: str
    """`group/curve`: economics is the same for all of these, whatever people allow them."""
    group: str
    curve: str
    levels: tuple[Level, ...]
    ceiling: int
    """The highest rung that people allow."""
    free: Mapping[int, tuple[Cohort, ...]]
    """By rung: miners at rest that can be told anything."""
    pinned: tuple[Pinned, ...]
    size: int
    """Miners that can be told something."""
    counts: Counts
    units_w: tuple[int, ...]
    """By rung, what a miner is expected to draw there."""
    excess_permille: int
    """How far those that run, or last ran, exceed their nominal power."""
    shown: Mapping[int, Crowd]
    """By rung, those that stand there and count with no more than they say that they draw."""
    locked: tuple[Cohort, ...]
    locked_pinned: tuple[str, ...]
    """Miners in motion whose place is locked."""
    locked_off: int
    """How many of the locked are proven to be off."""
    unreachable: int
    disobedient: int
    stuck_w: int
    """Power that can be told nothing: the unreachable, the disobedient and the contested."""
    unproven: bool = False
    """Whether these only say that they are off: whatever they are told, they count in full."""
    contested: int = 0
    """Miners that somebody else keeps waking."""
    late_w: int = 0
    """What those that are late with coming down count with, beyond what they would draw then."""
    unsaid_w: int = 0
    """Of that and of what is stuck: what these count with beyond what they say that they draw."""
    barred: int = 0
    """Miners at rest that are off and may not be started now; none of `free`, but of `size`."""
    barred_by: Reason = Reason.STARTS_PER_HOUR
    barred_until: datetime | None = None
    """When one of them may be started; None where that is not known."""
    uncooled: bool = False
    """Nothing rises before its fans have run."""
    firmware: str = ""
    """While it is not proven that commands leave it as it was."""
    withheld: int = 0
    """Miners that are told nothing because their firmware is barred."""

    @property
    def locked_size(self) -> int:
        return len(self.locked_pinned) + _size(self.locked)

    @property
    def excess_w(self) -> int:
        """What those that stand at a level, or go there, are expected to draw beyond it."""
        standing = (*self.counts.standing, 0)
        return sum(
            [
                (standing[rung] - standing[rung + 1])
                * (self.units_w[rung] - self.levels[rung].power_w)
                for rung in {*self.free, *[one.rung for one in self.pinned]}
            ]
        )

    @property
    def steps_w(self) -> tuple[int, ...]:
        """By rung from 1, what a miner that takes this step draws more; of a step that is seen to
        draw no more, one watt."""
        return _steps_w(self.units_w)

    def least_w(self, rung: int, counted_w: int) -> int:
        """What a miner may be drawing there that counts with so much: of one that only says that it
        is off, no more than it says."""
        return self.levels[rung].power_w if self.unproven else counted_w

    def standing_from(self, rung: int) -> int:
        """How many stand at this rung or above, go there or rest there."""
        return self.counts.standing[rung]


@lru_cache(maxsize=CURVES)
def _steps_w(units_w: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(max(1, high_w - low_w) for low_w, high_w in pairwise(units_w))


def crowds_of(free: Mapping[int, tuple[Cohort, ...]], pinned: Iterable[Pinned]) -> dict[int, Crowd]:
    """By rung where anybody stands."""
    found = {
        rung: Crowd(_size(held), sum([cohort.power_w for cohort in held]))
        for rung, held in free.items()
    }
    for one in pinned:
        if not one.dispatched:
            size, power_w = found.get(one.rung, (0, 0))
            found[one.rung] = Crowd(size + 1, power_w + one.counted_w)
    return found


def excess_permille(levels: Sequence[Level], crowds: Mapping[int, Crowd], before: int) -> int:
    """The power of those that run over their nominal power, at least 1000; where none does, what it
    was before."""
    running = {rung: there for rung, there in crowds.items() if rung}
    nominal_w = sum(levels[rung].power_w * there.size for rung, there in running.items())
    if not nominal_w:
        return before
    return over_nominal(sum(there.power_w for there in running.values()), nominal_w)


def over_nominal(power_w: int, nominal_w: int) -> int:
    """In thousandths, at least 1000."""
    return max(1000, -(-1000 * power_w // nominal_w))


def units_w(
    levels: tuple[Level, ...],
    crowds: Mapping[int, Crowd],
    permille: int,
    by_level: Mapping[str, int],
) -> tuple[int, ...]:
    """What a miner is expected to draw at each rung: its nominal power, or the mean of those that
    stand there if they draw more. Where none does, it exceeds its nominal power as those that last
    ran at that level did; where none ever has, as those that run elsewhere do, or last did."""
    excess = tuple([by_level.get(level.name, permille) for level in levels])
    found = list(_exceeding(levels, excess))
    for rung, there in crowds.items():
        found[rung] = max(levels[rung].power_w, -(-there.power_w // there.size))
    return tuple(found)


@lru_cache(maxsize=CURVES)
def _exceeding(levels: tuple[Level, ...], permille: tuple[int, ...]) -> tuple[int, ...]:
    off, *running = levels
    raised = (-(-one.power_w * permille[rung] // 1000) for rung, one in enumerate(running, start=1))
    return (off.power_w, *raised)
