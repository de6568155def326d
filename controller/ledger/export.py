"""Parts of the ledger as CSV or JSON lines, for auditors and spreadsheets."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, TextIO

import msgspec

from controller.errors import PermanentError
from controller.ledger.connect import reading
from controller.ledger.cycles import COLUMNS, cycles
from controller.ledger.journal import stamp
from controller.model.base import encode

Format = Literal["csv", "json"]
Rows = Iterable[Sequence[Any]]


class Part(StrEnum):
    """What can be exported."""

    INTERVALS = "intervals"
    CURTAILED = "curtailed"
    COMMANDS = "commands"
    DISPATCHES = "dispatches"
    RECALLS = "recalls"
    OPT_OUTS = "opt_outs"
    ORDERS = "orders"
    LOCKS = "locks"
    SAMPLES = "samples"
    REVENUE_METER = "revenue_meter"
    IMPORTS = "imports"
    CYCLES = "cycles"
    RUNS = "runs"


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a part comes from, and which time a range is about."""

    view: str
    time: str = "at"
    order: str = "seq"
    where: str = "true"
    without: frozenset[str] = frozenset()


# Of the books the exact decimals, not the floating point numbers of the views for people.
_SOURCES = {
    Part.INTERVALS: _Source(
        "interval_exact", "start_at", "start_at", "newest", frozenset({"newest", "curtailed"})
    ),
    Part.CURTAILED: _Source(
        "curtailed_exact", "start_at", "start_at, reason", "newest", frozenset({"newest"})
    ),
    Part.COMMANDS: _Source("commands", "ordered_at"),
    Part.DISPATCHES: _Source("dispatches"),
    Part.RECALLS: _Source("recalls"),
    Part.OPT_OUTS: _Source("opt_outs"),
    Part.ORDERS: _Source("orders"),
    Part.LOCKS: _Source("locks"),
    Part.SAMPLES: _Source("samples"),
    Part.REVENUE_METER: _Source(
        "revenue_exact", "start_at", "start_at", "newest", frozenset({"newest"})
    ),
    Part.IMPORTS: _Source("imports"),
    Part.RUNS: _Source("runs", "started_at", "run"),
}

_NESTED = frozenset({"dispatches", "insisted", "sent", "settings"})
"""Columns that hold JSON: part of the line in JSON, text in CSV."""


def export(
    path: Path,
    part: Part,
    form: Format,
    out: TextIO,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Write a part of the ledger to `out` and return the number of rows.

    From `since` on and before `until`: the beginning of an interval, the time of an order to a
    miner, otherwise the time of the record. Rows are streamed; the daemon may write meanwhile.

    Raises:
        CurtaildError: the ledger cannot be read.
        PermanentError: a time of the range has no zone.
    """
    for at in (since, until):
        if at is not None and at.tzinfo is None:
            raise PermanentError(f"{at.isoformat()} needs a zone, for example {at.isoformat()}Z")
    write = _csv if form == "csv" else _json
    if part is Part.CYCLES:
        return write(COLUMNS, cycles(path, since, until), out)
    with reading(path) as connection:
        columns, rows = _select(connection, part, since, until)
        return write(columns, rows, out)


def _select(
    connection: sqlite3.Connection, part: Part, since: datetime | None, until: datetime | None
) -> tuple[Sequence[str], Rows]:
    source = _SOURCES[part]
    query, values = f"SELECT * FROM {source.view} WHERE {source.where}", []  # noqa: S608 - ours
    for at, sign in ((since, ">="), (until, "<")):
        if at is not None:
            # julianday: times out of a body do not sort as text.
            query += f" AND julianday({source.time}) {sign} julianday(?)"
            values.append(stamp(at))
    found = connection.execute(f"{query} ORDER BY {source.order}", values)
    names = [column[0] for column in found.description]
    kept = [index for index, name in enumerate(names) if name not in source.without]
    return [names[index] for index in kept], ([row[index] for index in kept] for row in found)


def _csv(columns: Sequence[str], rows: Rows, out: TextIO) -> int:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow(row)
        count += 1
    return count


def _json(columns: Sequence[str], rows: Rows, out: TextIO) -> int:
    count = 0
    for row in rows:
        line = {name: _value(name, value) for name, value in zip(columns, row, strict=True)}
        out.write(encode(line).decode() + "\n")
        count += 1
    return count


def _value(name: str, value: Any) -> Any:
    return msgspec.Raw(value.encode()) if name in _NESTED and value is not None else value
