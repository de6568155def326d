"""The one thread that writes: what waits is committed together, and only then acknowledged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread

from controller.errors import TemporaryError
from controller.ledger.connect import translate
from controller.ledger.journal import Row, append
from controller.model.view import LedgerHealth

GROUP = 64
"""The most batches in one transaction: a failing one takes the others with it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that are written all or none, and whoever waits for them."""

    rows: Sequence[Row]
    done: Future[None] = field(default_factory=Future)


class Writer:
    """Owns the connection from `start` on. At most `waiting` batches wait."""

    def __init__(self, connection: sqlite3.Connection, path: Path, *, waiting: int) -> None:
        self._connection = connection
        self._path = path
        self._waiting = waiting
        self._queue: SimpleQueue[Batch | None] = SimpleQueue()
        self._gate = Lock()
        self._closing = False
        self._run = 0
        self._submitted = 0
        self._settled = 0
        self._begun: list[Batch] = []
        self._health = LedgerHealth()
        # A daemon thread: a process that ends without `close` loses nothing acknowledged.
        self._thread = Thread(target=self._work, name="ledger", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def submit(self, rows: Sequence[Row]) -> Future[None]:
        """Done once the rows are on disk; cancelled before they are begun, they never are.

        Raises:
            TemporaryError: too many wait, or the ledger is closed.
        """
        batch = Batch(rows)
        with self._gate:
            if self._closing:
                raise TemporaryError(f"{self._path}: the ledger is closed")
            if self._queue.qsize() >= self._waiting:
                raise TemporaryError(f"{self._path}: too many records wait")
            self._queue.put(batch)
            self._submitted += len(rows)
        return batch.done

    def close(self) -> None:
        """Write what waits, then end the thread. Blocks as long as that takes."""
        with self._gate:
            first, self._closing = not self._closing, True
        if first:
            self._queue.put(None)
        self._thread.join()

    def health(self) -> LedgerHealth:
        """Safe to call from any thread."""
        health = self._health
        return LedgerHealth(
            writable=health.writable,
            waiting=self._submitted - self._settled,
            last_error=health.last_error,
            written=health.written,
        )

    def _work(self) -> None:
        try:
            for group in self._groups():
                self._begun = [b for b in group if b.done.set_running_or_notify_cancel()]
                problem = self._write([row for batch in self._begun for row in batch.rows])
                self._settled += sum(len(batch.rows) for batch in group)
                self._answer(problem)
        finally:
            self._abandon()
            self._connection.close()

    def _groups(self) -> Iterator[list[Batch]]:
        """What waits, in order, until the end mark; nothing comes after it."""
        while (first := self._queue.get()) is not None:
            group = [first]
            while len(group) < GROUP and not self._queue.empty():
                batch = self._queue.get()
                if batch is None:
                    yield group
                    return
                group.append(batch)
            yield group

    def _write(self, rows: Sequence[Row]) -> str:
        """Why the rows could not be written; empty when they were."""
        written = self._health.written
        try:
            self._run = append(self._connection, rows, self._run)
        except sqlite3.Error as problem:
            why = str(translate(self._path, problem))
            self._forget_half_written()
            self._health = LedgerHealth(writable=False, written=written, last_error=why)
            return why
        last_error = self._health.last_error
        self._health = LedgerHealth(written=written + len(rows), last_error=last_error)
        return ""

    def _answer(self, problem: str) -> None:
        for batch in self._begun:
            if problem:
                batch.done.set_exception(TemporaryError(f"not recorded: {problem}"))
            else:
                batch.done.set_result(None)

    def _forget_half_written(self) -> None:
        """After a failed fsync the rows may stand in the log without being part of the database;
        emptying the log keeps a later recovery from finding them. Where that fails too, the next
        commit overwrites them."""
        with suppress(sqlite3.Error):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _abandon(self) -> None:
        """Nobody waits for ever, whatever ended the thread."""
        why = f"{self._path}: the ledger is closed"
        with self._gate:
            self._closing = True
            self._health = LedgerHealth(
                writable=False, written=self._health.written, last_error=self._health.last_error
            )
        while not self._queue.empty():
            batch = self._queue.get()
            if batch is not None and batch.done.set_running_or_notify_cancel():
                self._begun.append(batch)
        for batch in self._begun:
            if not batch.done.done():
                batch.done.set_exception(TemporaryError(why))
