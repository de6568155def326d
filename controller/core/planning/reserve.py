"""Which load counts as reserve: what runs above its standby and goes in a program's time."""

from __future__ import annotations

from collections.abc import Iterable

from controller.core.limits.floors import Rank
from controller.core.obedience.learned import stop_s
from controller.core.pools.pool import Pool
from controller.core.situation import Situation
from controller.model.seen import Snapshot, State
from controller.model.site import Program

PLAY = 50
"""In thousandths: by so much more than what counts miners may draw, so that neither what they waver
by nor who of them runs, where they draw unlike, starts and stops anything."""
LEAST = 50
"""In thousandths: with that counts who draws next to nothing."""


def go_in_time(pool: Pool, program: Program, seen: Snapshot, state: State) -> bool:
    """Whether a pool's load counts as reserve of a program. What no meter could show to be gone
    cannot be delivered; one that none has shown to be off is load once it was started."""
    if not pool.unproven and pool.units_w[0] >= pool.units_w[-1]:
        return False
    return not program.response_s or stop_s(seen, state, pool.kind) <= program.response_s


def load_permille(pool: Pool, state: State) -> int:
    """What miners that run count with above standby over what is nominal, at most 1000: a reserve
    is made up of what they draw. It falls with that at once, and rises after it when they draw more
    by the play. Where nobody runs it stays what it was."""
    before = state.reserve_permille.get(pool.key, 1000)
    nominal_w = sum(
        (pool.levels[rung].power_w - pool.levels[0].power_w) * count for rung, count in _there(pool)
    )
    if nominal_w <= 0:
        return before
    drawn = min(1000, 1000 * load_w(pool) // nominal_w)
    return max(LEAST, drawn - PLAY, min(before, drawn))


def counting(now: Situation) -> dict[str, int]:
    """By pool, what its load counts with while a reserve is held."""
    if not any(floor.rank == Rank.RESERVE for floor in now.floors):
        return {}
    return {pool.key: load_permille(pool, now.state) for pool in now.pools}


def _there(pool: Pool) -> Iterable[tuple[int, int]]:
    """By rung, how many miners stand there and are on no way."""
    for rung, held in pool.free.items():
        yield rung, sum(len(cohort.members) for cohort in held)
    for one in pool.pinned:
        if not one.dispatched:
            yield one.rung, 1


def load_w(pool: Pool) -> int:
    """What miners that run and are on no way draw above standby."""
    standby_w = pool.units_w[0]
    free = (c for rung, held in pool.free.items() if rung for c in held)
    resting = (one.counted_w for one in pool.pinned if one.rung and not one.dispatched)
    return _above(((c.power_w, len(c.members)) for c in free), standby_w) + _above(
        ((power_w, 1) for power_w in resting), standby_w
    )


def _above(crowds: Iterable[tuple[int, int]], standby_w: int) -> int:
    return sum(max(0, power_w - count * standby_w) for power_w, count in crowds)
