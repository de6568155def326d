"""What may be hidden behind miners that only say that they are off.

They count in full, so their start adds nothing to what is counted. But what they count with another
may be drawing: one that was wrongly believed, or other load that has risen. Once one of them runs,
all that its meter shows and nobody reports counts as other load.
"""

from __future__ import annotations

from controller.core.counting.power import drawn, most_other_w
from controller.core.obedience.evidence import IN_FLIGHT, rises
from controller.core.situation import Situation
from controller.model.fleet import CONFIRMED, Motion
from controller.model.quality import Fresh


def hidden_w(now: Situation) -> dict[str, int]:
    """By scope with a meter, what may be drawn there beyond the other load that is known. Reports
    say nothing of a meter that was not read since the last miner came up."""
    if not any(pool.unproven for pool in now.pools):
        return {}
    draws, arrived = drawn(now.seen, now.motions), _arrived(now)
    rose_at = now.state.rose_at
    found = {}
    for scope, known_w in now.other_w.items():
        meter = now.seen.meters_w.get(scope)
        if isinstance(meter, Fresh):
            unread = arrived or (rose_at is not None and meter.at <= rose_at)
            most_w = meter.value if unread else most_other_w(meter.value, draws, scope)
            found[scope] = max(0, most_w - known_w)
    return found


def _arrived(now: Situation) -> bool:
    """Whether anybody has come up at this very look."""
    return any(
        motion.stage in IN_FLIGHT and _rose(now, motion, now.motions.get(name))
        for name, motion in now.state.motions.items()
    )


def _rose(now: Situation, before: Motion, after: Motion | None) -> bool:
    curve = now.seen.curves.get(before.curve)
    there = after is None or after.stage is CONFIRMED
    return there and curve is not None and rises(before, curve)
