"""What travels from a file to the series: rows, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from controller.backtest.history.cells import finite
from controller.backtest.history.layout import Unit
from controller.backtest.history.place import Source

Written = tuple[int, datetime, float]
"""The row's number, its time as written, with or without an offset, and its value."""

Placed = tuple[int, int, float]
"""The row's number, its time in seconds since 1970 (UTC), and its value."""

_PER_MWH: dict[Unit, float] = {"per_mwh": 1.0, "per_kwh": 1000.0, "cents_per_kwh": 10.0}


def per_mwh(rows: Iterator[Placed], unit: Unit, source: Source) -> Iterator[Placed]:
    """The rows with their values as prices per MWh.

    Raises:
        HistoryError: a value is too large to be converted.
    """
    factor = _PER_MWH[unit]
    return rows if factor == 1.0 else _converted(rows, factor, source)


def _converted(rows: Iterator[Placed], factor: float, source: Source) -> Iterator[Placed]:
    for row, at_s, value in rows:
        try:
            converted = finite(value * factor)
        except ValueError as error:
            raise source.row_error(row, f"{value!r} as a price per MWh: {error}") from error
        yield row, at_s, round(converted, 6)
