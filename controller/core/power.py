"""How much the site has to be counted with: the larger of what meters and miners say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from controller.core.obedience import IN_FLIGHT, counted_w
from controller.model.fleet import Motion
from controller.model.grid import SITE
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State


def reported_w(seen: Snapshot, scope: str) -> int:
    """What the miners of a scope say that they draw; of the unreachable, the last proven."""
    at_rest = sum(c.power_w for c in seen.cohorts.values() if scope in (SITE, c.group))
    return at_rest + sum(m.power_w for m in seen.moving.values() if scope in (SITE, m.group))


def counted(seen: Snapshot, motions: Mapping[str, Motion], scope: str) -> int:
    """What the miners of a scope count with: what is not proven counts in full."""
    at_rest = sum(c.power_w for c in seen.cohorts.values() if scope in (SITE, c.group))
    return at_rest + sum(
        counted_w(motion, seen.moving[name], seen.curves[motion.curve])
        for name, motion in motions.items()
        if scope in (SITE, motion.group)
    )


def other_w(
    seen: Snapshot, state: State, motions: Mapping[str, Motion], moved_at: datetime | None
) -> dict[str, int]:
    """By scope, the metered power that no miner reports.

    Just after something moved, or before every miner has been heard, meter and reports do not
    match: the figure of before stands. While miners are in flight it is known between two bounds.
    A scope seen for the first time is taken as it is.
    """
    quiet = moved_at is None or seen.now - moved_at >= timedelta(seconds=seen.site.settle_s)
    found = {}
    for scope in sorted({SITE, *seen.meters_w}):
        meter = seen.meters_w.get(scope)
        known = state.other_w.get(scope)
        if isinstance(meter, Fresh) and known is None:
            found[scope] = max(0, meter.value - reported_w(seen, scope))
        elif isinstance(meter, Fresh) and known is not None and quiet and seen.fleet_known:
            least = meter.value - counted(seen, motions, scope)
            most = meter.value - reported_w(seen, scope) + _flying_w(seen, motions, scope)
            found[scope] = max(0, least, min(known, most))
        elif known is not None:
            found[scope] = known
    return found


def _flying_w(seen: Snapshot, motions: Mapping[str, Motion], scope: str) -> int:
    """What the miners in flight report, of which the meter may see nothing any more."""
    return sum(
        seen.moving[name].power_w
        for name, motion in motions.items()
        if motion.stage in IN_FLIGHT and scope in (SITE, motion.group)
    )


def unheard_w(
    seen: Snapshot, motions: Mapping[str, Motion], other: Mapping[str, int], scope: str
) -> int:
    """While miners are heard for the first time: what the meter shows beyond all that is known, as
    those that were not heard yet may be drawing it."""
    meter = seen.meters_w.get(scope)
    if seen.fleet_known or not isinstance(meter, Fresh):
        return 0
    return max(0, meter.value - counted(seen, motions, scope) - other.get(scope, 0))


def expected_w(
    seen: Snapshot, motions: Mapping[str, Motion], other: Mapping[str, int], scope: str
) -> int:
    """The most that a scope may be drawing now."""
    total = counted(seen, motions, scope) + other.get(scope, 0)
    meter = seen.meters_w.get(scope)
    return max(total, meter.value) if isinstance(meter, Fresh) else total
