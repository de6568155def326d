"""What the loop writes down: intents before they are sent, and never at the cost of control."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog
from msgspec.structs import replace

from controller.app.recorder import Recorder
from controller.core.observations.metering import EnergyReading
from controller.errors import CurtaildError, PermanentError, TemporaryError
from controller.model.books import Interval
from controller.model.fleet import CommandEvent, EvidenceGrade, Stage
from controller.model.plan import Plan
from controller.model.records import (
    CommandRecorded,
    CycleRecorded,
    IntervalClosed,
    Record,
    RunStarted,
)
from controller.model.seen import Snapshot, State
from controller.ports import Ledger

_log = structlog.get_logger(__name__)
PATIENCE_S = 0.25
"""How long an intent may take to be on disk before it is sent all the same, marked late."""
BACKLOG = 20_000
"""Records kept for a ledger that cannot write; beyond, the oldest samples and events go."""


class Diary:
    """Commits each cycle with its events, and later what could not be committed then."""

    def __init__(self, ledger: Ledger, *, shadow: bool = False) -> None:
        self._ledger = ledger
        self._recorder = Recorder()
        self._shadow = shadow
        self._backlog: deque[Record] = deque(maxlen=BACKLOG)
        self._writing: asyncio.Task[None] | None = None

    async def open(self, started: RunStarted) -> None:
        """Write down that a run begins: now, or with the first cycle that can be written."""
        try:
            await self._ledger.commit([started])
        except TemporaryError as error:
            _log.error("ledger_not_written", why=str(error))
            self.note(started)

    def note(self, *records: Record) -> None:
        """Keep these with the next cycle."""
        self._backlog.extend(records)

    async def keep(
        self,
        seen: Snapshot,
        plan: Plan,
        next_at: datetime,
        *,
        before: State,
        after: State,
        energy: EnergyReading | None,
        closed: Sequence[Interval],
    ) -> None:
        """Write a cycle down; returns when it is on disk, cannot be, or takes too long."""
        self.note(*(IntervalClosed(at=seen.now, interval=interval) for interval in closed))
        if self._writing is not None and not self._writing.done():
            # The disk is slower than the loop: this cycle cannot follow the one still waiting.
            self._recorder.lost()
            self.note(*self._events(plan.events, late=True))
            return
        cycle = self._recorder.record(seen, before, plan, after, next_at)
        if energy is not None:
            cycle = replace(cycle, counter_at=energy.at, counter_wh=energy.energy_wh)
        events = self._events(plan.events, late=False)
        self._writing = asyncio.create_task(self._write(cycle, events))
        await asyncio.wait({self._writing}, timeout=PATIENCE_S)
        if not self._writing.done():
            intended = [event for event in plan.events if event.stage is Stage.INTENDED]
            self.note(*self._events(intended, late=True))

    def _events(self, events: Iterable[CommandEvent], *, late: bool) -> list[Record]:
        return [
            CommandRecorded(at=event.at, event=self._honest(event), late=late) for event in events
        ]

    def _honest(self, event: CommandEvent) -> CommandEvent:
        """In shadow mode nothing was sent, so nothing was proven."""
        if self._shadow and event.stage is Stage.CONFIRMED:
            return replace(event, grade=EvidenceGrade.INFERRED, detail="assumed in shadow mode")
        return event

    async def _write(self, cycle: CycleRecorded, events: list[Record]) -> None:
        waiting = list(self._backlog)
        self._backlog.clear()
        try:
            await self._ledger.commit([*waiting, cycle, *events])
        except TemporaryError as error:
            _log.error("ledger_not_written", why=str(error))
            self._recorder.lost()
            # What came meanwhile is the newest: where there is no room for all, it stays.
            kept = [*waiting, *map(_late, events), *self._backlog]
            self._backlog = deque(kept, maxlen=BACKLOG)
        except Exception as error:  # noqa: BLE001 - trying again would not help, the loop goes on
            known = isinstance(error, PermanentError)
            _log.critical(
                "records_cannot_be_written",
                why=str(error),
                lost=len(waiting),
                exc_info=None if known else error,
            )
            self._recorder.lost()

    async def catch_up(self) -> None:
        """Wait until every interval that was closed is on disk.

        Raises:
            TemporaryError: one is not, and waits for a cycle that can be written.
        """
        if self._writing is not None:
            await asyncio.wait({self._writing})
        if any(isinstance(record, IntervalClosed) for record in self._backlog):
            raise TemporaryError("closed intervals still wait to be written: try again")

    async def close(self, *records: Record) -> None:
        """Write what still waits, and these."""
        if self._writing is not None:
            await asyncio.wait({self._writing}, timeout=2.0)
        self._backlog.extend(records)
        try:
            await self._ledger.commit(list(self._backlog))
        except CurtaildError as error:
            _log.error("ledger_not_written", why=str(error), records=len(self._backlog))


def _late(record: Record) -> Record:
    """By the time it can be written its command has long been sent."""
    if isinstance(record, CommandRecorded) and record.event.stage is Stage.INTENDED:
        return replace(record, late=True)
    return record
