"""From times by a wall clock to UTC, also where clocks go forward or back.

An hour that is repeated is resolved by the order of the rows: the first pass is summer time, the
second is not, as in the files of ERCOT. With one pass alone it is resolved only where the file
begins or ends with it, or where intervals are longer; else nobody can say which is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from controller.backtest.history.place import EPOCH, SECOND, Source
from controller.backtest.history.repeated_hour import RepeatedHour
from controller.backtest.history.rows import Placed, Written

_WALL_EPOCH = EPOCH.replace(tzinfo=None)


def placed(rows: Iterator[Written], zone: ZoneInfo, source: Source) -> Iterator[Placed]:
    """The rows with their times in UTC, in the order of the file.

    Raises:
        HistoryError: a local time does not exist, or may be one of two.
    """
    hour = RepeatedHour(zone.key, source)
    for row, written, value in rows:
        if written.tzinfo is not None:
            at_s = (written - EPOCH) // SECOND
        else:
            first, second = _offsets_s(written, zone)
            wall_s = (written - _WALL_EPOCH) // SECOND
            if first > second:
                yield from hour.add((row, wall_s, value), first, second)
                continue
            if first < second:
                raise source.row_error(row, _no_such_time(written, zone))
            at_s = wall_s - first
        if hour.pending:
            yield from hour.resolved(next_s=at_s)
        hour.before_s = at_s
        yield row, at_s, value
    yield from hour.resolved(next_s=None)


def _offsets_s(written: datetime, zone: ZoneInfo) -> tuple[int, int]:
    """The offset by the clock that goes before a change, and by the one after it."""
    first, second = zone.utcoffset(written), zone.utcoffset(written.replace(fold=1))
    assert first is not None
    assert second is not None
    if first is second:
        return (offset := first // SECOND), offset
    return first // SECOND, second // SECOND


def _no_such_time(written: datetime, zone: ZoneInfo) -> str:
    return (
        f"{written.isoformat(sep=' ', timespec='minutes')} does not exist in {zone.key}: clocks go "
        "forward over it; mend the time, write it with an offset, or set zone to that of the file"
    )
