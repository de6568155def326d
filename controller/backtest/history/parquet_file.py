"""Rows of a Parquet file, read batch by batch. It needs the extra `parquet`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from controller.backtest.history.columns import Column, chosen
from controller.backtest.history.layout import Layout
from controller.backtest.history.parquet_cells import Cells, number_cells, time_cells
from controller.backtest.history.place import Source
from controller.backtest.history.rows import Written

T = TypeVar("T")

PARQUET_ROWS = "row index"
"""Parquet has no lines: its rows are counted from 0, as data frames do."""

_BATCH_ROWS = 8192


def parquet_rows(path: Path, layout: Layout) -> Iterator[Written]:
    """The rows of the file in its order.

    Raises:
        HistoryError: pyarrow is not installed, or the file or a row of it cannot be read.
    """
    source = Source(path, PARQUET_ROWS)
    arrow, parquet = _arrow(source)
    try:
        with parquet.ParquetFile(path) as file:
            yield from _rows(arrow, file, layout, source)
    except (arrow.ArrowException, OSError, UnicodeError) as error:
        raise source.error(f"cannot be read as Parquet ({error}); write it again") from error


def _arrow(source: Source) -> tuple[ModuleType, ModuleType]:
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        why = "is a Parquet file; install curtaild[parquet] to read it, or give it as CSV"
        raise source.error(why) from error


def _rows(arrow: ModuleType, file: Any, layout: Layout, source: Source) -> Iterator[Written]:
    schema = file.schema_arrow
    if not schema.names:
        raise source.error("has no columns; it needs one of times and one of values")
    time, value = chosen(schema.names, layout, source)
    times = time_cells(arrow, schema.types[time.index], time.name, ZoneInfo(layout.zone), source)
    values = number_cells(arrow, schema.types[value.index], value.name, source)
    names = [schema.names[time.index], schema.names[value.index]]
    row = 0
    for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=names, use_threads=False):
        ats, numbers = (batch.column(name) for name in names)
        for at, number in zip(times.plain(ats), values.plain(numbers), strict=True):
            yield (
                row,
                _read(times, at, row, time, source),
                _read(values, number, row, value, source),
            )
            row += 1


def _read(cells: Cells[T], cell: Any, row: int, column: Column, source: Source) -> T:
    if cell is None:
        raise source.cell_error(row, column.name, "is empty; fill it, or leave the row out")
    try:
        return cells.read(cell)
    except ValueError as error:
        raise source.cell_error(row, column.name, error) from error
