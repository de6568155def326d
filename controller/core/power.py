"""How much the site has to be counted with: the larger of what meters and miners say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from controller.core.evidence import IN_FLIGHT, counted_w
from controller.core.scopes import all_scopes, scopes_of
from controller.model.fleet import Motion
from controller.model.grid import SITE
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from controller.model.site import Site


@dataclass(frozen=True, slots=True)
class Drawn:
    """What miners draw, by scope; a scope without any is left out."""

    reported: Mapping[str, int]
    """What they say that they draw; of the unreachable, the last proven."""
    counted: Mapping[str, int]
    """What they count with: what is not proven counts in full."""
    flying: Mapping[str, int]
    """What those in flight report, of which a meter may see nothing any more."""
    strange: Mapping[str, int]
    """What those of an unknown kind report: nothing can be told to them."""


def drawn(seen: Snapshot, motions: Mapping[str, Motion]) -> Drawn:
    """Every miner is looked at once, whatever the number of scopes."""
    at_rest = [(one.group, one.power_w) for one in seen.cohorts.values()]
    in_full, flying = [], []
    for name, motion in motions.items():
        miner = seen.moving[name]
        counts_w = counted_w(motion, miner, seen.curves[motion.curve])
        in_full.append((motion.group, counts_w))
        if motion.stage in IN_FLIGHT:
            flying.append((motion.group, miner.power_w))
    moving = [(one.group, one.power_w) for one in seen.moving.values()]
    known = seen.curves
    strange = [(c.group, c.power_w) for c in seen.cohorts.values() if c.curve not in known]
    return Drawn(
        reported=_by_scope(seen.site, at_rest + moving),
        counted=_by_scope(seen.site, at_rest + in_full),
        flying=_by_scope(seen.site, flying),
        strange=_by_scope(seen.site, strange),
    )


def _by_scope(site: Site, by_group: Iterable[tuple[str, int]]) -> dict[str, int]:
    groups: dict[str, int] = {}
    for group, power_w in by_group:
        groups[group] = groups.get(group, 0) + power_w
    found: dict[str, int] = {}
    for group, power_w in groups.items():
        for scope in scopes_of(site, group):
            found[scope] = found.get(scope, 0) + power_w
    return found


def other_w(
    seen: Snapshot, state: State, draws: Drawn, moved_at: datetime | None
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
        reported = draws.reported.get(scope, 0)
        if isinstance(meter, Fresh) and known is None:
            found[scope] = max(0, meter.value - reported)
        elif isinstance(meter, Fresh) and known is not None and quiet and seen.fleet_known:
            least = meter.value - draws.counted.get(scope, 0)
            most = meter.value - reported + draws.flying.get(scope, 0)
            found[scope] = max(0, least, min(known, most))
        elif known is not None:
            found[scope] = known
    return found


def fixed_w(seen: Snapshot, draws: Drawn, other: Mapping[str, int]) -> dict[str, int]:
    """By scope, the power that nothing can be told to: other load, miners of an unknown kind, and
    what those not yet heard may draw."""
    found = {
        scope: other.get(scope, 0)
        + draws.strange.get(scope, 0)
        + _unheard_w(seen, draws, other, scope)
        for scope in all_scopes(seen.site)
    }
    return _summed_up(seen.site, found, other)


def expected_w(seen: Snapshot, draws: Drawn, other: Mapping[str, int]) -> dict[str, int]:
    """By scope, the most that it may be drawing now."""
    found = {}
    for scope in all_scopes(seen.site):
        meter = seen.meters_w.get(scope)
        total = draws.counted.get(scope, 0) + other.get(scope, 0)
        found[scope] = max(total, meter.value) if isinstance(meter, Fresh) else total
    return _summed_up(seen.site, found, other)


def _unheard_w(seen: Snapshot, draws: Drawn, other: Mapping[str, int], scope: str) -> int:
    """While miners are heard for the first time: what the meter shows beyond all that is known, as
    those that were not heard yet may be drawing it."""
    meter = seen.meters_w.get(scope)
    if seen.fleet_known or not isinstance(meter, Fresh):
        return 0
    return max(0, meter.value - draws.counted.get(scope, 0) - other.get(scope, 0))


def _summed_up(site: Site, found: dict[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """A breaker that has never had a meter of its own draws what its groups do together."""
    blind = {scope for scope in site.breakers if scope not in other}
    sums: dict[str, int] = {}
    for name, group in site.groups.items():
        if group.breaker in blind:
            sums[group.breaker] = sums.get(group.breaker, 0) + found[name]
    return {**found, **{scope: max(found[scope], sums_w) for scope, sums_w in sums.items()}}
