"""All motions taken one look further, and new commands made of moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from dataclasses import replace as with_

from msgspec.structs import replace

from controller.core.moves import Step
from controller.core.obedience import (
    Advance,
    Look,
    advance,
    begin,
    deadline_of,
    event_of,
    pacing_of,
)
from controller.model.fleet import Command, CommandEvent, Motion, Stage
from controller.model.seen import Snapshot


@dataclass(slots=True)
class Orders:
    """The commands of one decision, numbered in the order they are made."""

    next_command: int
    commands: list[Command] = field(default_factory=list)
    events: list[CommandEvent] = field(default_factory=list)

    def number(self, command: Command) -> Command:
        numbered = replace(command, id=f"c{self.next_command:09d}")
        self.next_command += 1
        return numbered

    def issue(self, motion: Motion) -> None:
        """Send the motion's command and keep that it was intended."""
        self.commands.append(motion.command)
        self.events.append(
            CommandEvent(
                command=motion.command,
                stage=Stage.INTENDED,
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
    for name, motion in sorted(motions.items()):
        miner = seen.moving.get(name)
        if miner is None or motion.curve not in seen.curves:
            continue
        outcome = by_command.get(motion.command.id)
        own = with_(look, pacing=pacing_of(seen.site, motion.group))
        found: Advance = advance(motion, miner, seen.curves[motion.curve], outcome, own)
        orders.events.extend(found.events)
        if found.motion is not None:
            going[name] = found.motion
    return going


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
        if before is not None and before.stage in (Stage.INTENDED, Stage.SENT):
            overruled = replace(before, stage=Stage.FAILED)
            miner = seen.moving[move.miner]
            if overruled.command.id:
                orders.events.append(event_of(overruled, miner, seen.now, "overruled"))
        command = Command(
            id="",
            miner=move.miner,
            level=move.pool.levels[move.to_rung].name,
            reason=step.reason,
            at=seen.now,
            dispatch=step.dispatch,
        )
        numbered = orders.number(command)
        after[move.miner] = begin(
            numbered,
            deadline_of(numbered, pacing_of(seen.site, move.pool.group), down=move.down),
            group=move.pool.group,
            curve=move.pool.curve,
            from_level=move.from_level,
            proven_w=move.counted_w,
        )
        orders.issue(after[move.miner])
    return after


def issue_repeats(motions: Mapping[str, Motion], orders: Orders) -> dict[str, Motion]:
    """Number and issue the commands that are to be told once more and were not overruled."""
    after = dict(motions)
    for name, motion in sorted(motions.items()):
        if not motion.command.id:
            after[name] = replace(motion, command=orders.number(motion.command))
            orders.issue(after[name])
    return after
