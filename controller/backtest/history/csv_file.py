"""Rows of a CSV file, packed or not, read as a stream."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator
from io import BufferedIOBase
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from controller.backtest.history.cells import read_number, read_time
from controller.backtest.history.columns import Column, chosen
from controller.backtest.history.layout import Layout
from controller.backtest.history.place import Source
from controller.backtest.history.rows import Written

if TYPE_CHECKING:
    from _csv import Reader

_LONGEST_LINE = 1 << 20
_NOT_CSV = {
    b"PK\x03\x04": "is a zip archive or a spreadsheet; save it as CSV",
    b"PAR1": "is a Parquet file that was packed; unpack it",
    b"\x1f\x8b": "is packed twice; unpack it once",
}


def csv_rows(path: Path, layout: Layout, *, packed: bool) -> Iterator[Written]:
    """The rows of the file in its order; blank lines are passed over.

    Raises:
        HistoryError: the file or a row of it cannot be read.
    """
    source = Source(path)
    with path.open("rb") as file:
        stream = gzip.GzipFile(fileobj=file) if packed else file
        reader = csv.reader(_lines(stream, source), strict=True)
        try:
            yield from _rows(reader, layout, source)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            why = f"the packed file breaks off or is damaged ({error}); fetch or pack it again"
            raise source.row_error(reader.line_num + 1, why) from error
        except csv.Error as error:
            why = f"is not CSV ({error}); mend its quotes and line ends"
            raise source.row_error(reader.line_num, why) from error


def _lines(stream: BufferedIOBase, source: Source) -> Iterator[str]:
    """Line by line, so that what cannot be decoded has a row and no line is endless."""
    for row, line in enumerate(iter(lambda: stream.readline(_LONGEST_LINE), b""), start=1):
        if row == 1:
            _check_start(line, source)
        if len(line) == _LONGEST_LINE:
            raise source.row_error(row, f"is over {_LONGEST_LINE} bytes long; this is not CSV")
        try:
            yield line.decode("utf-8-sig" if row == 1 else "utf-8")
        except UnicodeDecodeError as error:
            why = f"is not UTF-8 (byte {error.start + 1} of the line); save the file as UTF-8"
            raise source.row_error(row, why) from error


def _check_start(line: bytes, source: Source) -> None:
    for magic, why in _NOT_CSV.items():
        if line.startswith(magic):
            raise source.error(why)


def _rows(reader: Reader, layout: Layout, source: Source) -> Iterator[Written]:
    header = next(reader, None)
    if not header:
        raise source.error("is empty; its first row has to name the columns")
    zone = ZoneInfo(layout.zone)
    time, value = chosen(header, layout, source)
    _check_header(time, zone, source)
    width, time_index, value_index = len(header), time.index, value.index
    for cells in reader:
        if len(cells) != width:
            if not cells:
                continue
            why = f"has {len(cells)} cells where the header has {width}; mend the row"
            raise source.row_error(reader.line_num, why)
        try:
            at = read_time(cells[time_index], zone)
        except ValueError as error:
            raise source.cell_error(reader.line_num, time.name, error) from error
        try:
            number = read_number(cells[value_index])
        except ValueError as error:
            raise source.cell_error(reader.line_num, value.name, error) from error
        yield reader.line_num, at, number


def _check_header(time: Column, zone: ZoneInfo, source: Source) -> None:
    """A file without a header would lose its first row unnoticed."""
    try:
        read_time(time.name, zone)
    except ValueError:
        return
    raise source.row_error(1, "holds a time where it has to name the columns; add a header")
