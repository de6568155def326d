"""`ledger` and `replay` on the books of a day that was really decided."""

from __future__ import annotations

import asyncio
import csv
import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest

from controller.app.recorder import Recorder
from controller.core.decide import decide
from controller.ledger.sqlite import FILE_NAME, SqliteLedger
from controller.model.plan import Plan
from controller.model.records import CycleRecorded, Record
from controller.model.seen import Snapshot, State
from tests.commands.conftest import Cli
from tests.ledger import records

CYCLES = 5


def decided(spoil: int | None = None) -> list[Record]:
    """Cycles of the real decision; that of the number `spoil` has another target written down."""
    recorder, state = Recorder(), State()
    made: list[Record] = [records.run()]
    for number in range(CYCLES):
        seen = Snapshot(now=records.at(5 * number), site=records.SITE)
        plan, after, next_at = decide(seen, state)
        written = _other(plan) if number == spoil else plan
        made.append(recorder.record(seen, state, written, after, next_at))
        state = after
    return made


def _other(plan: Plan) -> Plan:
    from msgspec.structs import replace

    return replace(plan, target_w=plan.target_w + 1)


def keep(folder: Path, made: list[Record]) -> None:
    async def write() -> None:
        ledger = SqliteLedger(folder / "state" / FILE_NAME)
        ledger.open()
        await ledger.commit(made)
        await ledger.close()

    asyncio.run(write())


def test_replay_of_what_was_decided(cli: Cli, folder: Path) -> None:
    keep(folder, decided())
    done = cli("replay", "--config", "site.yaml")
    assert done.returncode == 0, done.stdout
    assert f"{CYCLES} cycles decided again, 0 differ" in done.stdout


def test_replay_where_a_plan_differs(cli: Cli, folder: Path) -> None:
    keep(folder, decided(spoil=3))
    done = cli("replay", "--config", "site.yaml", "--json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert (report["ok"], report["compared"], len(report["differences"])) == (False, CYCLES, 1)
    assert "plan.target_w" in report["differences"][0]["paths"][0]


def test_replay_of_a_part(cli: Cli, folder: Path) -> None:
    made = decided()
    keep(folder, made)
    last = made[-1]
    assert isinstance(last, CycleRecorded)
    until = (last.at - timedelta(seconds=1)).isoformat()
    done = cli("replay", "--config", "site.yaml", "--until", until)
    assert f"{CYCLES - 1} cycles decided again" in done.stdout


def test_verify(cli: Cli, folder: Path) -> None:
    keep(folder, decided())
    done = cli("ledger", "verify", "--config", "site.yaml")
    assert done.returncode == 0, done.stdout
    assert f"{CYCLES + 1} rows, 0 wrong" in done.stdout
    report = json.loads(cli("ledger", "verify", "--config", "site.yaml", "--json").stdout)
    assert (report["ok"], report["rows"]) == (True, CYCLES + 1)


@pytest.mark.parametrize("to_file", [False, True])
def test_export(cli: Cli, folder: Path, *, to_file: bool) -> None:
    keep(folder, [records.run(), records.price(0, "48.20"), records.price(900, "51.00")])
    where = ("--out", "samples.csv") if to_file else ()
    done = cli("ledger", "export", "samples", "--config", "site.yaml", *where)
    assert done.returncode == 0
    text = (folder / "samples.csv").read_text() if to_file else done.stdout
    rows = list(csv.DictReader(StringIO(text)))
    assert len(rows) == 2
    as_json = cli("ledger", "export", "samples", "--config", "site.yaml", "--json")
    assert len([json.loads(line) for line in as_json.stdout.splitlines()]) == 2
