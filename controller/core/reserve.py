"""Whether the load that programs have sold as reserve is there and could go."""

from __future__ import annotations

from collections.abc import Iterable

from controller.core.pools import Pool
from controller.core.situation import Situation
from controller.model.grid import SITE
from controller.model.plan import Reserve
from controller.model.quality import Fresh


def reserves(now: Situation) -> dict[str, Reserve]:
    """By program that holds one, first come first served by name: a watt goes once only.

    A program whose dispatch is in force is being delivered to, and left out.
    """
    called = {one.program for one in now.seen.dispatches.values() if one.in_force(now.seen.now)}
    left_w = deliverable_w(now)
    found = {}
    for name, program in sorted(now.seen.site.programs.items()):
        if program.reserve_w and name not in called:
            found[name] = Reserve(sold_w=program.reserve_w, deliverable_w=left_w)
            left_w = max(0, left_w - program.reserve_w)
    return found


def deliverable_w(now: Situation) -> int:
    """The power above standby of miners that run, can be told and are seen to obey; no more than
    the site's meter shows. What no meter could show to be gone cannot be delivered."""
    load_w = sum(_load_w(pool) for pool in now.pools)
    meter = now.seen.meters_w.get(SITE)
    return min(load_w, meter.value) if isinstance(meter, Fresh) else load_w


def _load_w(pool: Pool) -> int:
    standby_w = pool.units_w[0]
    free = (c for rung, held in pool.free.items() if rung for c in held)
    resting = (one.counted_w for one in pool.pinned if one.rung and not one.dispatched)
    return _above(((c.power_w, len(c.members)) for c in free), standby_w) + _above(
        ((power_w, 1) for power_w in resting), standby_w
    )


def _above(crowds: Iterable[tuple[int, int]], standby_w: int) -> int:
    return sum(max(0, power_w - count * standby_w) for power_w, count in crowds)
