"""Rows of AEMO's files: C says something of the file, I names columns, D holds what is in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta, timezone
from operator import itemgetter

MARKET_TIME = timezone(timedelta(hours=10))
"""Of all regions, in summer too (National Electricity Rules, chapter 10: EST)."""

_TABLE = ["DISPATCH", "PRICE"]
_COLUMNS = ("REGIONID", "INTERVENTION", "SETTLEMENTDATE", "RRP")
_END = "END OF REPORT"
_STAMP = "%Y/%m/%d %H:%M:%S"


def csv_rows(text: str) -> Iterator[list[str]]:
    """
    Raises:
        ValueError: it is no CSV, saying in which row.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        yield from filter(None, reader)
    except csv.Error as error:
        raise ValueError(f"row {reader.line_num} is no CSV: {error}") from error


def dispatch_prices(rows: Iterable[list[str]], region: str) -> list[tuple[datetime, str]]:
    """End of the interval (aware UTC) and price of each row of a region.

    A file holds several tables: a row `I` names the columns of the rows `D` that follow. During an
    intervention there are two runs; the price is set by the one without it, INTERVENTION 0 (AEMO,
    Guide to Intervention Pricing), and the other shows what was really dispatched.

    Raises:
        ValueError: saying what is missing.
    """
    found = [
        (_moment(stamp), price)
        for place, run, stamp, price in _of_table(rows)
        if place == region and run == "0"
    ]
    if not found:
        raise ValueError(f"table {','.join(_TABLE)} has no price of {region}")
    return found


def _whole(last: list[str], count: int) -> None:
    """The last row counts all rows, itself too (AEMO, CSV Data Format Standard).

    Raises:
        ValueError: there is no such row, or it counts others: the file has been cut off.
    """
    if last[:2] != ["C", _END]:
        raise ValueError(f"does not end with a row {_END}: it has been cut off")
    said = "".join(last[2:3])
    if said != str(count):
        raise ValueError(f"has {count} rows and says {said[:20]!r}: some have been lost")


def _of_table(rows: Iterable[list[str]]) -> Iterator[tuple[str, ...]]:
    """Our columns of the rows of our table, each version of which has its own order; at its end the
    file has to be whole."""
    pick: Callable[[list[str]], tuple[str, ...]] | None = None
    number, row = 0, list[str]()
    for number, row in enumerate(rows, 1):
        if row[1:3] != _TABLE:
            continue
        if row[0] == "I":
            pick = _picker(row)
        elif row[0] == "D":
            if pick is None:
                raise ValueError(f"table {','.join(_TABLE)} has rows before its names")
            try:
                yield pick(row)
            except IndexError:
                raise ValueError(f"row {number} is shorter than its names") from None
    _whole(row, number)


def _picker(names: list[str]) -> Callable[[list[str]], tuple[str, ...]]:
    missing = [name for name in _COLUMNS if name not in names]
    if missing:
        raise ValueError(f"table {','.join(_TABLE)} has no column {missing[0]}")
    return itemgetter(*(names.index(name) for name in _COLUMNS))


def published(first: list[str]) -> datetime:
    """What the first row says: when the file was made."""
    if len(first) < 7 or first[0] != "C":
        raise ValueError("does not begin with a row C that says when it was made")
    return _moment(f"{first[5]} {first[6]}")


def _moment(written: str) -> datetime:
    """The first and the last year would leave no room for an interval."""
    try:
        wall = datetime.strptime(written.strip(), _STAMP)  # noqa: DTZ007 - its zone follows
    except ValueError:
        raise ValueError(f"{written[:40]!r} is no time like 2026/06/19 17:05:00") from None
    if not MINYEAR < wall.year < MAXYEAR:
        raise ValueError(f"{written[:40]!r} is outside the calendar")
    return wall.replace(tzinfo=MARKET_TIME).astimezone(UTC)
