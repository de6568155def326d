"""New commands made of moves, and those that are told once more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from msgspec.structs import replace

from controller.core.obedience.command import begin, event_of, is_due
from controller.core.obedience.evidence import IN_FLIGHT
from controller.core.obedience.motions import Orders
from controller.core.obedience.patience import deadline_of, pacing_of
from controller.core.pacing.moves import Step
from controller.model.fleet import FAILED, Command, Motion
from controller.model.seen import Snapshot


def begin_moves(
    seen: Snapshot,
    motions: Mapping[str, Motion],
    steps: Iterable[Step],
    orders: Orders,
) -> dict[str, Motion]:
    """The motions with those of new moves; a move overrules the motion its miner was in. One that
    starts though no meter has shown its stop is late with coming down to what it is told."""
    after = dict(motions)
    for step in steps:
        move = step.move
        before = after.get(move.miner)
        if before is not None and before.stage in IN_FLIGHT:
            overruled = replace(before, stage=FAILED)
            miner = seen.moving[move.miner]
            if overruled.command.id:
                orders.events.append(event_of(overruled, miner, seen.now, "overruled"))
        late = before is not None and (before.late if move.down else before.stage is FAILED)
        after[move.miner] = begin_move(seen, step, move.level, orders, late=late)
    return after


def begin_move(
    seen: Snapshot, step: Step, level: str, orders: Orders, *, late: bool = False
) -> Motion:
    """A move's command, issued, and the motion that it starts."""
    move = step.move
    command = Command(
        id=orders.new_id(),
        miner=move.miner,
        level=level,
        reason=step.reason,
        at=seen.now,
        dispatch=step.dispatch,
    )
    motion = begin(
        command,
        deadline_of(command, pacing_of(seen.site, move.pool.group), down=move.down),
        group=move.pool.group,
        curve=move.pool.curve,
        from_level=move.from_level,
        proven_w=move.counted_w,
        late=late,
    )
    orders.issue(motion)
    return motion


def issue_repeats(
    motions: Mapping[str, Motion], orders: Orders, held: Collection[str], now: datetime
) -> dict[str, Motion]:
    """Number and issue the commands that are to be told once more and were not overruled. Those
    that are held have their time from when they are told."""
    after = dict(motions)
    for name, motion in sorted(motions.items()):
        if is_due(motion):
            due = _from_now(motion, now)
            if name not in held:
                due = replace(due, command=orders.number(due.command), told=None)
                orders.issue(due)
            after[name] = due
    return after


def _from_now(motion: Motion, now: datetime) -> Motion:
    later = now - motion.command.at
    return replace(
        motion, command=replace(motion.command, at=now), deadline=motion.deadline + later
    )
