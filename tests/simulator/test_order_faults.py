"""Faults that befall a miner in the middle of an order or of its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import aiohttp
import pytest

from controller.simulator.farm import Farm
from controller.simulator.faults import MinerFault
from controller.simulator.server import MinerServer

from .help import Client, HandClock, send, until
from .stock import WRITE, StockClient, as_posted

GONE = (ConnectionError, asyncio.IncompleteReadError, aiohttp.ClientError)


def only(farm: Farm) -> MinerServer:
    return next(iter(farm.miners.values()))


async def cut_off(answer: Awaitable[object]) -> bool:
    """Whether the other side leaves without an answer."""
    try:
        return await asyncio.wait_for(answer, 5) == b""
    except GONE:
        return True


async def test_a_luxos_that_reboots_on_an_order_leaves_before_it_is_done(
    farm: Farm, miner: Client, clock: HandClock
) -> None:
    server = only(farm)
    await server.inject(MinerFault(kind="reboot_on_order", seconds=40))
    assert await miner.watts() > 2700
    order = f'{{"command":"curtail","parameter":"{await miner.logon()},sleep"}}'
    assert await cut_off(send(miner.address, miner.port, order.encode()))
    with pytest.raises(ConnectionRefusedError):
        await miner.watts()
    await until(lambda: clock.sleepers > 0, "the reboot to begin")
    clock.move(40)
    await until(lambda: server.miner.fault.kind == "clear", "the miner to come back")
    clock.move(20)
    assert await miner.watts() > 2700
    assert (await miner.ask("session"))["SESSION"] == [{"SessionID": ""}]


async def test_an_antminer_that_reboots_on_an_order_keeps_its_old_configuration(
    shed: Farm, stock: StockClient, clock: HandClock
) -> None:
    server = only(shed)
    read = await stock.read()
    await server.inject(MinerFault(kind="reboot_on_order", seconds=40))
    assert await cut_off(stock.ask(WRITE, as_posted(read) | {"miner-mode": 1}))
    await until(lambda: clock.sleepers > 0, "the reboot to begin")
    clock.move(40)
    await until(lambda: server.miner.fault.kind == "clear", "the miner to come back")
    assert await stock.read() == read


async def test_a_stolen_session_is_over_and_the_thief_keeps_others_out(
    farm: Farm, miner: Client, clock: HandClock
) -> None:
    await only(farm).inject(MinerFault(kind="session_stolen"))
    token = await miner.logon()
    assert (await miner.ask("curtail", f"{token},sleep"))["STATUS"][0]["Code"] == 403
    assert (await miner.ask("logon"))["STATUS"][0]["Code"] == 402
    assert (await miner.ask("session"))["SESSION"][0]["SessionID"] not in {"", token}
    clock.move(60)
    assert await miner.watts() > 2700
    assert await miner.logon()


@pytest.mark.parametrize("luxos", [True, False], ids=["luxos", "antminer"])
async def test_a_dripping_miner_sends_a_byte_at_a_time_and_no_end(
    farm: Farm, shed: Farm, *, luxos: bool
) -> None:
    server = only(farm if luxos else shed)
    await server.inject(MinerFault(kind="drip"))
    reader, writer = await asyncio.open_connection(server.miner.address, server.miner.port)
    writer.write(b'{"command":"power"}' if luxos else b"GET / HTTP/1.1\r\n\r\n")
    for _ in range(3):
        assert len(await asyncio.wait_for(reader.read(100), 5)) == 1
    writer.close()
