"""Whether the load that programs have sold as reserve is there and could go in time."""

from __future__ import annotations

from controller.core.deliverable.within import in_steps_w
from controller.core.limits.floors import held_as_reserve
from controller.core.obedience.learned import stop_s
from controller.core.planning.lead import told_of
from controller.core.planning.reserve import go_in_time, load_w
from controller.core.situation import Situation
from controller.model.grid import SITE
from controller.model.plan import Reserve
from controller.model.quality import Fresh
from controller.model.site import Program


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
    program's response time; no more than the site's meter shows, nor than the largest steps of the
    site leave time for."""
    able = [pool for pool in now.pools if go_in_time(pool, program, now.seen, now.state)]
    power_w = sum(map(load_w, able))
    meter = now.seen.meters_w.get(SITE)
    if isinstance(meter, Fresh):
        power_w = min(power_w, meter.value)
    if not program.response_s:
        return power_w
    running = (pool.kind for pool in able if load_w(pool))
    slow_s = max((stop_s(now.seen, now.state, kind) for kind in running), default=0)
    return in_steps_w(now, power_w, program.response_s - slow_s)
