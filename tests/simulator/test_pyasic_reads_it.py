"""The simulated miner as pyasic sees it: a client that somebody else wrote."""

from __future__ import annotations

import asyncio

import pytest
from pyasic.miners.antminer.bmminer import BMMinerS21
from pyasic.miners.antminer.luxos import LUXMinerS19kPro
from pyasic.rpc.luxminer import LUXMinerRPCAPI

from .help import Client, HandClock, until
from .stock import StockClient


@pytest.fixture
def client(miner: Client) -> LUXMinerS19kPro:
    found = LUXMinerS19kPro(miner.address)
    found.rpc.port = miner.port
    return found


async def test_its_api_class_logs_on_sleeps_and_wakes(miner: Client, clock: HandClock) -> None:
    api = LUXMinerRPCAPI(miner.address, port=miner.port)
    assert (await api.sleep())["CURTAIL"][0]["Action"] == "sleep mode"
    clock.move(10)
    assert (await api.power())["POWER"][0]["Watts"] == 25
    assert (await api.wakeup())["CURTAIL"][0]["Action"] == "wake up"
    clock.move(10)
    assert (await api.power())["POWER"][0]["Watts"] > 2700
    await api.logoff()
    assert (await api.session())["SESSION"][0]["SessionID"] == ""


async def test_its_cached_token_fails_after_a_minute(miner: Client, clock: HandClock) -> None:
    api = LUXMinerRPCAPI(miner.address, port=miner.port)
    await api.sleep()
    clock.move(61)
    with pytest.raises(Exception, match="session"):
        await api.wakeup()
    api.session_token = None
    assert (await api.wakeup())["STATUS"][0]["STATUS"] == "S"


async def test_its_data_model_finds_power_version_and_mode(client: LUXMinerS19kPro) -> None:
    data = await client.get_data()
    assert 2700 < data.wattage < 2900
    assert data.wattage_limit == 2794
    assert data.fw_ver == "2025.4.8.220305"
    assert data.api_ver == "3.7"
    assert float(data.expected_hashrate) == pytest.approx(121.8)
    assert [round(float(board.hashrate)) for board in data.hashboards] == pytest.approx(
        [41, 41, 41], abs=1
    )
    assert len(data.pools) == 2


async def test_its_power_limit_picks_a_profile(client: LUXMinerS19kPro, clock: HandClock) -> None:
    assert await client.set_power_limit(1300)
    clock.move(30)
    assert await client.get_wattage() == pytest.approx(1299, rel=0.016)
    config = await client.get_config()
    assert config.mining_mode.active_preset.name == "315MHz"
    assert len(config.mining_mode.available_presets) == 25
    assert await client.atm_enabled() is True


async def test_it_stops_and_resumes(client: LUXMinerS19kPro, clock: HandClock) -> None:
    assert await client.stop_mining()
    clock.move(10)
    assert await client.get_wattage() == 25
    assert await client.resume_mining()
    clock.move(10)
    assert await client.get_wattage() > 2700


@pytest.fixture
def antminer(stock: StockClient) -> BMMinerS21:
    found = BMMinerS21(stock.address)
    found.web.port = stock.port
    return found


async def test_it_reads_a_stock_antminer(antminer: BMMinerS21, stock: StockClient) -> None:
    assert await antminer.get_hostname() == "Antminer"
    mac = (await stock.read("get_system_info"))["macaddr"]
    assert await antminer.get_mac() == mac.upper()
    assert await antminer.is_mining() is True
    boards = [float(board.hashrate) for board in await antminer.get_hashboards()]
    assert sum(boards) == pytest.approx(200, rel=0.016)
    config = await antminer.get_config()
    assert config.pools.groups[0].pools[0].user == "demo.miner"


async def test_it_stops_a_stock_antminer_and_resets_its_frequency(
    antminer: BMMinerS21, stock: StockClient, clock: HandClock
) -> None:
    await stock.change(clock, freq_level="70")
    clock.move(300)
    stopping = asyncio.ensure_future(antminer.stop_mining())
    await until(lambda: clock.sleepers > 0, "the write to begin")
    clock.move(20)
    assert await asyncio.wait_for(stopping, 10)
    assert await antminer.is_mining() is False
    assert (await stock.read())["bitmain-freq-level"] == "100"
