"""What a new process has to know of the time before it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from controller.core.recorded.chain import Whole, unfold
from controller.errors import PermanentError
from controller.ledger.connect import reading
from controller.ledger.journal import kind_of, stamp
from controller.ledger.metered import last_import
from controller.ledger.read import decoded
from controller.model.base import from_plain
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
    SampleArrived,
)
from controller.model.samples import Sample
from controller.model.seen import State
from controller.ports import Recovered

PRICES = timedelta(days=2)
CYCLES = timedelta(hours=2)

_NEWEST = "SELECT at FROM journal ORDER BY seq DESC LIMIT 1"
_ALL = "SELECT seq, body FROM journal WHERE kind = ? ORDER BY seq"
_SINCE = "SELECT seq, body FROM journal WHERE kind = ? AND at >= ? ORDER BY seq"
_DISPATCHES = "SELECT seq, body FROM journal WHERE kind IN (?, ?, ?) ORDER BY seq"
_BACKWARDS = "SELECT seq, body FROM journal WHERE kind = 'cycle' ORDER BY seq DESC"


def recover(path: Path) -> Recovered:
    """What the ledger at `path` knows; it may be written to meanwhile.

    Two days and two hours count back from the newest row, not from today.

    Raises:
        CurtaildError: it cannot be read.
    """
    with reading(path) as connection:
        newest = connection.execute(_NEWEST).fetchone()
        if newest is None:
            return Recovered()
        now = datetime.fromisoformat(newest[0])
        cycles = _cycles(connection, now - CYCLES)
        return Recovered(
            state=_state(cycles),
            dispatches=_dispatches(connection),
            orders=_orders(connection),
            locks=_locks(connection),
            prices=_prices(connection, now - PRICES),
            intervals=_intervals(connection),
            imported=last_import(connection),
            cycles=cycles if cycles and cycles[-1].at >= now - CYCLES else (),
        )


def _cycles(connection: sqlite3.Connection, since: datetime) -> Sequence[CycleRecorded]:
    """All from `since` on, and as many before as it takes to begin with a keyframe."""
    cycles: list[CycleRecorded] = []
    for _, record in decoded(connection.execute(_BACKWARDS)):
        assert isinstance(record, CycleRecorded)
        # Later than the cycle after it: site time was set back, that is another history.
        if cycles and cycles[-1].keyframe and not since <= record.at <= cycles[-1].at:
            break
        cycles.append(record)
    return cycles[::-1]


def _state(cycles: Sequence[CycleRecorded]) -> State | None:
    whole: Whole | None = None
    try:
        for cycle in cycles:
            whole = unfold(whole, cycle)
        return None if whole is None else from_plain(whole.state, State)
    except ValueError as problem:
        raise PermanentError(
            f"the last state cannot be read by this version of the code: {problem}; "
            "start the version that wrote it, or an empty state directory"
        ) from problem


def _dispatches(connection: sqlite3.Connection) -> dict[str, Dispatch]:
    """The newest version of each; one that was recalled, or that somebody opted out of, comes back
    by a newer version only."""
    newest: dict[str, Dispatch] = {}
    kinds = (kind_of(DispatchArrived), kind_of(DispatchRecalled), kind_of(DispatchOptedOut))
    for _, record in decoded(connection.execute(_DISPATCHES, kinds)):
        assert isinstance(record, DispatchArrived | DispatchRecalled | DispatchOptedOut)
        dispatch = record.dispatch
        if dispatch is None or (isinstance(record, DispatchArrived) and record.refused):
            continue
        known = newest.get(dispatch.id)
        if known is None or _follows(dispatch, known):
            newest[dispatch.id] = dispatch
    return newest


def _follows(dispatch: Dispatch, known: Dispatch) -> bool:
    said_by_people = dispatch.recall is not None or dispatch.opted_out is not None
    if known.recall is not None or (known.opted_out is not None and not said_by_people):
        return known.version < dispatch.version
    return known.version <= dispatch.version


def _intervals(connection: sqlite3.Connection) -> Sequence[Interval]:
    newest: dict[datetime, Interval] = {}
    for _, record in decoded(connection.execute(_ALL, (kind_of(IntervalClosed),))):
        assert isinstance(record, IntervalClosed)
        newest[record.interval.start] = record.interval
    return tuple(newest[start] for start in sorted(newest))


def _orders(connection: sqlite3.Connection) -> dict[str, ManualOrder]:
    orders: dict[str, ManualOrder] = {}
    for _, record in decoded(connection.execute(_ALL, (kind_of(OrderArrived),))):
        assert isinstance(record, OrderArrived)
        if record.ended:
            orders.pop(record.order.id, None)
        else:
            orders[record.order.id] = record.order
    return orders


def _locks(connection: sqlite3.Connection) -> dict[str, MaintenanceLock]:
    locks: dict[str, MaintenanceLock] = {}
    for _, record in decoded(connection.execute(_ALL, (kind_of(LockArrived),))):
        assert isinstance(record, LockArrived)
        if record.released_by:
            locks.pop(record.lock.id, None)
        else:
            locks[record.lock.id] = record.lock
    return locks


def _prices(connection: sqlite3.Connection, since: datetime) -> list[tuple[str, Sample]]:
    rows = connection.execute(_SINCE, (kind_of(SampleArrived), stamp(since)))
    records = (record for _, record in decoded(rows))
    kept = [r for r in records if isinstance(r, SampleArrived) and not r.refused]
    return [(one.feed, one.sample) for one in kept]
