"""Numbered migrations: a database is brought to this program's version when it is opened to write.

The number of a database stands in its `user_version`; 0 is an empty file.
"""

from __future__ import annotations

import sqlite3
from importlib.resources import files

from controller.errors import PermanentError

APPLICATION_ID = 0x43555254
"""`CURT`, in the header of the file: tells a ledger from any other database."""

MIGRATIONS = ("schema.sql", "schema_2.sql", "schema_3.sql", "schema_4.sql")
"""The files in this folder, by number from 1. One that was released is never edited."""

VERSION = len(MIGRATIONS)


def check(connection: sqlite3.Connection) -> int:
    """The database's version.

    Raises:
        PermanentError: it is no ledger, or a newer program's.
    """
    application = _pragma(connection, "application_id")
    version = _pragma(connection, "user_version")
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if application != APPLICATION_ID and (application or version or tables):
        raise PermanentError("this is a database, but not a ledger of curtaild; name another file")
    if version > VERSION:
        raise PermanentError(
            f"this ledger has version {version}, written by a newer curtaild; "
            f"this one knows up to {VERSION}: install the newer program again"
        )
    return version


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database to `VERSION`, each step whole or not at all."""
    version = check(connection)
    for number, name in enumerate(MIGRATIONS[version:], start=version + 1):
        script = files(__package__).joinpath(name).read_text("utf-8")
        _step(connection, number, script)


def _step(connection: sqlite3.Connection, number: int, script: str) -> None:
    head = f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {number};"
    try:
        connection.executescript(f"BEGIN IMMEDIATE; {head}\n{script}\nCOMMIT;")
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
