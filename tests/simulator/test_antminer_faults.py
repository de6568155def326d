"""Each fault of a stock Antminer, as a client and as the meter meet it."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from controller.simulator.farm import Farm
from controller.simulator.faults import MinerFault
from controller.simulator.server import MinerServer

from .help import HandClock, send, turns, until
from .stock import READ, StockClient, stock_miner

OK = "M000"


@pytest.fixture
def server(shed: Farm) -> MinerServer:
    return next(iter(shed.miners.values()))


def fault(kind: str, **details: object) -> MinerFault:
    return MinerFault.model_validate({"kind": kind, **details})


async def test_a_liar_says_ok_and_reads_back_that_it_mines(
    stock: StockClient, server: MinerServer, clock: HandClock
) -> None:
    await server.inject(fault("lie"))
    assert (await stock.change(clock, miner_mode=1))["code"] == OK
    clock.move(300)
    assert (await stock.read())["bitmain-work-mode"] == "0"
    assert (await stock.read("summary"))["SUMMARY"][0]["rate_5s"] > 190_000
    assert server.miner.physics.power_w(clock.now()) > 3400


async def test_a_deep_liar_reads_back_that_it_sleeps_and_draws_on(
    stock: StockClient, server: MinerServer, clock: HandClock
) -> None:
    await server.inject(fault("lie", lie_watts=True))
    assert (await stock.change(clock, miner_mode=1))["code"] == OK
    clock.move(300)
    assert (await stock.read())["bitmain-work-mode"] == "1"
    assert (await stock.read("summary"))["SUMMARY"][0]["rate_5s"] == 0
    before = (await stock.read("pools"))["POOLS"][0]["accepted"]
    clock.move(600)
    assert (await stock.read("pools"))["POOLS"][0]["accepted"] == before
    assert server.miner.physics.power_w(clock.now()) > 3400
    await server.inject(fault("clear"))
    assert (await stock.read())["bitmain-work-mode"] == "0"


async def test_refusal_is_said(stock: StockClient, server: MinerServer, clock: HandClock) -> None:
    await server.inject(fault("refuse"))
    assert (await stock.change(clock, miner_mode=1))["code"] == "M001"
    assert (await stock.read())["bitmain-work-mode"] == "0"


async def test_the_configuration_cannot_be_read_and_all_else_can(
    stock: StockClient, server: MinerServer
) -> None:
    await server.inject(fault("unreadable"))
    assert (await stock.ask(READ)).status == 503
    assert (await stock.ask("summary")).status == 200


async def test_a_truncated_reply_breaks_off(stock: StockClient, server: MinerServer) -> None:
    await server.inject(fault("truncate"))
    with pytest.raises(aiohttp.ClientError):
        await stock.ask("summary")


async def test_html_instead_of_json(stock: StockClient, server: MinerServer) -> None:
    await server.inject(fault("html"))
    answer = await stock.ask("summary")
    assert answer.status == 200
    assert answer.text.startswith("<!DOCTYPE html>")


async def test_another_password(stock: StockClient, server: MinerServer) -> None:
    await server.inject(fault("password"))
    assert (await stock.ask("summary")).status == 401
    await server.inject(fault("clear"))
    assert (await stock.ask("summary")).status == 200


async def test_somebody_else_resets_the_frequency(
    stock: StockClient, server: MinerServer, clock: HandClock
) -> None:
    await stock.change(clock, freq_level="70")
    await server.inject(fault("frequency_reset"))
    assert (await stock.read())["bitmain-freq-level"] == "100"
    assert (await stock.change(clock, freq_level="70"))["code"] == OK
    assert (await stock.read())["bitmain-freq-level"] == "100"
    await server.inject(fault("clear"))
    await stock.change(clock, freq_level="70")
    assert (await stock.read())["bitmain-freq-level"] == "70"


async def test_hanging_slow_garbage_and_endless(stock: StockClient, server: MinerServer) -> None:
    request = f"GET /cgi-bin/{READ}.cgi HTTP/1.1\r\n\r\n".encode()
    await server.inject(fault("hang"))
    hanging = asyncio.ensure_future(send(stock.address, stock.port, request))
    done, _ = await asyncio.wait({hanging}, timeout=0.2)
    assert not done
    hanging.cancel()
    await server.inject(fault("garbage"))
    assert not (await send(stock.address, stock.port, request)).startswith(b"HTTP")
    await server.inject(fault("slow", seconds=0.2))
    assert (await stock.ask("summary")).status == 200
    await server.inject(fault("endless"))
    reader, writer = await asyncio.open_connection(stock.address, stock.port)
    writer.write(request)
    assert (await reader.readexactly(100_000)).startswith(b"HTTP/1.1 200 OK")
    writer.close()


async def test_asleep_it_stays_asleep_through_a_reboot(
    stock: StockClient, server: MinerServer, clock: HandClock
) -> None:
    await stock.change(clock, miner_mode=1)
    await server.inject(fault("reboot", seconds=40))
    await turns()
    clock.move(40)
    await until(lambda: server.miner.fault.kind == "clear", "the miner to come back")
    clock.move(300)
    assert (await stock.read())["bitmain-work-mode"] == "1"
    assert server.miner.physics.power_w(clock.now()) < 30


async def test_a_write_that_the_power_cut_is_lost(
    stock: StockClient, server: MinerServer, shed: Farm, clock: HandClock
) -> None:
    posting = asyncio.ensure_future(stock.change(clock, miner_mode=1))
    await until(lambda: clock.sleepers > 0, "the write to begin")
    await server.inject(fault("die"))
    clock.move(20)
    with pytest.raises(aiohttp.ClientError):
        await posting
    await server.inject(fault("clear"))
    assert stock_miner(shed).configuration.mode == 0
