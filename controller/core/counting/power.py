"""How much the site has to be counted with: the larger of what meters and miners say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from controller.core.obedience.evidence import IN_FLIGHT, counted_w
from controller.core.scopes import all_scopes, scopes_of
from controller.model.fleet import Motion
from controller.model.grid import SITE
from controller.model.quality import Fresh, Stale
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
    each: Mapping[str, int]
    """By miner in motion, what it counts with."""


def drawn(seen: Snapshot, motions: Mapping[str, Motion]) -> Drawn:
    """Every miner is looked at once, whatever the number of scopes."""
    each: dict[str, int] = {}
    reported, counted, flying, strange = (Counter[str]() for _ in range(4))
    for cohort in seen.cohorts.values():
        reported[cohort.group] += cohort.power_w
        if cohort.curve not in seen.curves:
            strange[cohort.group] += cohort.power_w
    counted.update(reported)
    for miner in seen.moving.values():
        reported[miner.group] += miner.power_w
    for name, motion in motions.items():
        each[name] = counted_w(motion, seen.moving[name], seen.curves[motion.curve])
        counted[motion.group] += each[name]
        if motion.stage in IN_FLIGHT:
            flying[motion.group] += seen.moving[name].power_w
    return Drawn(
        reported=_by_scope(seen.site, reported),
        counted=_by_scope(seen.site, counted),
        flying=_by_scope(seen.site, flying),
        strange=_by_scope(seen.site, strange),
        each=each,
    )


def _by_scope(site: Site, groups: Mapping[str, int]) -> dict[str, int]:
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
    match: the figure of before stands, until the meter was read after it. While miners are in
    flight it is known between two bounds. A scope seen for the first time is taken as it is; so
    is one whose meter has fallen silent before every miner was heard. Of the site it is no less
    than what meters of neighbours behind its own show.
    """
    quiet = moved_at is None or seen.now - moved_at >= timedelta(seconds=seen.site.settle_s)
    quiet = quiet and seen.fleet_known
    found = {}
    for scope in sorted({SITE, *seen.meters_w}):
        meter = seen.meters_w.get(scope)
        known = state.other_w.get(scope)
        reported = draws.reported.get(scope, 0)
        first = Fresh if seen.fleet_known else Fresh | Stale
        if isinstance(meter, first) and known is None:
            found[scope] = max(0, meter.value - reported)
        elif isinstance(meter, Fresh) and known is not None and quiet and _since(meter, moved_at):
            least = meter.value - draws.counted.get(scope, 0)
            most = most_other_w(meter.value, draws, scope)
            found[scope] = max(0, least, min(known, most))
        elif known is not None:
            found[scope] = known
    return {**found, SITE: max(found[SITE], _behind_w(seen))} if SITE in found else found


def _behind_w(seen: Snapshot) -> int:
    behind = {one.meter for one in seen.site.neighbours.values() if one.behind_site_meter}
    words = [seen.meters_w.get(meter) for meter in behind]
    return sum([word.value for word in words if isinstance(word, Fresh)])


def most_other_w(meter_w: int, draws: Drawn, scope: str) -> int:
    """What a meter leaves to others where every miner at rest tells the truth."""
    return meter_w - draws.reported.get(scope, 0) + draws.flying.get(scope, 0)


def _since(meter: Fresh[int], moved_at: datetime | None) -> bool:
    return moved_at is None or meter.at > moved_at


def fixed_w(
    seen: Snapshot,
    draws: Drawn,
    other: Mapping[str, int],
    least_w: Mapping[str, int],
    fans_w: Mapping[str, int],
) -> dict[str, int]:
    """By scope, the power that nothing can be told to: other load, fans that no meter shows, miners
    of an unknown kind, what those not yet heard may draw, and up to `least_w` what a disputed meter
    shows."""
    found = {
        scope: other.get(scope, 0)
        + fans_w.get(scope, 0)
        + draws.strange.get(scope, 0)
        + max(0, _unheard_w(seen, scope, least_w) - _sum_w(draws, other, scope))
        for scope in all_scopes(seen.site)
    }
    return _summed_up(seen.site, found, other)


def expected_w(
    seen: Snapshot,
    draws: Drawn,
    other: Mapping[str, int],
    least_w: Mapping[str, int],
    fans_w: Mapping[str, int],
) -> dict[str, int]:
    """By scope, the most that it may be drawing now; `least_w` is what disputed meters show."""
    found = {}
    for scope in all_scopes(seen.site):
        meter = seen.meters_w.get(scope)
        total = max(_sum_w(draws, other, scope), least_w.get(scope, 0))
        total = max(total, meter.value) if isinstance(meter, Fresh) else total
        found[scope] = total + fans_w.get(scope, 0)
    return _summed_up(seen.site, found, other)


def _sum_w(draws: Drawn, other: Mapping[str, int], scope: str) -> int:
    return draws.counted.get(scope, 0) + other.get(scope, 0)


def _unheard_w(seen: Snapshot, scope: str, least_w: Mapping[str, int]) -> int:
    """What a meter shows that counts even beyond all that is known: while miners are heard for the
    first time, as those that were not heard yet may be drawing it."""
    meter = seen.meters_w.get(scope)
    if seen.fleet_known or not isinstance(meter, Fresh):
        return least_w.get(scope, 0)
    return meter.value


def _summed_up(site: Site, found: dict[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """A breaker that has never had a meter of its own draws what its groups do together."""
    blind = {scope for scope in site.breakers if scope not in other}
    sums: dict[str, int] = {}
    for name, group in site.groups.items():
        if group.breaker in blind:
            sums[group.breaker] = sums.get(group.breaker, 0) + found[name]
    return {**found, **{scope: max(found[scope], sums_w) for scope, sums_w in sums.items()}}
