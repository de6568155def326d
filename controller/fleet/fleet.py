"""The `Fleet` port over real interfaces: reads miners, executes commands, decides nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace as with_
from datetime import datetime
from functools import partial
from heapq import nsmallest
from pathlib import Path
from typing import Any

import structlog
from msgspec.structs import replace

from controller.errors import CurtaildError, PermanentError, TemporaryError
from controller.fleet import descriptors
from controller.fleet.crew import Crew, Ended
from controller.fleet.driver import Firmware, Measured, Toolbox
from controller.fleet.faults import FaultKind, MinerError, kind_of
from controller.fleet.identification import Identification
from controller.fleet.inventory import FILE_NAME, Inventory
from controller.fleet.owed import Owed
from controller.fleet.roster import Member, roster
from controller.fleet.rota import CommandQueue, Lane
from controller.fleet.segments import Segments
from controller.fleet.settings import FleetSettings, GroupMiners
from controller.fleet.switch_bank import Bank
from controller.fleet.switches import Switches
from controller.fleet.tally import Tally
from controller.fleet.turns import Turns
from controller.model.fleet import (
    CUT,
    OFF,
    Command,
    Curve,
    Identity,
    MinerReading,
    Outcome,
    Stage,
)
from controller.model.view import FleetHealth, MinerEntry
from controller.ports import Clock

_log = structlog.get_logger(__name__)
_GRACE_S = 2.0
_PATIENCE_S = 2.0


class MinerFleet:
    """Implements `controller.ports.Fleet`."""

    def __init__(
        self,
        *,
        settings: FleetSettings,
        groups: Mapping[str, GroupMiners],
        firmwares: Mapping[str, Firmware],
        state_dir: Path,
        clock: Clock,
        banks: Mapping[str, Bank] | None = None,
    ) -> None:
        """`banks` are the switches of groups that have any.

        Raises:
            PermanentError: a file in `state_dir` is corrupt, or a miner is in two groups.
        """
        self._settings = settings
        self._clock = clock
        self._tally = Tally()
        self._owed = Owed(state_dir / "owed.json")
        tools = Toolbox(settings, self._tally, self._owed)
        used = {declared.driver for declared in groups.values()}
        drivers = {name: firmwares[name].build(tools) for name in used}
        self._members = roster(groups, drivers, settings)
        inventory = Inventory(state_dir / FILE_NAME)
        self._identification = Identification(inventory, self._tally, clock)
        for member in self._members.values():
            self._identification.recall(member)
        self._readings = {miner: member.reading() for miner, member in self._members.items()}
        self._switches = Switches(
            banks or {}, self._members.values(), clock, self._tally, settings.unreachable_after
        )
        self._locked: Callable[[], Collection[str]] = frozenset
        self._crew = Crew(settings.width, settings.reduction_width)
        segments = Segments(settings.segment_width)
        self._turns = Turns(
            self._members,
            segments,
            most_in_doubt=self._crew.most_reads // 2,
            unreachable_after=settings.unreachable_after,
            at=clock.now(),
        )
        self._queue = CommandQueue(segments.has_room)
        self._asked: frozenset[str] = frozenset()
        self._outcomes: list[Outcome] = []
        self._stir = asyncio.Event()
        self._wake: Callable[[], None] = _nobody_to_wake
        self._running: asyncio.Task[None] | None = None

    async def start(self, wake: Callable[[], None]) -> None:
        """
        Raises:
            PermanentError: this process may not open as many files as its widths need.
        """
        descriptors.allow(self._settings.width + self._settings.reduction_width)
        self._wake = wake
        owed = sorted(self._owed.miners())
        if owed:
            _log.warning("owed_since_before", miners=owed)
        self._switches.start(self._switch_shown)
        self._running = asyncio.create_task(self._run())
        self._running.add_done_callback(_say_why_it_ended)

    def heed(self, locked: Callable[[], Collection[str]]) -> None:
        """From now on close no switch in a place that is named by `locked`: miners and groups."""
        self._locked = locked

    def take_over(self, before: MinerFleet) -> None:
        """Know of miners that stay what a stopped fleet knew, and say what it had left to say."""
        self._locked = before._locked
        for miner, member in self._members.items():
            known = before.member(miner)
            if known is not None and member.is_place_of(known):
                member.take_over(known)
                if miner not in self._switches:
                    member.opened = None
                self._readings[miner] = member.reading()
        self._outcomes.extend(before.outcomes())

    def member(self, miner: str) -> Member | None:
        return self._members.get(miner)

    async def stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            self._running = None
        self._switches.stop()
        for command in self._queue.clear():
            self._report(command, Stage.FAILED, "the fleet stopped before it was sent")
        stuck = await self._crew.disband(grace_s=_GRACE_S, patience_s=_PATIENCE_S)
        self._tally.abandoned += stuck
        await self._identification.close(_PATIENCE_S)

    def readings(self) -> Mapping[str, MinerReading]:
        """
        Raises:
            RuntimeError: the fleet's own loop has broken, so that what it says would only grow old.
        """
        if self._running is not None and self._running.done():
            raise RuntimeError("the fleet no longer reads") from self._running.exception()
        return dict(self._readings)

    def curves(self) -> Mapping[str, Curve]:
        return dict(self._identification.curves)

    def send(self, commands: Sequence[Command]) -> None:
        for command in commands:
            if self._running is None:
                self._report(command, Stage.FAILED, "the fleet is not running")
            elif command.miner not in self._members:
                self._report(command, Stage.FAILED, f"{command.miner} is no miner of this site")
            else:
                self._members[command.miner].afterwards = None
                self._enqueue(command)
        self._stir.set()

    def _enqueue(self, command: Command) -> None:
        segment = self._members[command.miner].segment
        replaced = self._queue.put(command, self._lane(command), segment)
        if replaced is not None:
            self._report(replaced, Stage.FAILED, f"superseded by {command.id}")

    def outcomes(self) -> Sequence[Outcome]:
        drained, self._outcomes = self._outcomes, []
        return drained

    def watch(self, miners: Collection[str], asked: Collection[str] = ()) -> None:
        self._asked = frozenset(asked)
        self._turns.watch(self._asked.union(miners), self._clock.now())
        self._stir.set()

    def health(self) -> FleetHealth:
        members = self._members.values()
        problems = (one.problem or one.shut_out or one.miswired for one in members)
        return self._tally.health(
            known=sum(member.identity is not None for member in members),
            reachable=sum(reading.reachable for reading in self._readings.values()),
            refused_credentials=sum(member.refused_credentials for member in members),
            problems=(*filter(None, problems), *self._switches.problems()),
        )

    def listing(self, after: str, most: int) -> Sequence[MinerEntry]:
        later = nsmallest(most, (name for name in self._members if name > after))
        return [self._members[name].entry(self._readings[name]) for name in later]

    async def _run(self) -> None:
        while True:
            self._stir.clear()
            self._begin_commands()
            self._begin_reads()
            await self._pause()

    def _begin_commands(self) -> None:
        while (lane := self._queue.next_lane()) is not None and self._has_room(lane):
            command = self._queue.take()
            assert command is not None, "there is one in that lane"
            member = self._members[command.miner]
            self._turns.tell(member, command.level, self._clock.now())
            begin = self._crew.reduce if lane is Lane.DOWN else self._crew.command
            done = partial(self._command_done, command)
            begin(self._execute(member, command), self._settings.command_timeout_s, done)

    def _has_room(self, lane: Lane) -> bool:
        """Whoever has to come down waits for nobody: limits wait for it. But those that may hang
        leave room for reads, or nobody sees the others obey."""
        if lane is Lane.DOWN:
            return self._crew.can_reduce()
        return self._crew.can_command(in_doubt=lane is Lane.DOWN_IN_DOUBT)

    def _lane(self, command: Command) -> Lane:
        """Whether it asks for less power than its miner last showed, and can hope for an answer."""
        member = self._members[command.miner]
        if not member.comes_down(command.level):
            return Lane.OTHER
        doubtful = member.failures > 0 or command.attempt > 1
        return Lane.DOWN_IN_DOUBT if doubtful else Lane.DOWN

    def _begin_reads(self) -> None:
        now = self._clock.now()
        # Longest: a read, two questions for what it is, a read again, and one for how it is set.
        round_trip_s = self._settings.connect_timeout_s + self._settings.reply_timeout_s
        while self._crew.can_read() and (member := self._turns.take(now)):
            done = partial(self._read_done, member, now)
            self._crew.read(self._look(member), 5 * round_trip_s + 1, done)

    async def _pause(self) -> None:
        """Until something stirs, or the next miner is due and can be read."""
        waits: set[asyncio.Task[Any]] = {asyncio.create_task(self._stir.wait())}
        due = self._turns.next_at() if self._crew.can_read() else None
        if due is not None:
            nap_s = (due - self._clock.now()).total_seconds()
            waits.add(asyncio.ensure_future(self._nap(nap_s)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _nap(self, site_s: float) -> None:
        await self._clock.sleep(site_s)

    async def _look(self, member: Member) -> tuple[Measured, datetime]:
        """What it says, and from when on that is true."""
        identity = member.identity or await self._identification.identify(member)
        at = self._clock.now()
        measured = await self._read(member, identity)
        if not measured.is_of(identity):
            identity = await self._identification.identify(member)
            at = self._clock.now()
            measured = await self._read(member, identity)
        return measured, at

    async def _read(self, member: Member, identity: Identity) -> Measured:
        measured = await member.driver.read(identity)
        if member.asked is None or member.miner not in self._asked:
            return measured
        return with_(measured, settings=await member.asked.settings(identity))

    async def _execute(self, member: Member, command: Command) -> None:
        if command.level == CUT:
            await self._switches.open(member)
            return
        if member.identity is None or member.curve is None:
            raise TemporaryError(member.problem or f"{member.miner}: not identified yet")
        if command.level not in (level.name for level in member.curve.levels):
            raise PermanentError(f"{member.miner}: it has no level {command.level!r}")
        if member.is_cut:
            if command.level != OFF:
                await self._energise(member, command)
        else:
            await member.driver.apply(member.identity, command.level)

    async def _energise(self, member: Member, command: Command) -> None:
        """Close the switch of a miner. It boots as it likes, and is told its level when it answers:
        until then nobody can."""
        if self._is_locked(member):
            raise PermanentError(
                f"{member.miner}: its place is locked: its switch stays open until it is released"
            )
        member.afterwards = command
        await self._switches.close(member)

    def _is_locked(self, member: Member) -> bool:
        return not {member.miner, member.group}.isdisjoint(self._locked())

    def _tell_afterwards(self, member: Member) -> None:
        """What a miner was to be told that answers again. What became of its command was said when
        its switch closed."""
        command, member.afterwards = member.afterwards, None
        if command is None or self._is_locked(member):
            return
        if member.reading().level != command.level:
            self._enqueue(replace(command, id=""))

    def _switch_shown(self, member: Member) -> None:
        before, after = self._readings[member.miner], member.reading()
        self._readings[member.miner] = after
        if before.level != after.level or self._turns.is_watched(member.miner):
            self._wake()

    def _read_done(self, member: Member, began: datetime, ended: Ended) -> None:
        if ended.cancelled():  # the fleet stops
            return
        error = self._error_of(ended, member)
        if error is None:
            changed = member.heard(*ended.result())
            if not member.is_cut:
                self._tell_afterwards(member)
        else:
            changed = member.failed(error, self._settings.unreachable_after)
            if not member.is_cut:
                self._count(error, member)
        if changed and not member.is_cut:
            if member.reachable:
                _log.debug("reachable", miner=member.miner)
            else:
                _log.warning("unreachable", miner=member.miner, why=member.failure)
        self._readings[member.miner] = member.reading()
        self._turns.ended(member, began, self._clock.now())
        self._stir.set()
        if changed or (error is None and self._turns.is_watched(member.miner)):
            self._wake()

    def _error_of(self, ended: Ended, member: Member) -> BaseException | None:
        """What a call failed with, if it did."""
        error = ended.exception()
        if not isinstance(error, TimeoutError):
            return error
        self._tally.abandoned += 1
        return MinerError(FaultKind.NO_REPLY, f"{member.miner}: {error}")

    def _command_done(self, command: Command, ended: Ended) -> None:
        self._queue.done(command.miner)
        member = self._members[command.miner]
        error = None if ended.cancelled() else self._error_of(ended, member)
        if ended.cancelled():
            self._report(command, Stage.FAILED, "the fleet stopped before it was answered")
        elif error is not None:
            member.afterwards = None
            self._count(error, member)
            self._report(command, Stage.FAILED, str(error) or type(error).__name__)
        else:
            self._tally.sent += 1
            self._report(command, Stage.SENT, "")
        self._turns.told(member, self._clock.now())
        self._stir.set()

    def _report(self, command: Command, stage: Stage, detail: str) -> None:
        if not command.id:  # told afterwards: its outcome was said before
            return
        at = self._clock.now()
        self._outcomes.append(
            Outcome(command=command.id, miner=command.miner, stage=stage, at=at, detail=detail)
        )
        self._wake()

    def _count(self, error: BaseException, member: Member) -> None:
        self._tally.failed(kind_of(error))
        if not isinstance(error, CurtaildError):
            _log.error("driver_failed", miner=member.miner, exc_info=error)


def _say_why_it_ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        _log.critical("fleet_failed", exc_info=task.exception())


def _nobody_to_wake() -> None:
    """Before the start nobody waits for outcomes."""
