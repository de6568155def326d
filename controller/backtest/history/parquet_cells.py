"""What the columns of a Parquet file may be of, and how their cells are read.

pyarrow comes without types and may be missing: it is handed in, and what it gives is `Any`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import ModuleType
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from controller.backtest.history.cells import finite, read_number, read_time, start_of_day, usable
from controller.backtest.history.place import EPOCH, Source

T = TypeVar("T")

_PER_SECOND = {"s": 1, "ms": 1000, "us": 1_000_000, "ns": 1_000_000_000}


@dataclass(frozen=True, slots=True)
class Cells(Generic[T]):
    """How a column is read."""

    plain: Callable[[Any], list[Any]]
    """From pyarrow's array to Python's objects, None where a cell is empty."""
    read: Callable[[Any], T]
    """From such an object to what it means. Raises ValueError, saying what is wrong."""


def time_cells(
    arrow: ModuleType, kind: Any, column: str, zone: ZoneInfo, source: Source
) -> Cells[datetime]:
    """How a column of times is read.

    Raises:
        HistoryError: it is of a type that holds no times.
    """
    if arrow.types.is_timestamp(kind):
        # pyarrow's own objects of nanoseconds need pandas: whole numbers need nothing.
        return Cells(_cast(arrow.int64()), _stamp_reader(kind.unit, aware=kind.tz is not None))
    if arrow.types.is_date(kind):
        return Cells(_as_is, lambda day: usable(_day(day, zone)))
    if _is_text(arrow, kind):
        return Cells(_as_is, lambda text: read_time(text, zone))
    raise source.error(
        f"column {column} is of type {kind}; times are timestamps, dates or text: "
        "set time_column to another, or write the file again"
    )


def number_cells(arrow: ModuleType, kind: Any, column: str, source: Source) -> Cells[float]:
    """How a column of values is read.

    Raises:
        HistoryError: it is of a type that holds no numbers.
    """
    if arrow.types.is_floating(kind):
        return Cells(_cast(arrow.float64()), finite)
    if arrow.types.is_integer(kind) or arrow.types.is_decimal(kind):
        return Cells(_as_is, lambda number: finite(float(number)))
    if _is_text(arrow, kind):
        return Cells(_as_is, read_number)
    raise source.error(
        f"column {column} is of type {kind}; values are numbers or text: "
        "set value_column to another, or write the file again"
    )


def _is_text(arrow: ModuleType, kind: Any) -> bool:
    if arrow.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(arrow.types.is_string(kind) or arrow.types.is_large_string(kind))


def _as_is(cells: Any) -> list[Any]:
    return list(cells.to_pylist())


def _cast(kind: Any) -> Callable[[Any], list[Any]]:
    return lambda cells: _as_is(cells.cast(kind))


def _day(day: date, zone: ZoneInfo) -> datetime:
    return start_of_day(datetime.combine(day, time()), zone)


def _stamp_reader(unit: str, *, aware: bool) -> Callable[[int], datetime]:
    per_second = _PER_SECOND[unit]

    def read(stamp: int) -> datetime:
        seconds, rest = divmod(stamp, per_second)
        if rest:
            raise ValueError(f"{stamp} {unit} has a fraction of a second; write whole seconds")
        try:
            at = EPOCH + timedelta(seconds=seconds)
        except OverflowError:
            raise ValueError(f"{stamp} {unit} is outside the calendar; mend the time") from None
        return usable(at if aware else at.replace(tzinfo=None))

    return read
