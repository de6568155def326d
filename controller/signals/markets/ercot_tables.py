"""Rows of ERCOT's price reports to intervals. Times are those of Texas, by the hour's end.

A row says by a flag that it is of the second of the two hours that autumn repeats; the hour that
spring skips has no rows (ERCOT Nodal Protocols, section 16.3: operating days of 23 and 25 hours).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from controller.signals.markets.by_node import Row, chosen
from controller.signals.markets.ercot_settings import PriceErcotSettings
from controller.signals.reading.csv_rows import columns
from controller.signals.reading.wall_times import moment

TEXAS = ZoneInfo("America/Chicago")
_SECOND = {"Y": True, "N": False}
_QUARTERS, _HOURS = 4, 24
SCED = timedelta(minutes=5)


class Interval(NamedTuple):
    """A price, as it was written."""

    start: datetime
    end: datetime
    price: str


class Table(NamedTuple):
    """A report's columns, the settlement point first, and how its rows are read."""

    columns: tuple[str, ...]
    read: Callable[[Row], Interval]


def intervals(text: str, settings: PriceErcotSettings) -> list[Interval]:
    """The prices of a settlement point.

    Raises:
        ValueError: saying which column, row or point.
    """
    table = TABLES[settings.product]
    rows = chosen(columns(text, table.columns), settings.settlement_point)
    if settings.product == "spp_15min":
        rows = _of_type(rows, settings)
    return list(_read(rows, table))


def _read(rows: Sequence[Row], table: Table) -> Iterator[Interval]:
    for row in rows:
        try:
            yield table.read(row)
        except (ValueError, KeyError, OverflowError) as error:
            raise ValueError(f"row {', '.join(row)[:80]!r}: {_why(error)}") from error


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, ValueError) else "a flag or time is none of ERCOT's"


def _of_type(rows: Sequence[Row], settings: PriceErcotSettings) -> Sequence[Row]:
    """Load zones stand there twice: as LZ, and energy-weighted as LZEW at another price."""
    wanted, types = settings.settlement_point_type, sorted({row[1] for row in rows})
    point = settings.settlement_point
    if wanted is None and len(types) > 1:
        raise ValueError(
            f"has {point} as {' and '.join(types)}: say which by settlement_point_type"
        )
    if wanted is not None and wanted not in types:
        raise ValueError(f"has {point} as {', '.join(types)}, not as {wanted}")
    return [row for row in rows if row[1] == (wanted or types[0])]


def _quarter(row: Row) -> Interval:
    _, _, date, hour, quarter, flag, price = row
    ends, part = int(hour), int(quarter)
    if not (1 <= ends <= _HOURS and 1 <= part <= _QUARTERS):
        raise ValueError(f"there is no quarter {part} of hour {ends}")
    start = _day(date) + timedelta(hours=ends - 1, minutes=15 * (part - 1))
    return _interval(start, flag, timedelta(minutes=15), price)


def _hour(row: Row) -> Interval:
    _, date, hour, flag, price = row
    ends = int(hour[:2]) if hour[2:] == ":00" else 0
    if not 1 <= ends <= _HOURS:
        raise ValueError(f"there is no hour that ends at {hour}")
    return _interval(_day(date) + timedelta(hours=ends - 1), flag, timedelta(hours=1), price)


def _run(row: Row) -> Interval:
    """A SCED run comes some seconds into its five minutes; one between two is their correction."""
    _, stamp, flag, price = row
    at = datetime.strptime(stamp, "%m/%d/%Y %H:%M:%S")  # noqa: DTZ007 - its zone follows
    start = at - timedelta(minutes=at.minute % 5, seconds=at.second)
    return _interval(start, flag, SCED, price)


def _interval(wall: datetime, flag: str, length: timedelta, price: str) -> Interval:
    start = moment(wall, TEXAS, second=_SECOND[flag])
    return Interval(start, start + length, price.strip())


def _day(date: str) -> datetime:
    return datetime.strptime(date, "%m/%d/%Y")  # noqa: DTZ007 - its zone follows


TABLES = {
    "spp_15min": Table(
        (
            "SettlementPointName",
            "SettlementPointType",
            "DeliveryDate",
            "DeliveryHour",
            "DeliveryInterval",
            "DSTFlag",
            "SettlementPointPrice",
        ),
        _quarter,
    ),
    "lmp_5min": Table(("SettlementPoint", "SCEDTimestamp", "RepeatedHourFlag", "LMP"), _run),
    "day_ahead": Table(
        ("SettlementPoint", "DeliveryDate", "HourEnding", "DSTFlag", "SettlementPointPrice"), _hour
    ),
}
