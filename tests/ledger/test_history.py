"""Reading runs and cycles for a replay."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from controller.errors import PermanentError
from controller.ledger.read import history
from controller.model.records import CycleRecorded
from tests.ledger.conftest import Write
from tests.ledger.records import at, cycles, price, run


@pytest.fixture
async def journal(write: Write) -> Path:
    return await write([run(), price(0), *cycles(450), run(4000), *cycles(5, start_s=4000)])


def test_all_runs_and_cycles_in_order(journal: Path) -> None:
    rows = list(history(journal))
    assert [seq for seq, _ in rows] == [1, *range(3, 459)]
    assert [seq for seq, record in rows if not isinstance(record, CycleRecorded)] == [1, 453]


def test_a_span_begins_with_its_run_and_a_keyframe(journal: Path) -> None:
    rows = list(history(journal, since=at(250 * 5), until=at(260 * 5)))
    (run_seq, _), (first_seq, first), *_ = rows
    assert (run_seq, first_seq) == (1, 203)
    assert isinstance(first, CycleRecorded)
    assert first.keyframe
    assert rows[-1][1].at == at(259 * 5)


def test_a_span_before_everything_begins_at_the_start(journal: Path) -> None:
    rows = list(history(journal, since=at(-60), until=at(20)))
    assert [seq for seq, _ in rows] == [1, 3, 4, 5, 6]


async def test_a_row_that_cannot_be_read_is_named(journal: Path) -> None:
    with closing(sqlite3.connect(journal, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER journal_keeps")
        connection.execute("UPDATE journal SET body = '{' WHERE seq = 9")
    with pytest.raises(PermanentError, match=r"ledger.sqlite: row 9 cannot be read"):
        list(history(journal))
