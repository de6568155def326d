"""Commits that have to wait, that are given up, and that fail."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from controller.errors import PermanentError, TemporaryError
from controller.ledger.sqlite import SqliteLedger
from controller.ledger.verify import verify
from controller.model.records import SampleArrived
from tests.ledger.records import dispatched, price


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Another program holds the database."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


def prices(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    found = [row[0] for row in connection.execute("SELECT value FROM samples ORDER BY seq")]
    connection.close()
    return found


async def started(ledger: SqliteLedger, record: SampleArrived) -> asyncio.Task[None]:
    """A commit that has been handed over."""
    task = asyncio.create_task(ledger.commit([record]))
    await asyncio.sleep(0)
    return task


async def test_what_failed_is_not_written_later(sqlite: SqliteLedger) -> None:
    with held(sqlite.path):
        with pytest.raises(TemporaryError, match=r"not recorded: .*locked"):
            await sqlite.commit([price(0, "1"), price(1, "2")])
        health = sqlite.health()
        assert (health.writable, health.waiting, health.written) == (False, 0, 0)
        assert "locked" in health.last_error
    await sqlite.commit([price(2, "3")])
    assert prices(sqlite.path) == ["3"]
    assert sqlite.health().writable
    assert verify(sqlite.path).ok


async def test_commits_wait_for_another_program_and_keep_their_order(path: Path) -> None:
    ledger = SqliteLedger(path, busy_timeout_s=30)
    ledger.open()
    with held(path):
        tasks = [await started(ledger, price(n, str(n))) for n in range(300)]
        assert ledger.health().waiting == 300
    await asyncio.gather(*tasks)
    assert prices(path) == [str(n) for n in range(300)]
    await ledger.close()


async def test_too_many_that_wait_are_refused_at_once(path: Path) -> None:
    ledger = SqliteLedger(path, waiting=3, busy_timeout_s=30)
    ledger.open()
    with held(path):
        tasks = [await started(ledger, price(n, str(n))) for n in range(100)]
        refused = {n for n, task in enumerate(tasks) if task.done()}
        assert refused
        for n in refused:
            assert "too many records wait" in str(tasks[n].exception())
    await asyncio.gather(*(task for n, task in enumerate(tasks) if n not in refused))
    assert prices(path) == [str(n) for n in range(100) if n not in refused]
    await ledger.close()


async def test_a_commit_that_is_given_up_while_it_waits_is_not_written(path: Path) -> None:
    ledger = SqliteLedger(path, busy_timeout_s=30)
    ledger.open()
    with held(path):
        # More than one group: the last ones cannot have been begun.
        tasks = [await started(ledger, price(n, str(n))) for n in range(200)]
        tasks[-1].cancel()
        await asyncio.wait({tasks[-1]})
    await asyncio.gather(*tasks[:-1])
    await ledger.close()
    assert prices(path) == [str(n) for n in range(199)]


async def test_closing_writes_what_waits(path: Path) -> None:
    ledger = SqliteLedger(path)
    ledger.open()
    tasks = [await started(ledger, price(n, str(n))) for n in range(100)]
    await ledger.close()
    await asyncio.gather(*tasks)
    assert prices(path) == [str(n) for n in range(100)]


async def test_a_record_that_json_cannot_say_is_refused_alone(sqlite: SqliteLedger) -> None:
    odd = dispatched(0, None, "not Unicode: \ud800")
    with pytest.raises(PermanentError, match="dispatch_arrived cannot be written"):
        await sqlite.commit([price(0), odd])
    await sqlite.commit([price(1, "7")])
    assert prices(sqlite.path) == ["7"]


async def test_a_long_reader_does_not_hold_up_the_writer(sqlite: SqliteLedger) -> None:
    await sqlite.commit([price(0, "1")])
    reader = sqlite3.connect(sqlite.path, isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM journal").fetchone() == (1,)
    await sqlite.commit([price(1, "2")])
    assert reader.execute("SELECT count(*) FROM journal").fetchone() == (1,)
    reader.close()
    assert prices(sqlite.path) == ["1", "2"]
