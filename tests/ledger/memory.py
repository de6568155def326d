"""The `Ledger` port without a disk, for tests of what uses it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from controller.core.recorded.patch import apply
from controller.errors import TemporaryError
from controller.model.base import encode, from_plain
from controller.model.books import Interval
from controller.model.grid import Dispatch, MaintenanceLock, ManualOrder
from controller.model.records import (
    CycleRecorded,
    DispatchArrived,
    DispatchOptedOut,
    DispatchRecalled,
    IntervalClosed,
    LockArrived,
    OrderArrived,
    Record,
    SampleArrived,
)
from controller.model.seen import State
from controller.model.view import LedgerHealth
from controller.ports import Recovered


class MemoryLedger:
    """Obeys the contract of the real one (tests/ledger/test_contract.py).

    Set `broken` to a reason and commits fail with it; clear `flowing` and they wait.
    """

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self.records: list[Record] = list(records)
        self.broken = ""
        self.flowing = asyncio.Event()
        self.flowing.set()
        self._before = len(self.records)
        self._waiting = 0
        self._last_error = ""
        self._writable = True
        self._closed = False

    async def commit(self, records: Sequence[Record]) -> None:
        if self._closed:
            raise TemporaryError("the ledger is closed")
        bodies = [encode(record) for record in records]
        self._waiting += len(bodies)
        try:
            await self.flowing.wait()
        finally:
            self._waiting -= len(bodies)
        if not bodies:
            return
        self._writable = not self.broken
        if self.broken:
            self._last_error = self.broken
            raise TemporaryError(f"not recorded: {self.broken}")
        self.records += [msgspec.json.decode(body, type=Record) for body in bodies]

    def health(self) -> LedgerHealth:
        return LedgerHealth(
            writable=self._writable and not self._closed,
            waiting=self._waiting,
            last_error=self._last_error,
            written=len(self.records) - self._before,
        )

    async def close(self) -> None:
        self._closed = True

    def recover(self) -> Recovered:
        if not self.records:
            return Recovered()
        now = self.records[-1].at
        return Recovered(
            state=_state(self.records),
            dispatches=_dispatches(self.records),
            orders=_orders(self.records),
            locks=_locks(self.records),
            prices=[
                (record.feed, record.sample)
                for record in self.records
                if isinstance(record, SampleArrived)
                and not record.refused
                and record.at >= now - timedelta(days=2)
            ],
            intervals=_intervals(self.records),
            cycles=_cycles(self.records, now - timedelta(hours=2)),
        )


def _state(records: Iterable[Record]) -> State | None:
    plain = None
    for record in records:
        if isinstance(record, CycleRecorded):
            plain = record.state if record.keyframe else apply(plain, record.state)
    return None if plain is None else from_plain(plain, State)


def _dispatches(records: Iterable[Record]) -> dict[str, Dispatch]:
    accepted = [
        record.dispatch
        for record in records
        if (isinstance(record, DispatchArrived) and record.dispatch and not record.refused)
        or isinstance(record, DispatchRecalled | DispatchOptedOut)
    ]
    by_version = sorted(
        (each for each in accepted if each is not None),
        key=lambda each: (each.version, each.recall is not None, each.opted_out is not None),
    )
    return {each.id: each for each in by_version}


def _orders(records: Iterable[Record]) -> dict[str, ManualOrder]:
    last = {r.order.id: r for r in records if isinstance(r, OrderArrived)}
    return {name: record.order for name, record in last.items() if not record.ended}


def _locks(records: Iterable[Record]) -> dict[str, MaintenanceLock]:
    last = {r.lock.id: r for r in records if isinstance(r, LockArrived)}
    return {name: record.lock for name, record in last.items() if not record.released_by}


def _intervals(records: Iterable[Record]) -> tuple[Interval, ...]:
    last = {r.interval.start: r.interval for r in records if isinstance(r, IntervalClosed)}
    return tuple(sorted(last.values(), key=lambda interval: interval.start))


def _cycles(records: Sequence[Record], since: datetime) -> list[CycleRecorded]:
    cycles = [record for record in records if isinstance(record, CycleRecorded)]
    first = next((i for i, cycle in enumerate(cycles) if cycle.at >= since), len(cycles))
    if first == len(cycles):
        return []
    while not cycles[first].keyframe:
        first -= 1
    return cycles[first:]
