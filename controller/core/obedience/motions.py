"""All motions taken one look further, and the commands of one decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import replace as with_
from datetime import datetime

from msgspec.structs import replace

from controller.core.limits.failsafe import FOR_MONEY
from controller.core.limits.silence import closed_to
from controller.core.obedience.command import Advance, advance
from controller.core.obedience.evidence import Look
from controller.core.obedience.patience import pacing_of
from controller.model.fleet import CONFIRMED, INTENDED, Command, CommandEvent, Motion
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
    """Without those that have arrived and need no rest any more: they can be told the next in this
    look."""
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
