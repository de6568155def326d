"""The journal refuses to be changed, and shows it when somebody forced it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from controller.ledger.journal import Row, digest_of
from controller.ledger.verify import verify
from tests.ledger.conftest import Write
from tests.ledger.records import cycles, interval, price, run

ROW_3 = "SELECT seq, run, kind, at, body, digest FROM journal WHERE seq = 3"


@pytest.fixture
async def journal(write: Write) -> Path:
    return await write([run(), price(0), price(1, "9.5"), *cycles(4), interval(0)])


@pytest.fixture
def forced(journal: Path) -> Iterator[sqlite3.Connection]:
    """Somebody with a SQLite shell who removed the triggers."""
    with closing(sqlite3.connect(journal, isolation_level=None)) as connection:
        for trigger in ("journal_keeps", "journal_stays", "journal_appends"):
            connection.execute(f"DROP TRIGGER {trigger}")
        yield connection


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE journal SET at = '' WHERE seq = 3", "append only: correct by a new row"),
        ("DELETE FROM journal WHERE seq = 3", "append only: nothing is removed"),
        ("DELETE FROM journal", "append only: nothing is removed"),
        ("INSERT INTO journal VALUES (99, 0, 'x', '', '', zeroblob(32))", "the next seq only"),
        ("REPLACE INTO journal VALUES (3, 0, 'x', '', '', zeroblob(32))", "the next seq only"),
    ],
)
def test_the_journal_refuses(journal: Path, statement: str, reason: str) -> None:
    with closing(sqlite3.connect(journal)) as connection:
        with pytest.raises(sqlite3.IntegrityError, match=reason):
            connection.execute(statement)
        assert connection.execute("SELECT count(*) FROM journal").fetchone() == (8,)


@pytest.mark.parametrize(
    "change",
    [
        "body = replace(body, '9.5', '5.9')",
        "at = '2023-09-06T19:00:02.000000Z'",
        "kind = 'run_stopped'",
        "run = 0",
        "digest = zeroblob(32)",
    ],
)
def test_a_changed_row_is_found(journal: Path, forced: sqlite3.Connection, change: str) -> None:
    assert verify(journal).ok
    forced.execute(f"UPDATE journal SET {change} WHERE seq = 3")
    report = verify(journal)
    assert not report.ok
    assert 3 in {finding.seq for finding in report.findings}
    assert "row 3: its digest does not follow" in str(report)


def test_a_changed_row_with_a_new_digest_breaks_the_next(
    journal: Path, forced: sqlite3.Connection
) -> None:
    before = forced.execute("SELECT digest FROM journal WHERE seq = 2").fetchone()[0]
    seq, number, kind, at, body, _ = forced.execute(ROW_3).fetchone()
    body = body.replace("9.5", "5.9")
    digest = digest_of(before, seq, number, Row(kind, at, body))
    forced.execute("UPDATE journal SET body = ?, digest = ? WHERE seq = 3", (body, digest))
    assert [finding.seq for finding in verify(journal).findings] == [4]


def test_a_removed_row_is_found(journal: Path, forced: sqlite3.Connection) -> None:
    forced.execute("DELETE FROM journal WHERE seq = 3")
    assert "row 4: rows 3 to 3 are missing" in str(verify(journal))


def test_a_cut_tail_shows_only_against_a_head_kept_elsewhere(
    journal: Path, forced: sqlite3.Connection
) -> None:
    before = verify(journal)
    forced.execute("DELETE FROM journal WHERE seq > 5")
    after = verify(journal)
    assert after.ok
    assert (before.last_seq, after.last_seq) == (8, 5)
    kept = forced.execute("SELECT digest FROM journal WHERE seq = 5").fetchone()[0]
    assert after.head == kept.hex() != before.head
