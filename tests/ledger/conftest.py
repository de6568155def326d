"""A ledger on disk, opened and closed, and the two implementations of the port."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path

import pytest

from controller.ledger.sqlite import SqliteLedger
from controller.model.records import Record
from controller.ports import Ledger
from tests.ledger.memory import MemoryLedger

Reopen = Callable[[], Awaitable[Ledger]]
Write = Callable[[Iterable[Record]], Awaitable[Path]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.sqlite"


@pytest.fixture
async def sqlite(path: Path) -> AsyncIterator[SqliteLedger]:
    ledger = SqliteLedger(path, busy_timeout_s=0.05)
    ledger.open()
    yield ledger
    await ledger.close()


@pytest.fixture
def write(path: Path) -> Write:
    """Write records as a run of the daemon does, close, and say where they are."""

    async def written(records: Iterable[Record]) -> Path:
        ledger = SqliteLedger(path)
        ledger.open()
        await ledger.commit(list(records))
        await ledger.close()
        return path

    return written


@pytest.fixture(params=["sqlite", "memory"])
async def reopen(request: pytest.FixtureRequest, path: Path) -> AsyncIterator[Reopen]:
    """Opens the ledger; called again, closes it and opens it as the next process would."""
    opened: list[Ledger] = []

    async def again() -> Ledger:
        for ledger in opened:
            await ledger.close()
        if request.param == "memory":
            before = opened[-1] if opened else None
            records = before.records if isinstance(before, MemoryLedger) else ()
            opened.append(MemoryLedger(records))
        else:
            ledger = SqliteLedger(path)
            ledger.open()
            opened.append(ledger)
        return opened[-1]

    yield again
    for ledger in opened:
        await ledger.close()
