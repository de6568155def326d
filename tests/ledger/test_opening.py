"""Which files are opened to write, and which are refused with a word on what to do."""

from __future__ import annotations

import os
import sqlite3
from importlib.resources import files
from pathlib import Path

import pytest

from controller.errors import PermanentError
from controller.ledger.journal import append, row_of
from controller.ledger.migrations import MIGRATIONS, VERSION
from controller.ledger.recover import recover
from controller.ledger.sqlite import SqliteLedger
from controller.ledger.verify import verify
from controller.model.records import Record
from tests.ledger.conftest import Write
from tests.ledger.records import cycles, dispatch, dispatched, order, price, recalled, run


def refused(path: Path, reason: str) -> None:
    """It is refused for that reason, and the lock is free afterwards."""
    for _ in range(2):
        with pytest.raises(PermanentError, match=reason) as caught:
            SqliteLedger(path).open()
        assert str(path.parent) in str(caught.value)


def spoil(path: Path) -> None:
    """The last third of its pages is garbage."""
    content = path.read_bytes()
    kept = len(content) * 2 // 3 // 4096 * 4096
    path.write_bytes(content[:kept] + b"\xa5" * (len(content) - kept))


async def test_a_second_writer_is_told_who_writes(sqlite: SqliteLedger) -> None:
    second = SqliteLedger(sqlite.path)
    with pytest.raises(PermanentError, match=f"process {os.getpid()} writes this ledger already"):
        second.open()
    await sqlite.commit([price(0)])
    await sqlite.close()
    second.open()
    assert len(second.recover().prices) == 1
    await second.close()


async def test_a_failed_second_writer_leaves_the_first_its_lock(sqlite: SqliteLedger) -> None:
    for _ in range(2):
        with pytest.raises(PermanentError, match="writes this ledger already"):
            SqliteLedger(sqlite.path).open()


def make(connection: sqlite3.Connection, version: int) -> None:
    """As a program of that version made it."""
    for name in MIGRATIONS[:version]:
        connection.executescript(files("controller.ledger").joinpath(name).read_text())
    connection.execute(f"PRAGMA application_id = {0x43555254}")
    connection.execute(f"PRAGMA user_version = {version}")


async def test_an_older_ledger_is_migrated_with_all_its_rows(path: Path, write: Write) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path, isolation_level=None)
    make(connection, 1)
    row = row_of(order(1, "o-1"))
    append(connection, [row], 0)
    assert "level" not in columns(connection, "orders")
    connection.close()
    with pytest.raises(PermanentError, match="`curtaild run` migrates it"):
        verify(path)
    await write([order(2, "o-2", limit_w=None, level="off"), *held_then_recalled()])
    after = sqlite3.connect(path)
    assert after.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert after.execute("SELECT id, limit_w, level FROM orders").fetchall() == [
        ("o-1", 5000, None),
        ("o-2", None, "off"),
    ]
    assert after.execute("SELECT id, person FROM recalls").fetchall() == [("d-1", "Ada")]
    assert verify(path).ok


def columns(connection: sqlite3.Connection, view: str) -> list[str]:
    return [name for name, *_ in connection.execute(f"SELECT * FROM {view}").description]


def held_then_recalled() -> list[Record]:
    return [dispatched(3, dispatch()), recalled(4, dispatch())]


async def test_a_ledger_of_this_version_is_left_as_it_is(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path, isolation_level=None)
    make(connection, VERSION)
    schema = connection.execute("SELECT * FROM sqlite_schema").fetchall()
    connection.close()
    ledger = SqliteLedger(path)
    ledger.open()
    await ledger.commit([run()])
    await ledger.close()
    after = sqlite3.connect(path)
    assert after.execute("SELECT * FROM sqlite_schema").fetchall() == schema
    assert after.execute("SELECT kind FROM journal").fetchall() == [("run_started",)]
    after.close()


async def test_a_newer_ledger_is_refused(path: Path, write: Write) -> None:
    await write([run()])
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    refused(path, f"has version {VERSION + 1}, written by a newer curtaild")


def test_another_program_s_database_is_refused(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE addresses (name TEXT)")
    connection.close()
    refused(path, "not a ledger of curtaild")
    tables = sqlite3.connect(path).execute("SELECT name FROM sqlite_schema").fetchall()
    assert tables == [("addresses",)]


def test_a_file_of_garbage_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database at all " * 400)
    refused(path, "the ledger is damaged")


@pytest.mark.parametrize("kept", [700, 4096, 9000])
async def test_a_torn_file_is_refused(path: Path, write: Write, kept: int) -> None:
    await write([run(), *cycles(30)])
    with path.open("r+b") as file:
        file.truncate(kept)
    refused(path, "the ledger is damaged")


async def test_damage_in_the_middle_is_found_when_it_is_read(path: Path, write: Write) -> None:
    await write([run(), *cycles(300)])
    assert verify(path).ok
    spoil(path)
    with pytest.raises(PermanentError, match="the ledger is damaged"):
        recover(path)
    report = verify(path)
    assert not report.ok
    assert "the file: " in str(report)
    assert "cannot be read" in str(report)


def test_a_state_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(PermanentError, match="file"):
        SqliteLedger(tmp_path / "file" / "ledger.sqlite").open()


async def test_it_has_to_be_opened_first(path: Path) -> None:
    with pytest.raises(PermanentError, match="has not been opened"):
        await SqliteLedger(path).commit([price(0)])
