"""All motions taken one look further, and new commands made of moves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from dataclasses import replace as with_
from datetime import datetime

from msgspec.structs import replace

from controller.core.evidence import IN_FLIGHT, Look
from controller.core.failsafe import FOR_MONEY
from controller.core.moves import Step
from controller.core.obedience import Advance, advance, begin, event_of
from controller.core.patience import deadline_of, pacing_of
from controller.core.silence import closed_to
from controller.model.fleet import CONFIRMED, FAILED, INTENDED, Command, CommandEvent, Motion
from controller.model.seen import Snapshot


@dataclass(slots=True)
class Orders:
    """The commands of one decision, numbered in the order they are made."""

    next_command: int
    commands: list[Command] = field(default_factory=list)
    events: list[CommandEvent] = field(default_factory=list)

    def number(self, command: Command) -> Command:
        return replace(command, id=self.new_id())

    def new_id(self) -> str:
        number = self.next_command
        self.next_command += 1
        return f"c{number:09d}"

    def issue(self, motion: Motion) -> None:
        """Send the motion's command and keep that it was intended."""
        self.commands.append(motion.command)
        self.events.append(
            CommandEvent(
                command=motion.command,
                stage=INTENDED,
                at=motion.command.at,
                group=motion.group,
                power_w=motion.proven_w,
            )
        )


def look_again(
    seen: Snapshot, motions: Mapping[str, Motion], look: Look, orders: Orders
) -> dict[str, Motion]:
    """The motions that go on, with what their miners showed; repeats are not yet issued.

    A miner that is no longer among those seen has left the configuration: its motion ends.
    """
    by_command = seen.outcomes
    going: dict[str, Motion] = {}
    looks: dict[tuple[str, bool], Look] = {}
    for name, motion in sorted(motions.items()):
        miner = seen.moving.get(name)
        if miner is None or motion.curve not in seen.curves:
            continue
        outcome = by_command.get(motion.command.id)
        may_start = look.may_start and _may_start(seen, motion, look)
        alike = (motion.group, may_start)
        own = looks.get(alike)
        if own is None:
            own = with_(look, pacing=pacing_of(seen.site, motion.group), may_start=may_start)
            looks[alike] = own
        found: Advance = advance(motion, miner, seen.curves[motion.curve], outcome, own)
        orders.events.extend(found.events)
        if found.motion is not None:
            going[name] = found.motion
    return going


def still_resting(motions: Mapping[str, Motion], now: datetime) -> dict[str, Motion]:
    """Without those that have arrived and need no rest: they can be told the next in this look."""
    return {
        name: motion
        for name, motion in motions.items()
        if motion.stage is not CONFIRMED
        or (motion.rest_until is not None and motion.rest_until > now)
    }


def _may_start(seen: Snapshot, motion: Motion, look: Look) -> bool:
    """Whether a start may be told once more where this miner stands, and for what it is for."""
    closed = closed_to(seen.site, motion.group, look.closed) is not None
    return not closed and not (look.held and motion.command.reason in FOR_MONEY)


def begin_moves(
    seen: Snapshot,
    motions: Mapping[str, Motion],
    steps: Iterable[Step],
    orders: Orders,
) -> dict[str, Motion]:
    """The motions with those of new moves; a move overrules the motion its miner was in."""
    after = dict(motions)
    for step in steps:
        move = step.move
        before = after.get(move.miner)
        if before is not None and before.stage in IN_FLIGHT:
            overruled = replace(before, stage=FAILED)
            miner = seen.moving[move.miner]
            if overruled.command.id:
                orders.events.append(event_of(overruled, miner, seen.now, "overruled"))
        late = before is not None and before.late and move.down
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
        if not motion.command.id:
            due = _from_now(motion, now)
            if name not in held:
                due = replace(due, command=orders.number(due.command))
                orders.issue(due)
            after[name] = due
    return after


def _from_now(motion: Motion, now: datetime) -> Motion:
    later = now - motion.command.at
    return replace(
        motion, command=replace(motion.command, at=now), deadline=motion.deadline + later
    )
