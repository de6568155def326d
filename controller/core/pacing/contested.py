"""Miners that somebody else keeps waking.

Whoever went off as told, and is found running at rest without having been told to, was woken.
Nobody fights over it for long: with the last wake that its hour allows it is contested. It is told
to be off once more, or its switch is opened where it has one, and then told nothing for a time. All
the while it counts in full, so that others take its place in the same decision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from controller.core.obedience.evidence import is_contested
from controller.core.obedience.motions import Orders
from controller.core.obedience.patience import contested_until, pacing_of
from controller.core.pacing.issuing import begin_move
from controller.core.pacing.moves import Step
from controller.core.pools.cohorts import without
from controller.core.situation import Situation, counted_anew
from controller.model.fleet import CONFIRMED, CUT, OFF, CommandEvent, Motion
from controller.model.remembered import Wakes
from controller.model.seen import Snapshot
from controller.reasons import Reason

WITHIN = timedelta(hours=1)
REMEMBERED = timedelta(days=1)
"""For how long it is known that a miner went off as told."""
NEVER = Wakes()


def fought_over(now: Situation, steps: Iterable[Step]) -> list[Step]:
    """Of the moves to off, those of miners that were woken for the last time that an hour allows.

    A locked place is no contest: whatever runs there is told to stop as often as it takes.
    """
    allowed = now.seen.site.pacing.wakes_per_hour
    return [
        step
        for step in steps
        if _is_woken(step, now.state.wakes)
        and len(_recent(now.state.wakes[step.move.miner], now.seen.now)) + 1 >= allowed
    ]


def given_over(now: Situation, steps: Sequence[Step], orders: Orders) -> Situation:
    """The situation with these miners contested: told for the last time, and counted in full."""
    motions = dict(now.motions)
    for step in steps:
        switched = now.seen.site.groups[step.move.pool.group].switched
        told = step._replace(reason=Reason.CONTESTED)
        motions[step.move.miner] = begin_move(now.seen, told, CUT if switched else OFF, orders)
    names = {step.move.miner for step in steps}
    at_rest, apart = without(now.seen.cohorts, names)
    seen = replace(now.seen, cohorts=at_rest, moving={**now.seen.moving, **apart})
    return counted_anew(now, seen, motions)


def contested(seen: Snapshot, motions: Mapping[str, Motion]) -> dict[str, datetime]:
    """By miner, until when it is told nothing."""
    return {
        name: contested_until(motion, pacing_of(seen.site, motion.group))
        for name, motion in motions.items()
        if is_contested(motion)
    }


def remembered(
    now: Situation, steps: Iterable[Step], given_up: Collection[str], events: Iterable[CommandEvent]
) -> Mapping[str, Wakes]:
    """What is known of wakes after the moves of this look, in which `given_up` became contested."""
    before = now.state.wakes
    news = {name: _told(before[name], now.seen.now, woken=True) for name in given_up}
    for event in events:
        if _went_off(event):
            known = before.get(event.command.miner, NEVER)
            news[event.command.miner] = replace(known, off_at=now.seen.now)
    for step in steps:
        name = step.move.miner
        known = news.get(name, before.get(name, NEVER))
        if known.off_at is not None:
            news[name] = _told(known, now.seen.now, woken=_is_woken(step, before))
    if not news:
        return before
    after = {**before, **news}
    return {name: one for name, one in after.items() if _matters(one, now.seen.now)}


def _went_off(event: CommandEvent) -> bool:
    """As told, and to be told the like again. While a miner is contested nobody counts."""
    command = event.command
    off = event.stage is CONFIRMED and command.level == OFF
    return off and command.reason is not Reason.CONTESTED


def _is_woken(step: Step, wakes: Mapping[str, Wakes]) -> bool:
    """Whether it runs though it went off as told, and was not told to run since."""
    known = wakes.get(step.move.miner)
    return (
        known is not None
        and known.off_at is not None
        and step.move.level == OFF
        and step.reason is not Reason.MAINTENANCE_LOCK
    )


def _told(before: Wakes, now: datetime, *, woken: bool) -> Wakes:
    return Wakes(woken_at=(*_recent(before, now), now) if woken else _recent(before, now))


def _recent(one: Wakes, now: datetime) -> tuple[datetime, ...]:
    return tuple(at for at in one.woken_at if now - at < WITHIN)


def _matters(one: Wakes, now: datetime) -> bool:
    if one.off_at is not None and now - one.off_at < REMEMBERED:
        return True
    return bool(_recent(one, now))
