"""The `Ledger` port on an embedded SQLite database."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from controller.core.books.revenue.proposal import Metered
from controller.errors import PermanentError
from controller.ledger.connect import open_writer
from controller.ledger.journal import row_of
from controller.ledger.lock import WriterLock
from controller.ledger.metered import metered
from controller.ledger.recover import recover
from controller.ledger.writer import Writer
from controller.model.records import Record
from controller.model.view import LedgerHealth
from controller.ports import Recovered

FILE_NAME = "ledger.sqlite"
"""Its name in the state directory."""


class SqliteLedger:
    """Write-ahead log, synchronous=FULL, one writer thread; one process at a time writes.

    `path` is the database file. `waiting` is how many commits may wait before the next is refused;
    `busy_timeout_s`, how long a commit waits for another program that holds the database.
    """

    def __init__(self, path: Path, *, waiting: int = 1000, busy_timeout_s: float = 1.0) -> None:
        self.path = path
        self._waiting = waiting
        self._busy_timeout_s = busy_timeout_s
        self._lock = WriterLock(path.with_suffix(".lock"))
        self._writer: Writer | None = None

    def open(self) -> None:
        """Make or migrate the database and begin to write.

        Raises:
            HeldError: another process writes.
            PermanentError: the file is damaged, foreign or newer.
            TemporaryError: the disk is full or another program holds the database.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise PermanentError(f"{self.path.parent}: {problem.strerror}") from problem
        self._lock.acquire()
        try:
            connection = open_writer(self.path, busy_timeout_s=self._busy_timeout_s)
        except BaseException:
            self._lock.release()
            raise
        self._writer = Writer(connection, self.path, waiting=self._waiting)
        self._writer.start()

    def recover(self) -> Recovered:
        """What is known of the time before; reads up to the last two hours of cycles.

        Raises:
            PermanentError: the ledger is damaged, or its state is of a model this code cannot read.
        """
        return recover(self.path)

    def metered(self, since: datetime, until: datetime) -> Metered:
        """Intervals that begin from `since` on and before `until`; of each its last word.

        Raises:
            CurtaildError: the ledger cannot be read.
        """
        return metered(self.path, since, until)

    async def commit(self, records: Sequence[Record]) -> None:
        """Return once `records` are on disk. Cancelled while they wait, they are not written;
        cancelled while they are being written, they may be.

        Raises:
            TemporaryError: they are not on disk, and will not be.
            PermanentError: one of them cannot be written as JSON; none is.
        """
        rows = [row_of(record) for record in records]
        if rows:
            await asyncio.wrap_future(self._opened().submit(rows))

    def health(self) -> LedgerHealth:
        return self._opened().health()

    async def close(self) -> None:
        """Write what waits, close the file and let another process write."""
        if self._writer is not None:
            await asyncio.to_thread(self._writer.close)
        self._lock.release()

    def _opened(self) -> Writer:
        if self._writer is None:
            raise PermanentError(f"{self.path}: the ledger has not been opened")
        return self._writer
