"""Lowering that begins before a dispatch does, so that power is there by its deadline.

A dispatch has to be met by power at its deadline: its start, or its program's response time after
its issue where that is later. Firmware needs time to stop. So whatever the dispatch will turn down
is told at the deadline less the time that miners of its kind take, never later than the start: the
slowest first, and nothing that will be off anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from controller.core.dispatch_limits import limits_of
from controller.core.learned import BEYOND_S, stop_s
from controller.core.planning import Share
from controller.core.situation import Situation
from controller.model.grid import Dispatch, Limit
from controller.model.seen import Snapshot, State
from controller.model.site import Site

AHEAD = 4
"""Of how many dispatches to come the lowering begins before their start: those that start first."""


def deadline(dispatch: Dispatch, site: Site) -> datetime:
    """By when power has to show it. A program that is no longer configured leaves no time."""
    program = site.programs.get(dispatch.program)
    if program is None:
        return dispatch.start
    return max(dispatch.start, dispatch.issued_at + timedelta(seconds=program.response_s))


def told_from(dispatch: Dispatch, site: Site, stop_within_s: int) -> datetime:
    """When miners that take so long to stop are told."""
    latest = deadline(dispatch, site) - timedelta(seconds=stop_within_s)
    return min(dispatch.start, latest)


def coming(seen: Snapshot, by: datetime) -> list[Dispatch]:
    """The next that will be obeyed and that somebody may have to be told of by then, the first to
    start first."""
    groups = (one.stop_within_s for one in seen.site.groups.values())
    longest_s = max(BEYOND_S, seen.site.pacing.stop_within_s, *(one or 0 for one in groups))
    found = (one for one in seen.dispatches.values() if one.asks(seen.now))
    later = [
        one for one in found if one.start > seen.now and told_from(one, seen.site, longest_s) <= by
    ]
    return sorted(later, key=lambda one: (one.start, one.id))[:AHEAD]


def told_at(seen: Snapshot, state: State, by: datetime) -> Iterator[datetime]:
    """When lowering for dispatches to come begins, for each kind of miner; none later than `by` is
    left out."""
    called = coming(seen, by)
    if not called:
        return
    kinds = {f"{cohort.group}/{cohort.curve}" for cohort in seen.cohorts.values()}
    kinds |= {f"{motion.group}/{motion.curve}" for motion in state.motions.values()}
    for seconds in {stop_s(seen, state, kind) for kind in kinds}:
        yield from (told_from(one, seen.site, seconds) for one in called)


def with_lead(
    now: Situation, shares: list[Share], again: Callable[[tuple[Limit, ...]], list[Share]]
) -> list[Share]:
    """The shares, no higher for any pool than those at the start of what it is told of by now.

    `again` shares anew under other limits.
    """
    called = coming(now.seen, now.seen.now)
    if not called:
        return shares
    times = {one.kind: stop_s(now.seen, now.state, one.kind) for one in now.pools}
    told = {seconds: _told(now.seen, called, seconds) for seconds in set(times.values())}
    asked: dict[tuple[str, ...], list[Share]] = {}
    found = list(shares)
    for which, one in enumerate(shares):
        for together in told[times[one.wish.pool.kind]]:
            names = tuple(each.id for each in together)
            if names not in asked:
                asked[names] = again(_limits(now, together))
            found[which] = _lower(found[which], asked[names][which])
    return found


def _told(seen: Snapshot, called: list[Dispatch], seconds: int) -> list[list[Dispatch]]:
    """For each start that miners so slow are told of by now, what is in force then of that and of
    what is in force now."""
    reached = [one for one in called if told_from(one, seen.site, seconds) <= seen.now]
    running = [one for one in seen.dispatches.values() if one.in_force(seen.now)]
    return [
        sorted(
            (one for one in (*running, *reached) if one.in_force(first.start)),
            key=lambda one: one.id,
        )
        for first in reached
    ]


def _limits(now: Situation, together: list[Dispatch]) -> tuple[Limit, ...]:
    others = [one for one in now.limits if not one.dispatch]
    return (*others, *limits_of(together, now.seen.site.programs))


def _lower(one: Share, ahead: Share) -> Share:
    """Of both the lower, with what cuts it."""
    granted = tuple(map(min, one.granted, ahead.granted))
    if granted == one.granted:
        return one
    cut = dict(one.cut)
    for rung, (had, gets) in enumerate(zip(one.granted, granted, strict=True), start=1):
        if gets < had and rung in ahead.cut:
            cut[rung] = ahead.cut[rung]
    return replace(one, granted=granted, cut=cut)
