"""Rows of the journal: how a record becomes one, and the digest that chains it to the last."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

import msgspec

from controller.errors import PermanentError
from controller.model.base import encode
from controller.model.records import Record, RunStarted

GENESIS = bytes(32)
"""Stands for the digest of the row before the first."""


_INSERT = "INSERT INTO journal (seq, run, kind, at, body, digest) VALUES (?, ?, ?, ?, ?, ?)"
_HEAD = "SELECT seq, digest FROM journal ORDER BY seq DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Row:
    """A record as the journal keeps it, without its place in it."""

    kind: str
    at: str
    body: str


def kind_of(record: Record | type[Record]) -> str:
    """The kind of a record, or of a type of records: its tag."""
    return str(record.__struct_config__.tag)


RUN_STARTED = kind_of(RunStarted)


def stamp(at: datetime) -> str:
    """UTC with six decimals, so that it sorts as text."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def row_of(record: Record) -> Row:
    """The row that keeps `record`.

    Raises:
        PermanentError: it holds what JSON cannot say (half a surrogate pair, for instance).
    """
    kind = kind_of(record)
    try:
        body = encode(record).decode()
    except (TypeError, UnicodeEncodeError) as problem:
        raise PermanentError(f"a record of kind {kind} cannot be written: {problem}") from problem
    return Row(kind, stamp(record.at), body)


def record_of(body: str) -> Record:
    """The record that a body holds.

    Raises:
        msgspec.ValidationError: naming the path of what does not fit.
        msgspec.DecodeError: it is not JSON.
    """
    record: Record = msgspec.json.decode(body, type=Record)
    return record


def digest_of(before: bytes, seq: int, run: int, row: Row) -> bytes:
    """BLAKE2b-256 over the digest before and this row, as schema.sql says. No field but the body
    can hold a line feed, and canonical JSON holds none: the joining is unambiguous."""
    text = f"{seq}\n{run}\n{row.kind}\n{row.at}\n{row.body}"
    return blake2b(before + text.encode(), digest_size=32).digest()


def append(connection: sqlite3.Connection, rows: Iterable[Row], run: int) -> int:
    """Append all rows in one durable transaction, or none; returns the run in force after them.

    Raises:
        sqlite3.Error: none of them is in the journal.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        run = _insert(connection, rows, run)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return run


def _insert(connection: sqlite3.Connection, rows: Iterable[Row], run: int) -> int:
    seq, digest = connection.execute(_HEAD).fetchone() or (0, GENESIS)
    for row in rows:
        seq += 1
        if row.kind == RUN_STARTED:
            run = seq
        digest = digest_of(digest, seq, run, row)
        connection.execute(_INSERT, (seq, run, row.kind, row.at, row.body, digest))
    return run
