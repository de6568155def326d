"""kill -9 in the middle of an import leaves all of it or nothing."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from controller.ledger.sqlite import SqliteLedger
from controller.ledger.verify import verify
from controller.model.records import IntervalClosed
from tests.core.revenue.meters import live
from tests.revenue.nursery import QUARTERS, take

KILLS = 12
LONGEST_S = 0.2


@pytest.fixture
def nursery() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.revenue.nursery"],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as process:
        yield process


def kill_one(process: subprocess.Popen[str], path: Path, after_s: float) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{path}\n")
    _, importer = process.stdout.readline().split()
    time.sleep(after_s)  # any moment: there is nothing to wait for
    with suppress(ProcessLookupError):  # it was done
        os.kill(int(importer), signal.SIGKILL)
    assert process.stdout.readline() == "end\n"


async def keep_books(path: Path) -> None:
    ledger = SqliteLedger(path)
    ledger.open()
    intervals = live([100] * QUARTERS)
    await ledger.commit([IntervalClosed(at=one.end, interval=one) for one in intervals])
    await ledger.close()


def test_all_or_nothing(nursery: subprocess.Popen[str], tmp_path: Path) -> None:
    path, chance = tmp_path / "ledger.sqlite", random.Random(2025)
    asyncio.run(keep_books(path))
    before, after = QUARTERS, QUARTERS + 1 + QUARTERS
    for _ in range(KILLS):
        kill_one(nursery, path, chance.uniform(0, LONGEST_S))
        report = verify(path)
        assert report.ok, report
        assert report.rows in {before, after}
        before = report.rows
    asyncio.run(take(path))
    assert verify(path).rows == after
