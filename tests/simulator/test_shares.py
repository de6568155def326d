"""Accepted shares: they follow the hashrate, and stop when nobody takes them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from controller.simulator.farm import Farm
from controller.simulator.physics import Motion
from controller.simulator.shares import ShareCount, work_th

from .help import NOON, Client, HandClock, turns
from .stock import StockClient
from .test_control_port import fault
from .test_physics import after

HASHES_A_SHARE = 32_768 * 2**32


@pytest.fixture
async def control(farm: Farm) -> AsyncIterator[aiohttp.ClientSession]:
    endpoint = farm.settings.control
    assert endpoint is not None
    async with aiohttp.ClientSession(f"http://{endpoint.address}:{endpoint.port}") as session:
        yield session


async def accepted(miner: Client) -> int:
    count: int = (await miner.ask("summary"))["SUMMARY"][0]["Accepted"]
    return count


async def first_pool(miner: Client) -> Any:
    return (await miner.ask("pools"))["POOLS"][0]


def test_work_is_counted_on_both_sides_of_a_start() -> None:
    start = Motion(NOON, 25, 3000, 4, 0, 120, 10)
    assert work_th(start, NOON, NOON + after(15)) == pytest.approx(600)
    assert work_th(start, NOON + after(11), NOON + after(12)) == pytest.approx(120)


def test_unpaid_work_is_not_made_up_for() -> None:
    running = Motion(NOON, 3000, 3000, 0, 120, 120, 0)
    count = ShareCount(32_768, NOON).settle(running, NOON + after(3600), paid=False)
    count = count.settle(running, NOON + after(7200), paid=True)
    assert count.shares == pytest.approx(120e12 * 3600 / HASHES_A_SHARE)


async def test_shares_follow_the_hashrate(miner: Client, clock: HandClock) -> None:
    before = await accepted(miner)
    assert before > 0
    clock.move(3600)
    earned = await accepted(miner) - before
    assert earned == pytest.approx(121.8e12 * 3600 / HASHES_A_SHARE, abs=1)
    row = await first_pool(miner)
    assert (row["Accepted"], row["Status"]) == (before + earned, "Alive")
    assert row["Difficulty Accepted"] == 32_768 * row["Accepted"]
    boards = (await miner.ask("devs"))["DEVS"]
    assert sum(board["Accepted"] for board in boards) == row["Accepted"]


async def test_a_sleeping_miner_finds_none(miner: Client, clock: HandClock) -> None:
    token = await miner.logon()
    await miner.ask("curtail", f"{token},sleep")
    before = await accepted(miner)
    clock.move(3600)
    assert await accepted(miner) == before


async def test_a_lost_pool_takes_no_shares_and_leaves_the_power(
    control: aiohttp.ClientSession, miner: Client, clock: HandClock
) -> None:
    assert (await fault(control, {"target": "hall", "kind": "pool_lost"}))[0] == 200
    before = await accepted(miner)
    clock.move(3600)
    assert await accepted(miner) == before
    assert (await first_pool(miner))["Status"] == "Dead"
    assert await miner.watts() > 2700
    assert (await fault(control, {"target": "hall", "kind": "clear"}))[0] == 200
    clock.move(3600)
    assert await accepted(miner) > before
    assert (await first_pool(miner))["Status"] == "Alive"


async def test_without_uplink_miners_stop_for_lack_of_work(
    control: aiohttp.ClientSession, miner: Client, clock: HandClock
) -> None:
    before = await accepted(miner)
    await fault(control, {"target": "site", "kind": "uplink_lost"})
    await turns()
    clock.move(59)
    await turns()
    assert await miner.watts() > 2700
    clock.move(1)
    await turns()
    clock.move(5)
    assert await miner.watts() == 25
    assert (await miner.ask("config"))["CONFIG"][0]["CurtailMode"] == "None"
    await fault(control, {"target": "site", "kind": "clear"})
    clock.move(60)
    assert await miner.watts() > 2700
    assert await accepted(miner) > before


async def test_a_pool_may_come_back_by_itself(
    control: aiohttp.ClientSession, miner: Client, clock: HandClock
) -> None:
    await fault(control, {"target": "hall", "kind": "pool_lost", "seconds": 600})
    await turns()
    clock.move(600)
    await turns()
    assert (await first_pool(miner))["Status"] == "Alive"


async def test_a_group_whose_site_has_no_pool_has_none(
    control: aiohttp.ClientSession, miner: Client
) -> None:
    await fault(control, {"target": "site", "kind": "pool_lost"})
    await fault(control, {"target": "hall", "kind": "pool_lost"})
    await fault(control, {"target": "hall", "kind": "clear"})
    assert (await first_pool(miner))["Status"] == "Dead"


async def test_stock_antminers_count_alike(
    stock: StockClient, shed: Farm, clock: HandClock
) -> None:
    before = (await stock.read("pools"))["POOLS"][0]["accepted"]
    clock.move(3600)
    earned = (await stock.read("pools"))["POOLS"][0]["accepted"] - before
    assert earned == pytest.approx(200e12 * 3600 / (524_288 * 2**32), abs=1)
