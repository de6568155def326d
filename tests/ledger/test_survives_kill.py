"""kill -9 at any moment loses no row whose commit returned."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from controller.ledger.sqlite import SqliteLedger
from controller.ledger.verify import verify
from tests.ledger.records import price

KILLS = 300
BIRTHS = 60


@contextmanager
def nursery() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.nursery"],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as process:
        yield process


def kill_a_writer(
    process: subprocess.Popen[str], path: Path, round_number: int, acks: int, after_s: float
) -> set[str]:
    """Start a writer, kill it a moment after some commits returned, return all that did."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{round_number} {path}\n")
    acknowledged: set[str] = set()
    writer = 0
    for line in process.stdout:
        word, first, *number = line.split()
        if word == "end":
            return acknowledged
        if word == "pid":
            writer = int(first)
        else:
            acknowledged.add(f"{first}-{number[0]}")
        if writer and len(acknowledged) >= acks:
            time.sleep(after_s)  # any moment: there is nothing to wait for
            os.kill(writer, signal.SIGKILL)
            acks = sys.maxsize
    raise AssertionError("the nursery died")


def written(path: Path) -> Counter[str]:
    """How often each value is in the ledger, as the next process finds it."""
    connection = sqlite3.connect(path)
    found = Counter(row[0] for row in connection.execute("SELECT value FROM samples"))
    connection.close()
    return found


def test_no_acknowledged_row_is_lost(path: Path) -> None:
    acknowledged: set[str] = set()
    chance = random.Random(20230906)
    with nursery() as process:
        for round_number in range(KILLS):
            acks, after_s = chance.choice((0, 1, 1, 2, 3, 5, 8)), chance.uniform(0, 0.003)
            now = kill_a_writer(process, path, round_number, acks, after_s)
            acknowledged |= now
            if now:
                assert acknowledged <= written(path).keys()
    found = written(path)
    assert acknowledged <= found.keys()
    assert set(found.values()) == {2}, "a commit was written in part"
    assert len(acknowledged) > KILLS
    report = verify(path)
    assert report.ok, report
    assert report.rows == found.total()


async def test_killed_while_it_is_made_a_ledger_can_be_opened(tmp_path: Path) -> None:
    chance = random.Random(1931)
    with nursery() as process:
        for birth in range(BIRTHS):
            path = tmp_path / str(birth) / "ledger.sqlite"
            acknowledged = kill_a_writer(process, path, birth, 0, chance.uniform(0, 0.012))
            ledger = SqliteLedger(path)
            ledger.open()
            await ledger.commit([price(0, "after"), price(0, "after")])
            await ledger.close()
            assert {*acknowledged, "after"} <= written(path).keys()
            assert verify(path).ok
