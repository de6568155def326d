"""Opening the file, to write or to read, and what its errors mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from controller.errors import CurtaildError, PermanentError, TemporaryError
from controller.ledger.migrations import VERSION, check, migrate

OLDEST_SQLITE = (3, 37, 0)
"""The first with STRICT tables."""

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PASSING = frozenset(
    {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
)


def translate(path: Path, problem: sqlite3.Error) -> CurtaildError:
    """What SQLite's error means for whoever runs the site."""
    code = getattr(problem, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
    if code in _DAMAGED:
        return PermanentError(
            f"{path}: the ledger is damaged ({problem}); keep the file, and restore a copy of it "
            "or start with an empty state directory"
        )
    if code in _PASSING:
        return TemporaryError(f"{path}: {problem}")
    return PermanentError(f"{path}: {problem}")


def open_writer(path: Path, *, busy_timeout_s: float) -> sqlite3.Connection:
    """A connection that writes durably, the database at this program's version.

    It may be handed to another thread, and belongs to one thread at a time.

    Raises:
        CurtaildError: what is wrong with the file and what to do.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise PermanentError(f"SQLite {sqlite3.sqlite_version} is too old: 3.37 or later is needed")
    with _explained(path):
        connection = sqlite3.connect(
            path, timeout=busy_timeout_s, isolation_level=None, check_same_thread=False
        )
        try:
            check(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only connection that sees the ledger as it is now, whatever is written meanwhile.

    Raises:
        CurtaildError: there is no ledger, it cannot be read, or another version wrote it.
    """
    if not path.is_file():
        raise PermanentError(f"{path}: there is no ledger here")
    address = f"{path.resolve().as_uri()}?mode=ro"
    with (
        _explained(path),
        closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection,
    ):
        if check(connection) < VERSION:
            raise PermanentError("an older curtaild wrote this ledger; `curtaild run` migrates it")
        connection.execute("BEGIN")
        yield connection


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as problem:
        raise translate(path, problem) from problem
    except PermanentError as problem:
        if str(problem).startswith(str(path)):
            raise
        raise PermanentError(f"{path}: {problem}") from problem
