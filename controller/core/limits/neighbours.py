"""Firm loads on the same connection: what is kept for them of what it may draw."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from controller.core.limits.reserved import reserved_limits
from controller.model.grid import SITE, Limit
from controller.model.quality import Missing, Observed
from controller.model.remembered import RuleState
from controller.model.rules import Neighbour
from controller.model.seen import Snapshot, State
from controller.reasons import Reason


def metered(seen: Snapshot) -> dict[str, Neighbour]:
    """Those whose share follows a meter, by name."""
    return {name: one for name, one in seen.site.neighbours.items() if one.meter}


def standings(seen: Snapshot, state: State) -> dict[str, RuleState]:
    """What may be kept for each that has a meter, and of when that is."""
    return {
        name: _standing(one, seen.meters_w.get(one.meter), state.rules.get(name), seen.now)
        for name, one in metered(seen).items()
    }


def silent_at(neighbour: Neighbour, standing: RuleState) -> datetime:
    """From when on its meter counts as silent, unless it speaks before."""
    return standing.heard_at + timedelta(seconds=neighbour.silent_after_s)


def neighbour_limits(seen: Snapshot, state: State) -> Iterator[Limit]:
    """One limit for all of them: their shares add up."""
    site = seen.site
    if not site.neighbours:
        return
    kept_w = sum(_kept_w(name, one, seen, state) for name, one in site.neighbours.items())
    whole_w = min([site.import_limit_w, *(one.limit_w for one in reserved_limits(seen))])
    if site.engine is not None:
        whole_w = min(whole_w, site.engine.most_w)
    yield Limit(
        scope=SITE,
        limit_w=max(0, whole_w - kept_w),
        source=", ".join(sorted(site.neighbours)),
        reason=Reason.NEIGHBOUR,
    )


def _kept_w(name: str, neighbour: Neighbour, seen: Snapshot, state: State) -> int:
    """By what the site's own meter has to stay below the limit for this neighbour's sake.

    Once its meter is silent that is all of `firm_w`, also where the site's meter shows what it
    draws: it may draw nothing now and all of it in a moment, and nobody could tell.
    """
    standing = state.rules[name] if neighbour.meter else None
    if standing is None or standing.last_w is None:
        waits = standing is not None and seen.now < silent_at(neighbour, standing)
        return 0 if waits and neighbour.behind_site_meter else neighbour.firm_w
    silent = silent_at(neighbour, standing) <= seen.now
    return max(neighbour.firm_w, standing.last_w) if silent else standing.last_w


def _standing(
    neighbour: Neighbour, meter: Observed[int] | None, before: RuleState | None, now: datetime
) -> RuleState:
    """A meter that was never heard counts from the first look on: it is given its time."""
    if meter is None or isinstance(meter, Missing):
        return before or RuleState(heard_at=now)
    if neighbour.behind_site_meter:
        return RuleState(heard_at=meter.at, last_w=max(0, neighbour.firm_w - meter.value))
    return RuleState(heard_at=meter.at, last_w=max(neighbour.firm_w, meter.value))
