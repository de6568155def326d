"""Lowering that begins before a dispatch does, so that power is there by its deadline.

A dispatch has to be met by power at its deadline: its start, or its program's response time after
its issue where that is later. Firmware needs time to stop. So whatever the dispatch will turn down
is told at the deadline less the time that miners of its kind take, never later than the start: the
slowest first, and nothing that will be off anyway. Where the site may only come down in steps, all
are told by so much sooner as these take.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace as changed

from controller.core.limits.by_dispatch import limits_of
from controller.core.limits.floors import floors
from controller.core.obedience.learned import BEYOND_S, stop_s
from controller.core.planning.sharing import Share
from controller.core.situation import Situation
from controller.model.grid import SITE, Dispatch
from controller.model.seen import Snapshot, State
from controller.model.site import Site

AHEAD = 4
"""For how many starts to come the lowering begins before them: the next."""


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
    """Those of the next starts that will be obeyed and that somebody may have to be told of by
    then, the first to start first."""
    groups = (one.stop_within_s for one in seen.site.groups.values())
    longest_s = max(BEYOND_S, seen.site.pacing.stop_within_s, *(one or 0 for one in groups))
    found = (one for one in seen.dispatches.values() if one.asks(seen.now))
    later = [
        one for one in found if one.start > seen.now and told_from(one, seen.site, longest_s) <= by
    ]
    starts = sorted({one.start for one in later})[:AHEAD]
    return sorted(
        (one for one in later if one.start in starts), key=lambda one: (one.start, one.id)
    )


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


class Ahead(NamedTuple):
    """A start that is near."""

    then: Situation
    """With the limits and floors that hold at it."""
    kinds: frozenset[str]
    """Whose miners are told of it by now."""


def with_lead(
    now: Situation, shares: list[Share], again: Callable[[Situation], list[Share]]
) -> list[Share]:
    """The shares, no higher for any pool than those at the start of what it is told of by now.

    `again` shares anew under other limits and floors.
    """
    found = shares
    for one in ahead(now):
        found = [
            _lower(share, later) if share.wish.pool.kind in one.kinds else share
            for share, later in zip(found, again(one.then), strict=True)
        ]
    return found


def ahead(now: Situation) -> list[Ahead]:
    """The starts that somebody is told of by now, each with what is in force at it of that."""
    kinds: dict[tuple[datetime, tuple[str, ...]], set[str]] = {}
    for kind, reached in told_of(now).items():
        for start in sorted({each.start for each in reached}):
            together = _together(now.seen, reached, start)
            kinds.setdefault((start, tuple(each.id for each in together)), set()).add(kind)
    return [
        Ahead(_then(now, [now.seen.dispatches[one] for one in ids], start), frozenset(told))
        for (start, ids), told in sorted(kinds.items())
    ]


def told_of(now: Situation) -> Mapping[str, list[Dispatch]]:
    """By kind of miners, which dispatches to come they are told of by now: whoever was stays so
    while it rests, though it was quicker than it was known to be. Empty where none is near."""
    called = coming(now.seen, now.seen.now)
    if not called:
        return {}
    site, motions = now.seen.site, now.motions.values()
    sooner_s = {one.id: _staged_s(now, one) for one in called}
    going = {(f"{one.group}/{one.curve}", one.command.dispatch) for one in motions}
    found: dict[str, list[Dispatch]] = {}
    for kind in dict.fromkeys(pool.kind for pool in now.pools):
        takes_s = stop_s(now.seen, now.state, kind)
        found[kind] = [
            one
            for one in called
            if (kind, one.id) in going
            or told_from(one, site, takes_s + sooner_s[one.id]) <= now.seen.now
        ]
    return found


def _staged_s(now: Situation, one: Dispatch) -> int:
    """How long the steps take in which the site may come down, but for the first: each takes as
    many of the biggest miners as fit."""
    pacing = now.seen.site.pacing
    if pacing.largest_step_down_w is None:
        return 0
    biggest_w = max((pool.units_w[-1] - pool.units_w[0] for pool in now.pools), default=0)
    if biggest_w <= 0:
        return 0
    step_w = max(1, pacing.largest_step_down_w // biggest_w) * biggest_w
    together = _together(now.seen, [one], one.start)
    limit_w = min(each.limit_w for each in limits_of(together, now.seen.site.programs))
    steps = -(-(now.expected_w[SITE] - limit_w) // step_w)
    return max(0, steps - 1) * pacing.step_s


def _together(seen: Snapshot, reached: list[Dispatch], start: datetime) -> list[Dispatch]:
    """What is in force at a start, of what is reached and of what is in force now."""
    running = [one for one in seen.dispatches.values() if one.in_force(seen.now)]
    return sorted(
        (one for one in (*running, *reached) if one.in_force(start)), key=lambda one: one.id
    )


def _then(now: Situation, together: list[Dispatch], start: datetime) -> Situation:
    """What will hold at a start: a reserve that is being called is no floor any more."""
    others = [one for one in now.limits if not one.dispatch]
    return replace(
        now,
        limits=(*others, *limits_of(together, now.seen.site.programs)),
        floors=floors(changed(now.seen, now=start)),
    )


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
