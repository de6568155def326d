"""What both meters counted in a stretch of time, as the ledger has it."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from controller.core.books.revenue.proposal import Metered
from controller.errors import PermanentError
from controller.ledger.connect import reading
from controller.ledger.journal import kind_of, stamp
from controller.ledger.read import decoded
from controller.model.books import Interval
from controller.model.records import IntervalClosed, RevenueImported
from controller.model.revenue_meter import RevenueReading

# Neither is recorded before the time that it is about.
_SINCE = "SELECT seq, body FROM journal WHERE kind IN (?, ?) AND at >= ? ORDER BY seq"
_KINDS = (kind_of(IntervalClosed), kind_of(RevenueImported))
_LAST = "SELECT seq, body FROM journal WHERE kind = ? ORDER BY seq DESC LIMIT 1"


def metered(path: Path, since: datetime, until: datetime) -> Metered:
    """Intervals that begin from `since` on and before `until`; of each its last word.

    Raises:
        CurtaildError: the ledger cannot be read.
    """
    intervals: dict[datetime, Interval] = {}
    readings: dict[datetime, RevenueReading] = {}
    with reading(path) as connection:
        for _, record in decoded(connection.execute(_SINCE, (*_KINDS, stamp(since)))):
            if isinstance(record, IntervalClosed):
                intervals[record.interval.start] = record.interval
            elif isinstance(record, RevenueImported):
                readings.update((one.start, one) for one in record.readings)
    return Metered(
        intervals=[one for at, one in sorted(intervals.items()) if since <= at < until],
        readings={at: one for at, one in sorted(readings.items()) if since <= at < until},
    )


def last_import(connection: sqlite3.Connection) -> RevenueImported | None:
    """The newest import, without its readings; None where there is none.

    Raises:
        PermanentError: it cannot be read.
    """
    for _, record in decoded(connection.execute(_LAST, (kind_of(RevenueImported),))):
        assert isinstance(record, RevenueImported)
        return replace(record, readings=())
    return None


def imported_range(path: Path) -> tuple[datetime, datetime]:
    """The time that the last import is about.

    Raises:
        CurtaildError: there was none, or the ledger cannot be read.
    """
    with reading(path) as connection:
        last = last_import(connection)
    if last is None or last.difference.start is None or last.difference.end is None:
        raise PermanentError(f"{path}: no file of the revenue meter is imported yet")
    return last.difference.start, last.difference.end
