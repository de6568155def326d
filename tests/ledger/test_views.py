"""The views an auditor reads in a SQLite shell."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from controller.model.fleet import Stage
from tests.ledger.conftest import Write
from tests.ledger.records import command, cycles, dispatch, dispatched, interval, lock, run

DOCUMENT = Path(__file__).parents[2] / "docs" / "ledger.md"


def ask(path: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


async def test_energy_and_money_are_numbers(write: Write) -> None:
    path = await write([interval(0), interval(1)])
    (row,) = ask(path, "SELECT sum(energy_wh), sum(energy_cost), sum(hash_revenue) FROM intervals")
    assert row == (24691.356, 1.18814805072, 2.2)
    assert ask(path, "SELECT count(*) FROM intervals WHERE price_per_mwh > 100") == [(0,)]
    cost = "SELECT reason, sum(energy_wh) FROM curtailed_energy GROUP BY reason"
    assert ask(path, cost) == [("unprofitable", 1600.5)]


async def test_a_run_that_was_killed_has_no_end(write: Write) -> None:
    await write([run(0), *cycles(3)])
    path = await write([run(60, version="1.1"), *cycles(1, start_s=60)])
    runs = ask(path, "SELECT run, stopped_at, code_version, config_hash FROM runs")
    assert runs == [(1, None, "1.0", "c0ffee"), (5, None, "1.1", "c0ffee")]
    assert ask(path, "SELECT run, count(*) FROM cycles GROUP BY run") == [(1, 3), (5, 1)]


async def test_a_row_before_its_run_began_belongs_to_none(write: Write) -> None:
    await write([run(0)])
    path = await write([lock(5, "a"), run(6)])
    assert ask(path, "SELECT run, place FROM locks") == [(0, "a")]


async def test_a_late_intent_is_marked(write: Write) -> None:
    intent = command(0, Stage.INTENDED)
    rows = [
        intent,
        replace(intent, late=True),
        command(1, Stage.SENT),
        command(0, Stage.INTENDED, "c-2"),
        replace(command(1, Stage.SENT, "c-2"), late=True),
    ]
    path = await write(rows)
    assert ask(path, "SELECT command, late FROM commands") == [("c-1", 1), ("c-2", 0)]


async def test_patches_are_smaller_than_keyframes(write: Write) -> None:
    path = await write(cycles(201))
    sizes = ask(path, "SELECT keyframe, max(length(seen) + length(plan)) FROM cycles GROUP BY 1")
    assert sizes[0][1] < sizes[1][1]
    assert ask(path, "SELECT count(*) FROM cycles WHERE keyframe") == [(2,)]


async def test_the_queries_of_the_documentation_run(write: Write) -> None:
    path = await write(
        [
            interval(0),
            command(0, Stage.INTENDED, dispatch="d-1"),
            command(12, Stage.CONFIRMED, dispatch="d-1"),
            dispatched(1, dispatch()),
        ]
    )
    (block,) = re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    causes, dispatches, commands = (ask(path, query) for query in block.split(";") if query.strip())
    assert causes == [("unprofitable", 0.00080025, 0.0385, 0.03)]
    assert [row[2] for row in dispatches] == ["d-1"]
    ((miner, _, seconds, grade),) = commands
    assert (miner, round(seconds, 3), grade) == ("m-1", 12, "self_report")
