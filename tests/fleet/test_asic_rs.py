"""What pyasic-rs reads counts only where it fits what we read; and which miners it can read."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from controller.errors import PermanentError
from controller.fleet.asic_rs import ASIC_RS_ANTMINER, ASIC_RS_LUXOS
from controller.fleet.asic_rs.settings import AsicRsAntminers, AsicRsLuxOsMiners
from controller.fleet.driver import Firmware, Toolbox
from controller.fleet.faults import FaultKind, MinerError
from controller.fleet.fleet import MinerFleet
from controller.fleet.settings import FleetSettings
from controller.model.fleet import OFF, Stage
from controller.simulator.luxos import api
from controller.simulator.luxos.miner import LuxOsMiner
from controller.wiring import DRIVERS
from tests.simulator.help import HandClock, free_address, until

from .benches import MAKES, Bench, asic_rs_antminer, bench_of, need_port
from .help import command, running
from .stock_antminer import CONF, StockAntminer, known
from .stock_antminer import running as listening

FORWARDED = {"m1": {"address": "10.0.9.1", "port": 8001, "mac": "02:55:97:22:30:72"}}


@pytest.fixture
async def bench(toolbox: Toolbox, clock: HandClock) -> AsyncIterator[Bench]:
    async with bench_of(MAKES["asic_rs_luxos"], toolbox, clock) as ready:
        yield ready


async def test_a_group_chooses_it(bench: Bench, clock: HandClock, tmp_path: Path) -> None:
    miner = bench.server.miner.address
    fleet = MinerFleet(
        settings=FleetSettings(),
        groups={"hall": AsicRsLuxOsMiners(addresses=(miner,))},
        firmwares=DRIVERS,
        state_dir=tmp_path,
        clock=clock,
    )
    async with running(fleet, clock) as site:
        fleet.send([command(miner, OFF)])
        assert (await site.outcome()).stage is Stage.SENT
        clock.move(60)
        await until(lambda: fleet.readings()[miner].level == OFF, "it to be read asleep")
    assert "pyasic_rs" not in sys.modules, "it is the other process that loads it"


HEAD = b'{"STATUS":[{"STATUS":"S","Code":311,"Msg":"p","When":1,"Description":"LUXminer 1"}],'


@pytest.mark.parametrize(
    ("power", "said"),
    [
        (HEAD + b'"POWER":[{"Watts":3000}]}\0', "it finds 3000 W where we find it asleep"),
        (HEAD + b'"POWER":[]}\0', "it says no watts"),
        (HEAD + b'"POWER":[{"Watts":1e9}]}\0', "cannot be used"),
    ],
)
async def test_off_is_only_what_both_find_asleep(
    power: bytes, said: str, toolbox: Toolbox, clock: HandClock
) -> None:
    """A miner that answers what pyasic-rs asks otherwise than what we ask."""
    async with bench_of(MAKES["luxos"], toolbox, clock) as bench:
        await bench.tell(await bench.identify(), OFF)
        miner = bench.server.miner
        assert isinstance(miner, LuxOsMiner)

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            request = await reader.read(500)
            alone = b'"power"' in request
            writer.write(power if alone else api.answer(miner, request, clock.now()))
            writer.close()

        address = free_address()
        async with await asyncio.start_server(talk, address, 4028):
            driver = ASIC_RS_LUXOS.build(toolbox)
            with pytest.raises(MinerError, match=said) as caught:
                await driver.read(await driver.identify("m1", address, 4028))
            assert caught.value.kind is FaultKind.GARBAGE


async def test_an_antminer_is_off_only_where_both_find_it_asleep(toolbox: Toolbox) -> None:
    need_port(80)
    asleep = CONF.replace('"bitmain-work-mode" : "0"', '"bitmain-work-mode" : "1"')
    miner = StockAntminer(conf=asleep)
    ours = True

    async def otherwise_the_second_time(_: web.Request) -> web.Response | None:
        nonlocal ours
        asked_by_us, ours = ours, False
        return None if asked_by_us else web.Response(text=CONF)

    async with listening(miner, port=80) as (address, port):
        driver = asic_rs_antminer(toolbox)
        assert (await driver.read(known(address, port))).level == OFF
        miner.faults["get_miner_conf"] = otherwise_the_second_time
        with pytest.raises(MinerError, match="it finds it mining where we find it asleep"):
            await driver.read(known(address, port))


@pytest.mark.parametrize("firmware", [ASIC_RS_LUXOS, ASIC_RS_ANTMINER])
def test_without_the_library_it_says_what_to_install(
    firmware: Firmware, toolbox: Toolbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyasic_rs", None)
    with pytest.raises(PermanentError, match=r"pip install 'curtaild\[asic-rs\]'"):
        firmware.build(toolbox)


@pytest.mark.parametrize(
    ("change", "said"),
    [({"port": 8080}, "port"), ({"behind_nat": FORWARDED}, "knows no ports but the usual ones")],
)
def test_miners_at_other_ports_are_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        AsicRsLuxOsMiners.model_validate({"addresses": ["10.0.0.1"], **change})
    with pytest.raises(ValidationError, match=said):
        AsicRsAntminers.model_validate({"addresses": ["10.0.0.1"], "nameplate_w": 3500, **change})
