"""A stock Antminer, stopped and started by the only thing that its firmware offers: its
configuration."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from controller.errors import PermanentError
from controller.fleet.antminer.conf import OURS
from controller.fleet.antminer.driver import AntminerDriver
from controller.fleet.driver import Toolbox
from controller.fleet.faults import FaultKind, MinerError
from controller.model.fleet import OFF, EvidenceGrade, Identity

from .help import tools
from .stock_antminer import CONF, MAC, StockAntminer, answering, driver_of, running


@pytest.fixture
def miner() -> StockAntminer:
    return StockAntminer()


@pytest.fixture
async def place(miner: StockAntminer) -> AsyncIterator[tuple[str, int]]:
    async with running(miner) as place:
        yield place


@pytest.fixture
def driver(toolbox: Toolbox) -> AntminerDriver:
    return driver_of(toolbox)


@pytest.fixture
async def identity(driver: AntminerDriver, place: tuple[str, int]) -> Identity:
    return await driver.identify("m1", *place)


async def test_identity(identity: Identity) -> None:
    assert (identity.model, identity.version) == ("Antminer S21", "FR-1.12(251009-S21)")
    assert (identity.mac, identity.own_level) == (MAC, "normal-70")


async def test_declared_watts_stand_for_those_it_does_not_report(
    driver: AntminerDriver, identity: Identity
) -> None:
    curve = await driver.curve(identity)
    assert [(level.name, level.power_w) for level in curve.levels] == [
        (OFF, 25),
        ("normal-70", 3500),
    ]
    assert curve.top.hashrate_ths == 200, "what it should reach, to the whole TH/s"
    measured = await driver.read(identity)
    assert (measured.level, measured.power_w) == ("normal-70", 3500)
    assert measured.grade is EvidenceGrade.INFERRED
    assert measured.hashrate_ths == Decimal("198.765")
    assert measured.accepted == 4060
    assert measured.is_of(identity)


async def test_low_power_is_a_level_where_its_watts_are_declared(
    toolbox: Toolbox, identity: Identity, miner: StockAntminer
) -> None:
    driver = driver_of(toolbox, low_power_w=2800, nameplate_ths="200")
    curve = await driver.curve(identity)
    assert [(level.name, level.hashrate_ths) for level in curve.levels[1:]] == [
        ("low-70", Decimal(160)),
        ("normal-70", Decimal(200)),
    ]
    await driver.apply(identity, "low-70")
    assert (miner.mode, miner.read_of("bitmain-freq-level")) == ("3", "70")
    measured = await driver.read(identity)
    assert (measured.level, measured.power_w) == ("low-70", 2800)


async def test_off_and_back_changes_the_mode_and_nothing_else(
    driver: AntminerDriver, identity: Identity, miner: StockAntminer
) -> None:
    await driver.apply(identity, OFF)
    asleep = await driver.read(identity)
    assert (asleep.level, asleep.power_w, asleep.hashrate_ths) == (OFF, 25, Decimal(0))
    await driver.apply(identity, "normal-70")
    assert (await driver.read(identity)).level == "normal-70"
    assert json.loads(miner.conf) == json.loads(CONF)
    assert len(miner.written) == 2
    for body, mode in zip(miner.written, (1, 0), strict=True):
        written = json.loads(body)
        assert written["miner-mode"] == mode
        assert written["freq-level"] == "70"
        assert {k: v for k, v in written.items() if k not in OURS} == {
            k: v for k, v in json.loads(CONF).items() if k not in OURS
        }
        assert "\n" not in body, "the firmware reads one line"
    assert '"bitmain-voltage":14.10' in miner.written[0], "not even another spelling of a number"


async def test_what_is_so_already_is_not_written(
    driver: AntminerDriver, identity: Identity, miner: StockAntminer
) -> None:
    await driver.apply(identity, "normal-70")
    assert miner.written == []
    await driver.apply(identity, OFF)
    await driver.apply(identity, OFF)
    assert len(miner.written) == 1


async def test_one_that_says_yes_sleeps_by_its_word_and_hashes_counts_in_full(
    driver: AntminerDriver, identity: Identity, miner: StockAntminer
) -> None:
    miner.lies = True
    await driver.apply(identity, OFF)
    assert miner.mode == "1"
    measured = await driver.read(identity)
    assert (measured.level, measured.power_w) == ("normal-70", 3500)
    await driver.apply(identity, OFF)
    assert len(miner.written) == 2, "told again, it is written again"


async def test_a_yes_that_changes_nothing_is_an_error_that_says_so(
    driver: AntminerDriver, identity: Identity, miner: StockAntminer
) -> None:
    miner.on_write = lambda kept: kept.update({"bitmain-work-mode": "0"})
    with pytest.raises(MinerError, match="m1: it said yes, but is set to normal-70 and not to sl"):
        await driver.apply(identity, OFF)


@pytest.mark.parametrize("code", ["M001", "M003", "", "M0000"])
async def test_any_other_code_than_m000_is_a_refusal(
    code: str, driver: AntminerDriver, identity: Identity, miner: StockAntminer
) -> None:
    said = f'{{"stats":"success","code":"{code}","msg":"request busy"}}'
    miner.faults["set_miner_conf"] = answering(said)
    with pytest.raises(MinerError, match=f"m1: refused: {code} 'request busy'") as caught:
        await driver.apply(identity, OFF)
    assert caught.value.kind is FaultKind.REFUSED


async def test_found_asleep_it_is_taken_for_normal(
    driver: AntminerDriver, place: tuple[str, int], miner: StockAntminer
) -> None:
    miner.conf = CONF.replace('"bitmain-work-mode" : "0"', '"bitmain-work-mode" : "1"')
    identity = await driver.identify("m1", *place)
    assert identity.own_level == "normal-70"
    await driver.apply(identity, "normal-70")
    assert miner.mode == "0"


async def test_another_machine_is_told_nothing(
    driver: AntminerDriver, identity: Identity, miner: StockAntminer
) -> None:
    miner.mac = "02:55:97:22:30:99"
    with pytest.raises(MinerError, match=f"m1: not told: {miner.mac} answers, and {MAC} is meant"):
        await driver.apply(identity, OFF)
    assert miner.written == []
    assert not (await driver.read(identity)).is_of(identity)


async def test_no_antminer_or_one_without_modes(
    driver: AntminerDriver, place: tuple[str, int], miner: StockAntminer
) -> None:
    miner.conf = CONF.replace("bitmain-work-mode", "bitmain-work-nothing")
    with pytest.raises(PermanentError, match="m1: its firmware has no mode that could be set"):
        await driver.identify("m1", *place)
    other = '{"minertype":"Volcminer D1","macaddr":"02","system_filesystem_version":"1"}'
    miner.conf, miner.faults["get_system_info"] = CONF, answering(other)
    with pytest.raises(PermanentError, match=r"m1: this is no Antminer: .*'Volcminer D1'"):
        await driver.identify("m1", *place)


async def test_other_declared_watts_are_another_curve(
    toolbox: Toolbox, identity: Identity, tmp_path: Path
) -> None:
    before = await driver_of(toolbox).curve(identity)
    assert driver_of(tools(tmp_path)).vouches_for(identity, before)
    assert not driver_of(tools(tmp_path), nameplate_w=3400).vouches_for(identity, before)
    assert not driver_of(tools(tmp_path), nameplate_ths=150).vouches_for(identity, before)
