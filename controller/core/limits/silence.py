"""What has fallen silent, and where nothing may start until it speaks again.

Silence lowers limits after a declared time; from its first moment on it starts nothing in the place
that the source speaks for, and leaves all other places alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from controller.core.limits import neighbours, rules
from controller.core.scopes import scopes_of
from controller.model.grid import SITE
from controller.model.quality import Fresh, Missing, Observed, Stale
from controller.model.seen import Snapshot, State
from controller.model.site import Site
from controller.reasons import Reason


def listened(seen: Snapshot, state: State) -> State:
    """With what signals, neighbours and the site's meter said, and when. A source that was never
    heard counts from the first look on: it is given its time to speak."""
    found = {**rules.standings(seen, state), **neighbours.standings(seen, state)}
    meter = seen.meters_w.get(SITE)
    heard_at = meter.at if isinstance(meter, Fresh) else state.meter_heard_at or seen.now
    return replace(state, rules=found, meter_heard_at=heard_at)


def meter_silent_at(seen: Snapshot, state: State) -> datetime | None:
    """From when the site's meter counts as silent; None where no safe power is declared."""
    silence = seen.site.meter_silence
    if silence is None or state.meter_heard_at is None:
        return None
    return state.meter_heard_at + timedelta(seconds=silence.after_s)


def silences(seen: Snapshot, state: State) -> Iterator[tuple[str, Reason, datetime]]:
    """Scope, reason and moment from which each source with a declared time counts as silent, if it
    does not speak before."""
    at = meter_silent_at(seen, state)
    if at is not None:
        yield SITE, Reason.METER_SILENT, at
    for name, rule in seen.site.rules.items():
        yield rule.scope, Reason.SIGNAL_SILENT, rules.silent_at(rule, state.rules[name])
    for name, one in neighbours.metered(seen).items():
        yield SITE, Reason.SIGNAL_SILENT, neighbours.silent_at(one, state.rules[name])


def safe_power_holds(seen: Snapshot, state: State) -> bool:
    """Whether a source that bounds the whole site has been silent for its declared time."""
    return any(scope == SITE and at <= seen.now for scope, _, at in silences(seen, state))


def meter_fell_silent(seen: Snapshot) -> bool:
    """Whether the site's meter should speak and does not. A site that has none declares no safe
    power either, and its meter was never heard."""
    meter = seen.meters_w.get(SITE, Missing(why="no meter"))
    return isinstance(meter, Stale) or (
        isinstance(meter, Missing) and seen.site.meter_silence is not None
    )


def closed(seen: Snapshot, state: State) -> dict[str, Reason]:
    """By scope, what keeps everything there from starting: a source that is not fresh, or was last
    heard too long ago."""
    found: dict[str, Reason] = {}
    if meter_fell_silent(seen):
        found[SITE] = Reason.METER_SILENT
    for scope, reason, at in silences(seen, state):
        if at <= seen.now:
            found.setdefault(scope, reason)
    for scope in _unsure(seen):
        found.setdefault(scope, Reason.SIGNAL_SILENT)
    for scope in (*seen.site.breakers, *seen.site.groups):
        if scope in seen.meters_w and _quiet(seen.meters_w, scope):
            found.setdefault(scope, Reason.METER_SILENT)
    return found


def _unsure(seen: Snapshot) -> Iterator[str]:
    """Scopes that a signal or a neighbour's meter bounds and does not speak for now."""
    for rule in seen.site.rules.values():
        if _quiet(seen.signals, rule.signal):
            yield rule.scope
    for one in neighbours.metered(seen).values():
        if _quiet(seen.meters_w, one.meter):
            yield SITE


def _quiet(heard: Mapping[str, Observed[Any]], name: str) -> bool:
    return not isinstance(heard.get(name), Fresh)


def closed_to(site: Site, group: str, where: Mapping[str, Reason]) -> Reason | None:
    """What keeps a group from starting, the widest scope first; None when nothing does."""
    if not where:
        return None
    return next((where[one] for one in scopes_of(site, group) if one in where), None)
