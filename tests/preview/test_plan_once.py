"""`curtaild plan` looks at a real (simulated) site once, and changes nothing there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from controller import preview
from controller.clock import SiteClock
from controller.config.compose import Settings
from controller.errors import PermanentError
from controller.model.fleet import Standing
from controller.model.grid import Dispatch, ReduceTo
from controller.model.plan import Mode
from controller.model.quality import Missing
from controller.model.records import DispatchArrived
from controller.preview import plan_once
from controller.reasons import Reason
from controller.simulator.farm import Farm
from controller.wiring import build_ledger, load_settings
from tests.e2e.configuration import (
    CHEAP,
    DEAR,
    EPOCH,
    SIMULATED,
    Block,
    configuration,
    write,
)
from tests.simulator.help import running


@pytest.fixture
def plain(tmp_path: Path) -> dict[str, Any]:
    """Five miners, the site minute in a second."""
    return configuration(tmp_path, Block.free(), {"hall-a": 3, "hall-b": 2}, rate=60)


def settings(tmp_path: Path, plain: dict[str, Any], price: str = CHEAP) -> Settings:
    path = tmp_path / "site.yaml"
    write(path, plain, [(minute, price) for minute in range(0, 600, 15)])
    return load_settings(path)


@pytest.fixture
async def farm(tmp_path: Path, plain: dict[str, Any]) -> AsyncIterator[Farm]:
    given = settings(tmp_path, plain)
    assert given.simulation is not None
    async with running(given.simulation, SiteClock(given.clock)) as started:
        yield started


async def test_all_run_on_cheap_power(tmp_path: Path, plain: dict[str, Any], farm: Farm) -> None:
    view = await plan_once(settings(tmp_path, plain))
    assert view.plan.mode is Mode.NORMAL
    assert not view.plan.commands
    assert view.plan.target_w == pytest.approx(5 * 2_801, rel=0.02)


async def test_it_says_what_it_would_send(
    tmp_path: Path, plain: dict[str, Any], farm: Farm
) -> None:
    plain["pacing"]["known_firmware"] = [SIMULATED]
    view = await plan_once(settings(tmp_path, plain, DEAR))
    assert [one.level for one in view.plan.commands] == ["off"] * 5
    assert all(miner.physics.awake for miner in farm.plant.miners())
    assert not (tmp_path / "state" / "ledger.sqlite").exists()


async def test_it_says_that_a_new_firmware_would_wait_for_its_canary(
    tmp_path: Path, plain: dict[str, Any], farm: Farm
) -> None:
    view = await plan_once(settings(tmp_path, plain, DEAR))
    assert view.plan.commands == ()
    assert {one.reason for one in view.plan.explained.values()} == {Reason.CANARY}
    assert view.plan.rehearsals[SIMULATED].waiting == 5


async def test_it_writes_nothing_beside_the_daemon(
    tmp_path: Path, plain: dict[str, Any], farm: Farm
) -> None:
    """Run by another user it would leave files there that the daemon cannot read."""
    given = settings(tmp_path, plain)
    await accept(given, 5_000)
    before = written(given.state_dir)
    await plan_once(given)
    assert written(given.state_dir) == before
    owed = given.state_dir / "owed.json"
    owed.write_text("spoilt")
    with pytest.raises(PermanentError, match=str(owed)):
        await plan_once(given)


async def test_it_knows_the_dispatches_of_the_ledger(
    tmp_path: Path, plain: dict[str, Any], farm: Farm
) -> None:
    given = settings(tmp_path, plain)
    await accept(given, 5_000)
    before = build_ledger(given).path.read_bytes()
    view = await plan_once(given)
    assert view.plan.limit_w == 5_000
    assert {one.reason for one in view.plan.commands} == {Reason.DISPATCH}
    assert build_ledger(given).path.read_bytes() == before


def written(folder: Path) -> dict[str, int]:
    """When each file was, but for those by which SQLite reads: they are made as the owner's."""
    files = (path for path in folder.iterdir() if not path.name.startswith("ledger.sqlite-"))
    return {path.name: path.stat().st_mtime_ns for path in files}


async def accept(given: Settings, limit_w: int) -> None:
    """A dispatch from the epoch on, written down by a daemon before."""
    dispatch = Dispatch(
        id="d-1",
        version=1,
        program="ers",
        authority="grid-operator",
        issued_at=EPOCH,
        received_at=EPOCH,
        start=EPOCH,
        end=EPOCH + timedelta(hours=1),
        target=ReduceTo(kw=Decimal(limit_w) / 1000),
        limit_w=limit_w,
    )
    ledger = build_ledger(given)
    given.state_dir.mkdir()
    ledger.open()
    record = DispatchArrived(at=EPOCH, authority="grid-operator", body={}, dispatch=dispatch)
    await ledger.commit([record])
    await ledger.close()


async def test_miners_that_say_nothing_are_waited_for_and_no_longer(
    tmp_path: Path, plain: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "HEARD_WITHIN_S", 0.5)
    view = await plan_once(settings(tmp_path, plain))  # nobody is there at all
    assert view.seen.fleet_known
    assert {one.standing for one in view.seen.cohorts.values()} == {Standing.UNREACHABLE}
    assert not view.plan.commands
    assert isinstance(view.seen.meters_w["site"], Missing)


async def test_a_site_without_feeds(tmp_path: Path, plain: dict[str, Any], farm: Farm) -> None:
    plain["feeds"] = {}
    plain["site"] |= {"safe_kw": None, "meter_silent_after_s": None}
    view = await plan_once(settings(tmp_path, plain))
    assert view.plan.mode is Mode.HOLDING
    assert isinstance(view.seen.price_per_mwh, Missing)
    assert not view.plan.commands
