"""Columns of a CSV document by their names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from operator import itemgetter

_SHOWN = 12


def text_of(body: bytes) -> str:
    """
    Raises:
        ValueError: it is not UTF-8.
    """
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 at byte {error.start}: its charset is another") from error


def columns(text: str, wanted: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Of each row the values of at least two columns, in the order in which they are wanted. Empty
    lines are none.

    Raises:
        ValueError: it has no such columns, a row is too short, or it is no CSV; saying where.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(filter(None, reader), [])]
        pick = itemgetter(*(_place(name, header) for name in wanted))
        yield from map(pick, filter(None, reader))
    except IndexError:
        raise ValueError(f"row {reader.line_num} is shorter than the header") from None
    except csv.Error as error:
        raise ValueError(f"row {reader.line_num} is no CSV: {error}") from error


def _place(name: str, header: list[str]) -> int:
    if name in header:
        return header.index(name)
    there = ", ".join(one[:40] for one in header[:_SHOWN]) or "nothing"
    raise ValueError(f"has no column {name!r}; it has {there}")
