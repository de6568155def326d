"""Whether the ledger is whole and agrees with itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from controller.ledger.check_books import BooksCheck
from controller.ledger.check_commands import CommandsCheck
from controller.ledger.check_cycles import CyclesCheck
from controller.ledger.check_revenue import RevenueCheck
from controller.ledger.connect import reading
from controller.ledger.findings import Finding, VerifyReport
from controller.ledger.journal import (
    GENESIS,
    RUN_STARTED,
    Row,
    digest_of,
    kind_of,
    record_of,
    stamp,
)
from controller.model.records import Record

_ROWS = "SELECT seq, run, kind, at, body, digest FROM journal ORDER BY seq"
_DAMAGE = 20
"""How many damaged pages SQLite names before it stops."""


def verify(path: Path) -> VerifyReport:
    """Read every row once and check it against the rest; the daemon may write meanwhile.

    Raises:
        CurtaildError: there is no ledger, or it cannot even be opened.
    """
    with reading(path) as connection:
        scan = _Scan()
        findings = [*_file(connection)]
        try:
            for seq, run, kind, at, body, digest in connection.execute(_ROWS):
                findings += scan.row(seq, run, Row(kind, at, body), digest)
        except sqlite3.DatabaseError as problem:
            findings.append(Finding(scan.seq + 1, f"cannot be read: {problem}"))
        findings += scan.finish()
    return VerifyReport(
        rows=scan.rows,
        findings=tuple(findings),
        last_seq=scan.seq,
        head=scan.digest.hex(),
        first_at=scan.first_at,
        last_at=scan.last_at,
    )


def _file(connection: sqlite3.Connection) -> Iterator[Finding]:
    try:
        for (line,) in connection.execute(f"PRAGMA quick_check({_DAMAGE})"):
            if line != "ok":
                yield Finding(None, line)
    except sqlite3.DatabaseError as problem:
        yield Finding(None, str(problem))


class _Scan:
    """Goes along the rows: the chain first, then what the records say."""

    def __init__(self) -> None:
        self.rows = 0
        self.seq = 0
        self.digest = GENESIS
        self.first_at = ""
        self.last_at = ""
        self._runs = {0}
        self._checks = (CyclesCheck(), CommandsCheck(), BooksCheck(), RevenueCheck())

    def row(self, seq: int, run: int, row: Row, digest: bytes) -> Iterator[Finding]:
        """Check one row; it becomes the one that the next is chained to."""
        if seq != self.seq + 1:
            yield Finding(seq, f"rows {self.seq + 1} to {seq - 1} are missing")
        if digest_of(self.digest, seq, run, row) != digest:
            yield Finding(seq, "its digest does not follow from it and the row before")
        self.rows += 1
        self.seq, self.digest = seq, digest
        self.first_at, self.last_at = self.first_at or row.at, row.at
        yield from self._run(seq, run, row.kind)
        yield from self._record(seq, row)

    def finish(self) -> Iterator[Finding]:
        for check in self._checks:
            yield from check.finish()

    def _run(self, seq: int, run: int, kind: str) -> Iterator[Finding]:
        if kind == RUN_STARTED:
            self._runs.add(seq)
        if run not in self._runs or (kind == RUN_STARTED and run != seq):
            yield Finding(seq, f"its run, {run}, did not begin before it")

    def _record(self, seq: int, row: Row) -> Iterator[Finding]:
        try:
            record = record_of(row.body)
        except msgspec.DecodeError as problem:
            yield Finding(seq, f"its body is no record: {problem}")
            return
        if (kind_of(record), stamp(record.at)) != (row.kind, row.at):
            yield Finding(seq, "its kind or time is not the one in its body")
        yield from self._checked(seq, record)

    def _checked(self, seq: int, record: Record) -> Sequence[Finding]:
        return [finding for check in self._checks for finding in check.see(seq, record)]
