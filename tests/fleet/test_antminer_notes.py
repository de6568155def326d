"""What the operator had set comes back exactly: after a crash, and whatever a firmware resets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from controller.errors import TemporaryError
from controller.fleet.driver import Toolbox
from controller.fleet.faults import MinerError
from controller.model.fleet import OFF

from .help import tools
from .stock_antminer import CONF, StockAntminer, answering, driver_of, known, running


def setting(miner: StockAntminer) -> tuple[str, Any]:
    return miner.mode, miner.read_of("bitmain-freq-level")


def resets_the_frequency(kept: dict[str, Any]) -> None:
    kept["bitmain-freq-level"] = "100"


async def test_a_firmware_that_resets_the_frequency_in_its_sleep(
    toolbox: Toolbox, tmp_path: Path
) -> None:
    miner = StockAntminer(on_write=resets_the_frequency)
    async with running(miner) as place:
        with pytest.raises(MinerError, match="its bitmain-freq-level is '100', not '70'"):
            await driver_of(toolbox).apply(known(*place), OFF)
        assert setting(miner) == ("1", "100")
        miner.on_write = lambda _: None
        await driver_of(tools(tmp_path)).apply(known(*place), "normal-70")
    assert setting(miner) == ("0", "70")
    assert tools(tmp_path).owed.miners() == {}


async def test_the_note_is_on_disk_before_the_stop_and_survives_a_kill(tmp_path: Path) -> None:
    miner = StockAntminer(conf=CONF.replace('mode" : "0"', 'mode" : "2"'))
    on_disk: list[str] = []
    miner.on_write = lambda _: on_disk.append((tmp_path / "owed.json").read_text())
    async with running(miner) as place:
        identity = known(*place, own_level="mode2-70")
        await driver_of(tools(tmp_path)).apply(identity, OFF)
        (note,) = json.loads(on_disk[0])["owed"].values()
        assert json.loads(note)["setting"]["mode"] == 2
        assert setting(miner) == ("1", "70")
        found = await driver_of(tools(tmp_path)).identify("m1", *place)
        assert found.own_level == "mode2-70", "also where the inventory is lost"
        await driver_of(tools(tmp_path)).apply(identity, "mode2-70")
    assert setting(miner) == ("2", "70")


async def test_without_a_note_no_stop(tmp_path: Path) -> None:
    miner = StockAntminer()
    box = tools(tmp_path / "state")
    (tmp_path / "state").write_text("this is no folder")
    async with running(miner) as place:
        with pytest.raises(TemporaryError, match=r"m1: not told, because .*owed\.json"):
            await driver_of(box).apply(known(*place), OFF)
    assert miner.written == []


async def test_a_restore_that_did_not_come_about_is_tried_again(tmp_path: Path) -> None:
    miner = StockAntminer()
    async with running(miner) as place:
        await driver_of(tools(tmp_path)).apply(known(*place), OFF)
        miner.on_write = resets_the_frequency
        with pytest.raises(MinerError, match="its bitmain-freq-level is '100', not '70'"):
            await driver_of(tools(tmp_path)).apply(known(*place), "normal-70")
        assert setting(miner) == ("0", "100")
        miner.on_write = lambda _: None
        await driver_of(tools(tmp_path)).apply(known(*place), "normal-70")
    assert setting(miner) == ("0", "70")


async def test_what_a_person_sets_in_between_is_left_so(toolbox: Toolbox) -> None:
    miner = StockAntminer()
    driver = driver_of(toolbox)
    async with running(miner) as place:
        await driver.apply(known(*place), OFF)
        woken = {**json.loads(CONF), "bitmain-freq-level": "90"}
        miner.conf = json.dumps(woken)
        await driver.apply(known(*place), "normal-70")
        assert setting(miner) == ("0", "90")
        await driver.apply(known(*place), OFF)
        await driver.apply(known(*place), "normal-70")
    assert setting(miner) == ("0", "90")
    assert toolbox.owed.miners() == {}


async def test_given_back_just_before_a_kill_it_is_no_longer_owed_once_it_was_read(
    tmp_path: Path,
) -> None:
    miner = StockAntminer()
    async with running(miner) as place:
        await driver_of(tools(tmp_path)).apply(known(*place), OFF)
        miner.on_write = lambda _: miner.faults.update(get_miner_conf=answering("", status=503))
        with pytest.raises(MinerError, match="HTTP 503"):
            await driver_of(tools(tmp_path)).apply(known(*place), "normal-70")
        miner.faults.clear()
        restarted = tools(tmp_path)
        assert "m1" in restarted.owed
        assert (await driver_of(restarted).read(known(*place))).level == "normal-70"
    assert tools(tmp_path).owed.miners() == {}
