"""`curtaild check` says where a program may ask more than the site has been measured to do."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from controller.app.recorder import Recorder
from controller.ledger.last import last_plan
from controller.ledger.sqlite import SqliteLedger
from controller.model.plan import Curtailed, Deliverable, Mode, Plan
from controller.model.records import CycleRecorded
from controller.model.seen import Snapshot, State
from controller.model.site import Site
from controller.reasons import Reason
from tests.commands.conftest import Cli
from tests.config.sound import spoilt

NOW = datetime(2023, 9, 7, 2, 30, tzinfo=UTC)
"""Half past nine in the evening before, where the site is."""
SITE = Site(id="north", currency="USD", zone="UTC", import_limit_w=190_000, groups={})
ASKING = ("authority: grid-operator", "authority: grid-operator\n    capacity_kw: 500")
IN_TEN_MINUTES = (*ASKING[:1], ASKING[1] + "\n    response_s: 600")


def plan(shed_w: int) -> Plan:
    horizons = ((10, shed_w // 4), (60, shed_w // 2), (600, shed_w), (1800, shed_w))
    return Plan(
        at=NOW,
        mode=Mode.NORMAL,
        target_w=0,
        expected_w=0,
        limit_w=190_000,
        deliverable=tuple(
            Deliverable(
                within_s=within_s,
                shed_w=watts,
                add_w=0,
                shed_confidence=Decimal("0.83"),
                add_confidence=Decimal(0),
            )
            for within_s, watts in horizons
        ),
    )


def recorded(folder: Path, *plans: Plan) -> Path:
    """A ledger in which these were decided one after the other."""
    recorder, state, cycles = Recorder(), State(), list[CycleRecorded]()
    for one in plans:
        seen = Snapshot(now=one.at, site=SITE)
        cycles.append(recorder.record(seen, state, one, state, one.at))

    async def write(ledger: SqliteLedger) -> None:
        await ledger.commit(cycles)
        await ledger.close()

    ledger = SqliteLedger(folder / "state" / "ledger.sqlite")
    ledger.open()
    asyncio.run(write(ledger))
    return ledger.path


def later(one: Plan, seconds: int) -> Plan:
    return replace(one, at=one.at + timedelta(seconds=seconds))


def warned(cli: Cli) -> dict[str, str]:
    done = cli("check", "--config", "site.yaml", "--json")
    assert done.returncode == 0
    return {one["key"]: one["reason"] for one in json.loads(done.stdout)["warnings"]}


def test_without_records_it_says_that_nothing_was_measured(cli: Cli, folder: Path) -> None:
    spoilt(folder, *IN_TEN_MINUTES)
    done = cli("check", "--config", "site.yaml")
    assert done.returncode == 0
    assert "nothing has been measured yet: what programs may ask is not compared" in done.stdout
    assert "programs.ers" not in done.stdout
    approved = json.loads(cli("check", "--config", "site.yaml", "--json").stdout)
    assert approved["measured_at"] is None
    assert not (folder / "state").exists(), "it writes nothing"


def test_a_program_that_asks_too_much_is_a_warning_and_no_error(cli: Cli, folder: Path) -> None:
    spoilt(folder, *IN_TEN_MINUTES)
    recorded(folder, plan(200_000), later(plan(320_000), 5))
    assert warned(cli)["programs.ers.capacity_kw"] == (
        "program ers may ask 500 kW within 600 s; the site has been measured to shed 320 kW "
        "(confidence 0.83) on 2023-09-06"
    )
    done = cli("check", "--config", "site.yaml")
    assert done.returncode == 0
    assert "nothing has been measured" not in done.stdout


def test_what_is_off_already_is_certain_to_be(cli: Cli, folder: Path) -> None:
    """For money, say: (300 + 0.83 x 100) / 400."""
    spoilt(folder, *IN_TEN_MINUTES)
    off = {Reason.UNPROFITABLE: Curtailed(power_w=300_000, hashrate_ths=Decimal(0))}
    recorded(folder, replace(plan(100_000), curtailed=off))
    assert "to shed 400 kW (confidence 0.95)" in warned(cli)["programs.ers.capacity_kw"]


def test_it_is_judged_by_the_time_that_it_gives(cli: Cli, folder: Path) -> None:
    recorded(folder, plan(500_000))
    spoilt(folder, *IN_TEN_MINUTES)
    assert "programs.ers.capacity_kw" not in warned(cli)
    spoilt(folder, *ASKING)
    assert "to shed 125 kW" in warned(cli)["programs.ers.capacity_kw"]


def test_what_was_sold_is_named_where_it_is_the_most(cli: Cli, folder: Path) -> None:
    recorded(folder, plan(90_500))
    spoilt(folder, ASKING[0], IN_TEN_MINUTES[1].replace("capacity_kw: 500", "reserve_kw: 100"))
    assert "to shed 90.5 kW" in warned(cli)["programs.ers.reserve_kw"]


def test_a_ledger_that_cannot_be_read_is_said_and_stops_nothing(cli: Cli, folder: Path) -> None:
    (folder / "state").mkdir()
    (folder / "state" / "ledger.sqlite").write_text("no database")
    assert warned(cli)["state_dir"].startswith("what was measured cannot be read: ")


def test_it_reads_beside_whoever_writes(folder: Path) -> None:
    path = recorded(folder, plan(1_000))
    ledger = SqliteLedger(path)
    ledger.open()
    try:
        assert last_plan(path) == plan(1_000)
    finally:
        asyncio.run(ledger.close())


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_last_plan_is_put_together_from_its_patches(folder: Path, count: int) -> None:
    plans = [later(plan(1_000 * n), n) for n in range(count)]
    assert last_plan(recorded(folder, *plans)) == plans[-1]


def test_a_ledger_without_decisions_has_no_last_plan(folder: Path) -> None:
    assert last_plan(recorded(folder)) is None
