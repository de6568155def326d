"""Exports parse back to what was recorded."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from controller.errors import PermanentError
from controller.ledger.export import Part, export
from controller.ledger.sqlite import SqliteLedger
from controller.model.fleet import EvidenceGrade, Stage
from controller.model.grid import Follow, ProgramLevel
from controller.model.records import Record, RunStopped
from tests.ledger.conftest import Write
from tests.ledger.records import (
    T0,
    at,
    command,
    cycles,
    dispatch,
    dispatched,
    hashprice,
    interval,
    lock,
    opted_out,
    order,
    price,
    recalled,
    run,
    seen_dispatch,
)


def as_json(path: Path, part: Part, **span: Any) -> list[dict[str, Any]]:
    out = io.StringIO()
    count = export(path, part, "json", out, **span)
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert len(rows) == count
    return rows


def as_csv(path: Path, part: Part, **span: Any) -> list[dict[str, str]]:
    out = io.StringIO()
    count = export(path, part, "csv", out, **span)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert len(rows) == count
    return rows


async def test_money_keeps_every_digit(write: Write) -> None:
    cost = Decimal("0.594074025360000000000000001")
    path = await write([interval(0, energy_cost=cost)])
    (from_csv,) = as_csv(path, Part.INTERVALS)
    (from_json,) = as_json(path, Part.INTERVALS)
    assert Decimal(from_csv["energy_cost"]) == Decimal(from_json["energy_cost"]) == cost
    assert from_csv["energy_wh"] == from_json["energy_wh"] == "12345.678"
    assert from_json["dispatches"] == json.loads(from_csv["dispatches"]) == ["d-1"]
    assert from_json["energy_estimated_wh"] is None
    assert from_csv["energy_estimated_wh"] == ""


async def test_the_newest_version_of_an_interval_is_exported(write: Write) -> None:
    corrected = interval(0, 2, energy_wh=Decimal(500), energy_cost=Decimal("0.02406"), curtailed={})
    path = await write([interval(0), interval(1), corrected])
    rows = as_json(path, Part.INTERVALS)
    assert [(row["start_at"], row["version"], row["energy_wh"]) for row in rows] == [
        ("2023-09-06T19:00:00Z", 2, "500"),
        ("2023-09-06T19:15:00Z", 1, "12345.678"),
    ]
    (curtailed,) = as_json(path, Part.CURTAILED)
    assert curtailed["start_at"] == "2023-09-06T19:15:00Z"
    assert (curtailed["reason"], curtailed["energy_wh"]) == ("unprofitable", "800.25")
    assert (curtailed["avoided_cost"], curtailed["foregone_revenue"]) == ("0.0385", "0.03")


async def test_a_command_is_one_row(write: Write) -> None:
    path = await write(
        [
            command(0, Stage.INTENDED),
            command(1, Stage.SENT),
            command(0, Stage.INTENDED, "c-2"),
            command(9.5, Stage.CONFIRMED, power_w=18, grade=EvidenceGrade.OUTLET),
            command(30, Stage.FAILED, "c-2", detail="its power does not show it"),
        ]
    )
    first, second = as_json(path, Part.COMMANDS)
    assert first["command"] == "c-1"
    assert first["intended_at"] == "2023-09-06T19:00:00Z"
    assert first["sent_at"] == "2023-09-06T19:00:01Z"
    assert first["confirmed_at"] == "2023-09-06T19:00:09.500000Z"
    assert first["failed_at"] is None
    assert (first["grade"], first["confirmed_w"]) == ("outlet", 18)
    assert (first["reason"], first["level"], first["late"]) == ("unprofitable", "off", 0)
    assert (second["sent_at"], second["confirmed_at"], second["grade"]) == (None, None, None)
    assert second["failure"] == "its power does not show it"


async def test_dispatches_orders_samples_and_runs(write: Write) -> None:
    path = await write(
        [
            run(version="1.2"),
            price(0, "NaN", refused="not a number"),
            hashprice(1, "61.5"),
            dispatched(2, dispatch()),
            dispatched(3, None, "late"),
            order(4, "o-1"),
            order(5, "o-1", ended=True),
            RunStopped(at=at(6), why="SIGTERM"),
        ]
    )
    accepted, refused = as_json(path, Part.DISPATCHES)
    assert (accepted["id"], accepted["target"], accepted["target_value"]) == (
        "d-1",
        "reduce_to_kw",
        40,
    )
    assert (accepted["limit_w"], accepted["cancelled"], accepted["refused"]) == (40_000, 0, None)
    assert (refused["refused"], refused["id"], refused["sent"]["target"]) == (
        "late",
        None,
        {"kw": 40},
    )
    assert [(row["person"], row["ended"]) for row in as_json(path, Part.ORDERS)] == [
        ("Ada", 0),
        ("Ada", 1),
    ]
    bad, good = as_json(path, Part.SAMPLES)
    assert (bad["kind"], bad["value"], bad["refused"]) == ("price", "NaN", "not a number")
    assert (good["kind"], good["value"], good["refused"]) == ("hashprice", "61.5", None)
    (only,) = as_json(path, Part.RUNS)
    assert (only["code_version"], only["why"], only["shadow"]) == ("1.2", "SIGTERM", 0)
    assert only["settings"] == {"site": {"id": "s", "zone": None}}


async def test_levels_set_points_and_opting_out(write: Write) -> None:
    normal = replace(dispatch(), target=ProgramLevel(level="0"), asks_nothing=True)
    follow = replace(dispatch(2), target=Follow(kw=Decimal(40)), floor_w=40_000)
    counted = replace(dispatch(3), reference="contract", reference_w=90_000)
    rows = [dispatched(second, one) for second, one in enumerate((normal, follow, counted), 1)]
    path = await write([*rows, opted_out(4, counted)])
    first, second, third = as_json(path, Part.DISPATCHES)
    assert (first["target"], first["level"], first["asks_nothing"]) == ("level", "0", 1)
    assert (second["target"], second["target_value"], second["floor_w"]) == (
        "follow_kw",
        40,
        40_000,
    )
    assert (third["reference"], third["reference_w"], third["asks_nothing"]) == (
        "contract",
        90_000,
        0,
    )
    (out,) = as_json(path, Part.OPT_OUTS)
    assert (out["id"], out["version"], out["person"], out["penalty"]) == ("d-1", 3, "Ada", "112.50")
    assert (out["why"], out["opted_out_at"]) == ("a cheaper way", "2023-09-06T19:00:04Z")


async def test_the_word_of_people(write: Write) -> None:
    path = await write(
        [
            dispatched(1, dispatch()),
            recalled(2, dispatch()),
            order(3, "o-1", limit_w=None, level="265MHz", level_w=1080),
            order(3, "o-2", limit_w=None, floor_w=20_000),
            order(3, "o-3", limit_w=None, hold=True),
            order(3, "o-4", limit_w=0, emergency=True),
            lock(4, "a"),
            lock(5, "a", released_by="Bob"),
        ]
    )
    (recall,) = as_json(path, Part.RECALLS)
    said = (recall["id"], recall["version"], recall["person"], recall["authority"])
    assert said == ("d-1", 1, "Ada", "desk of grid")
    assert (recall["reference"], recall["recalled_at"]) == ("call 17", "2023-09-06T19:00:02Z")
    level, floor, hold, emergency = as_json(path, Part.ORDERS)
    assert (level["limit_w"], level["level"], level["level_w"]) == (None, "265MHz", 1080)
    assert (level["floor_w"], level["hold"], level["emergency"]) == (None, 0, 0)
    assert (floor["limit_w"], floor["floor_w"], floor["hold"]) == (None, 20_000, 0)
    assert (hold["limit_w"], hold["level"], hold["floor_w"], hold["hold"]) == (None, None, None, 1)
    assert (emergency["limit_w"], emergency["emergency"]) == (0, 1)
    locks = [(row["place"], row["why"], row["released_by"]) for row in as_json(path, Part.LOCKS)]
    assert locks == [("a", "fan swap", None), ("a", "fan swap", "Bob")]


async def test_cycles_are_put_together(write: Write) -> None:
    path = await write(
        [run(), *cycles(6), dispatched(50, dispatch()), seen_dispatch(dispatch(), 60)]
    )
    rows = as_json(path, Part.CYCLES)
    assert [row["target_w"] for row in rows] == [6400, 6400, 0, 6400, 6400, 0, 6400]
    assert [row["curtailed_w"] for row in rows] == [0, 0, 6400, 0, 0, 6400, 0]
    assert [row["dispatches"] for row in rows] == [*[[]] * 6, ["d-1"]]
    assert {row["run"] for row in rows} == {1}
    assert rows[2]["marginal_price_per_mwh"] == "2900"
    assert rows[1]["at"] == "2023-09-06T19:00:05.000000Z"


SPANS: list[tuple[Part, list[Record]]] = [
    (Part.SAMPLES, [price(n) for n in range(4)]),
    (Part.CYCLES, [run(), *cycles(4, step_s=1)]),
    (Part.RUNS, [run(n) for n in range(4)]),
    (Part.ORDERS, [order(n, f"o-{n}") for n in range(4)]),
    (Part.DISPATCHES, [dispatched(n, dispatch()) for n in range(4)]),
    (Part.COMMANDS, [command(n, Stage.INTENDED, f"c-{n}", ordered=n) for n in range(4)]),
]


@pytest.mark.parametrize(("part", "records"), SPANS, ids=[part for part, _ in SPANS])
async def test_a_span_begins_with_its_first_moment_and_ends_before_its_last(
    write: Write, part: Part, records: list[Record]
) -> None:
    path = await write(records)
    assert len(as_csv(path, part)) == 4
    assert len(as_csv(path, part, since=at(1))) == 3
    assert len(as_csv(path, part, until=at(1))) == 1
    assert len(as_csv(path, part, since=at(1), until=at(3))) == 2


async def test_a_span_of_intervals_is_about_their_beginning(write: Write) -> None:
    path = await write([interval(n) for n in range(4)])
    for part in (Part.INTERVALS, Part.CURTAILED):
        rows = as_csv(path, part, since=at(900), until=at(2700))
        assert [row["start_at"][11:16] for row in rows] == ["19:15", "19:30"]


async def test_a_time_without_a_zone_is_refused(write: Write) -> None:
    path = await write([run()])
    with pytest.raises(PermanentError, match="needs a zone, for example 2023-09-06T19:00:00Z"):
        as_csv(path, Part.RUNS, since=T0.replace(tzinfo=None))


async def test_it_reads_while_the_daemon_writes(sqlite: SqliteLedger) -> None:
    await sqlite.commit([price(0, "1")])
    assert [row["value"] for row in as_csv(sqlite.path, Part.SAMPLES)] == ["1"]
    await sqlite.commit([price(1, "2")])
    assert [row["value"] for row in as_csv(sqlite.path, Part.SAMPLES)] == ["1", "2"]
    assert sqlite.health().writable


def test_there_has_to_be_a_ledger(tmp_path: Path) -> None:
    missing = tmp_path / "ledger.sqlite"
    for part in Part:
        with pytest.raises(PermanentError, match="there is no ledger here"):
            as_csv(missing, part)
    assert not missing.exists()
