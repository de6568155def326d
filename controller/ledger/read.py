"""Records out of the journal, one after the other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from controller.errors import PermanentError
from controller.ledger.connect import reading
from controller.ledger.journal import record_of, stamp
from controller.model.records import Record

_HISTORY = """
    SELECT seq, body FROM journal
    WHERE kind IN ('run_started', 'cycle') AND (seq >= ? OR seq = ?) AND at < ? ORDER BY seq
"""
_KEYFRAME = """
    SELECT seq, run FROM journal
    WHERE kind = 'cycle' AND at <= ? AND json_extract(body, '$.keyframe') ORDER BY seq DESC LIMIT 1
"""
_END = "9999"
"""Sorts after every stamp."""


def history(
    path: Path, since: datetime | None = None, until: datetime | None = None
) -> Iterator[tuple[int, Record]]:
    """Runs and cycles with their seq, for `replay`.

    With `since` it begins at the last keyframe before, whose run comes first; `until` is exclusive.

    Raises:
        CurtaildError: the ledger cannot be read.
    """
    with reading(path) as connection:
        start = connection.execute(_KEYFRAME, (stamp(since),)).fetchone() if since else None
        seq, run = start or (0, 0)
        rows = connection.execute(_HISTORY, (seq, run, stamp(until) if until else _END))
        yield from decoded(rows)


def decoded(rows: sqlite3.Cursor) -> Iterator[tuple[int, Record]]:
    """Of a query for seq and body.

    Raises:
        PermanentError: a body is not a record, named by its seq.
    """
    for seq, body in rows:
        try:
            yield seq, record_of(body)
        except msgspec.DecodeError as problem:
            raise PermanentError(
                f"row {seq} cannot be read: {problem}; `curtaild ledger verify` says more"
            ) from problem
