"""Where in a file the columns stand that are asked for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from controller.signals.revenue.settings import RevenueMeterSettings

LARGEST = 8 * 1024 * 1024
"""Bytes of a file."""
MOST_LINES = 120_000
_PREAMBLE = 50
"""So many lines may stand above the header: name, address and number of the account."""


class Line(NamedTuple):
    number: int
    cells: Mapping[str, str]
    """Of the columns that are asked for, without spaces around them."""


def lines(content: bytes, settings: RevenueMeterSettings) -> Iterator[Line]:
    """The rows below the header, blank ones left out.

    Raises:
        ValueError: it is no such file, or a row is shorter than what is asked for.
    """
    reader = csv.reader(_text(content, settings), delimiter=settings.delimiter, strict=True)
    wanted = wanted_columns(settings)
    try:
        places = _header(reader, wanted)
        for row in reader:
            if reader.line_num > MOST_LINES:
                raise ValueError(f"has more than {MOST_LINES} lines: import it in parts")
            if any(cell.strip() for cell in row):
                yield Line(reader.line_num, _cells(row, places, reader.line_num))
    except csv.Error as error:
        raise ValueError(f"row {reader.line_num} cannot be read as CSV: {error}") from None


def wanted_columns(settings: RevenueMeterSettings) -> Sequence[str]:
    """Every column that the settings name, once."""
    named = [
        settings.date_column,
        settings.time_column,
        settings.energy_column,
        settings.unit_column,
        settings.revision_column,
        settings.quality_column,
        *settings.only,
    ]
    return list(dict.fromkeys(name for name in named if name is not None))


def _text(content: bytes, settings: RevenueMeterSettings) -> io.StringIO:
    if len(content) > LARGEST:
        raise ValueError(f"is longer than {LARGEST} bytes: import it in parts")
    encoding = "utf-8-sig" if settings.encoding == "utf-8" else settings.encoding
    try:
        return io.StringIO(content.decode(encoding), newline="")
    except UnicodeError:
        raise ValueError(f"is not written in {settings.encoding}: set encoding") from None


def _header(reader: Iterator[list[str]], wanted: Sequence[str]) -> Mapping[str, int]:
    """The first row that has all of the columns, as places by name."""
    nearest: list[str] = []
    for _, row in zip(range(_PREAMBLE), reader, strict=False):
        names = [cell.strip() for cell in row]
        if set(wanted) <= set(names):
            return {name: _only_place(name, names) for name in wanted}
        nearest = max(nearest, names, key=lambda those: len(set(wanted) & set(those)))
    absent = ", ".join(name for name in wanted if name not in nearest)
    there = ", ".join(nearest)[:200] or "nothing"
    raise ValueError(f"has no header with the columns {absent}; nearest is: {there}")


def _only_place(name: str, names: Sequence[str]) -> int:
    if names.count(name) > 1:
        raise ValueError(f"has the column {name} twice")
    return names.index(name)


def _cells(row: Sequence[str], places: Mapping[str, int], number: int) -> Mapping[str, str]:
    if len(row) <= max(places.values()):
        raise ValueError(f"row {number} is shorter than the header: does the file break off?")
    return {name: row[place].strip() for name, place in places.items()}
