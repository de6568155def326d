"""Whether the load that programs have sold as reserve is there and could go in time."""

from __future__ import annotations

from collections.abc import Iterable

from controller.core.limits.floors import held_as_reserve
from controller.core.obedience.learned import stop_s
from controller.core.planning.lead import told_of
from controller.core.pools.pool import Pool
from controller.core.situation import Situation
from controller.model.grid import SITE
from controller.model.plan import Reserve
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from controller.model.site import Program

COARSE = 50
"""In thousandths: how finely it counts by how much miners fall short of their nominal power, so
that what they waver by starts and stops nothing."""


def reserves(now: Situation) -> dict[str, Reserve]:
    """By program that holds one. A watt goes once only: to the program with the shortest response
    time first, of equals to the first by name.

    A program whose dispatch is in force is being delivered to, and left out; so is one for whose
    dispatch to come load goes already.
    """
    found = {}
    used_w = 0
    going = {one.program for ones in told_of(now).values() for one in ones}
    for name in held_as_reserve(now.seen):
        if name in going:
            continue
        program = now.seen.site.programs[name]
        there_w = max(0, deliverable_w(now, program) - used_w)
        found[name] = Reserve(sold_w=program.reserve_w, deliverable_w=there_w)
        used_w += min(program.reserve_w, there_w)
    return dict(sorted(found.items()))


def deliverable_w(now: Situation, program: Program) -> int:
    """The power above standby of miners that run, can be told, are seen to obey and stop within the
    program's response time; no more than the site's meter shows."""
    able = (pool for pool in now.pools if go_in_time(pool, program, now.seen, now.state))
    load_w = sum(_load_w(pool) for pool in able)
    meter = now.seen.meters_w.get(SITE)
    return min(load_w, meter.value) if isinstance(meter, Fresh) else load_w


def go_in_time(pool: Pool, program: Program, seen: Snapshot, state: State) -> bool:
    """Whether a pool's load counts as reserve of a program. What no meter could show to be gone
    cannot be delivered."""
    if pool.units_w[0] >= pool.units_w[-1]:
        return False
    return not program.response_s or stop_s(seen, state, pool.kind) <= program.response_s


def load_permille(pool: Pool) -> int:
    """What miners that run draw above standby over what is nominal, at most 1000 and in steps of
    50: a reserve is made up of what they draw."""
    nominal_w = sum(
        (pool.levels[rung].power_w - pool.levels[0].power_w) * count for rung, count in _there(pool)
    )
    if nominal_w <= 0:
        return 1000
    drawn = min(1000, 1000 * _load_w(pool) // nominal_w)
    return max(COARSE, drawn - drawn % COARSE)


def _there(pool: Pool) -> Iterable[tuple[int, int]]:
    """By rung, how many miners stand there and are on no way."""
    for rung, held in pool.free.items():
        yield rung, sum(len(cohort.members) for cohort in held)
    for one in pool.pinned:
        if not one.dispatched:
            yield one.rung, 1


def _load_w(pool: Pool) -> int:
    standby_w = pool.units_w[0]
    free = (c for rung, held in pool.free.items() if rung for c in held)
    resting = (one.counted_w for one in pool.pinned if one.rung and not one.dispatched)
    return _above(((c.power_w, len(c.members)) for c in free), standby_w) + _above(
        ((power_w, 1) for power_w in resting), standby_w
    )


def _above(crowds: Iterable[tuple[int, int]], standby_w: int) -> int:
    return sum(max(0, power_w - count * standby_w) for power_w, count in crowds)
