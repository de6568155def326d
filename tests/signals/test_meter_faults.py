"""A meter that is dead, hangs, talks nonsense or is another one: a clear temporary error."""

from __future__ import annotations

import asyncio
import socket
from contextlib import aclosing
from typing import Any

import pytest

from controller.app.board import Board, BoardSettings
from controller.errors import TemporaryError
from controller.links.modbus import ModbusLinks
from controller.model.quality import Stale
from controller.model.samples import MeterSample
from controller.signals.meters.modbus import MeterModbus
from tests.signals import odd_servers
from tests.signals.meters import meter_feed
from tests.signals.odd_servers import Answer, answering
from tests.signals.sunspec_server import meter_model, serve, sunspec
from tests.virtual_clock import VirtualClock

SOON_S = 0.2
"""Real seconds after which the tests give up on a meter that says nothing."""


async def one(feed: MeterModbus) -> MeterSample:
    async with aclosing(feed.samples()) as samples, asyncio.timeout(30):
        return await anext(samples)


async def failure(port: int, **settings: Any) -> TemporaryError:
    with pytest.raises(TemporaryError) as caught:
        await one(meter_feed(port, **settings))
    return caught.value


async def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        error = await failure(port)
    assert f"127.0.0.1:{port}: no connection" in str(error)
    assert "check host, port and network" in str(error)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (odd_servers.nothing, "no valid reply of unit 3 within 0.2 s"),
        (odd_servers.hang_up, "check host, port and network"),
        (odd_servers.noise, "is it Modbus TCP"),
        (odd_servers.endless, "no valid reply of unit 3"),
        (odd_servers.too_short, "not the reply asked for"),
        (odd_servers.count_that_lies, "not the reply asked for"),
        (odd_servers.other_function, "not the reply asked for"),
        (odd_servers.other_transaction, "no valid reply of unit 3"),
        (odd_servers.other_unit, "no valid reply of unit 3"),
        (odd_servers.no_path, "gateway got no answer from the unit: check unit"),
    ],
)
async def test_nonsense(answer: Answer, message: str, caplog: pytest.LogCaptureFixture) -> None:
    async with answering(answer) as port:
        error = await failure(port, timeout_s=SOON_S)
    assert message in str(error)
    assert error.delay_s > 0
    # the event loop took nothing of it for a crash, and pymodbus kept silent
    assert [record.getMessage() for record in caplog.records] == []


async def test_a_chain_of_models_without_an_end_is_given_up() -> None:
    asked = 0

    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await odd_servers.endless_chain(request, writer)

    async with answering(answer) as port:
        error = await failure(port)
    assert "is a meter" in str(error)
    assert asked < 100


async def test_a_wrong_unit() -> None:
    async with serve(sunspec(meter_model())) as meter:
        error = await failure(meter.port, unit=7)
    assert "unit 7 refused registers 40000 to 40001" in str(error)


async def test_a_wrong_base_address() -> None:
    async with serve(sunspec(meter_model())) as meter:
        error = await failure(meter.port, base_address=40002)
    assert "no SunSpec marker at register 40002" in str(error)


async def test_a_device_that_is_no_meter() -> None:
    inverter = [103, 50, *[0] * 50]
    async with serve(sunspec(inverter)) as meter:
        error = await failure(meter.port)
    assert "none of its models [1, 103] is a meter" in str(error)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (meter_model(power=-0x8000), "does not implement power"),
        (meter_model(power_scale=-0x8000), "does not implement power"),
        (meter_model(power_scale=11), "scale factor of 11"),
    ],
)
async def test_registers_that_are_not_implemented(words: list[int], message: str) -> None:
    async with serve(sunspec(words)) as meter:
        error = await failure(meter.port)
    assert message in str(error)


async def test_a_meter_that_dies_is_read_again_when_it_is_back() -> None:
    clock, links = VirtualClock(), ModbusLinks()
    async with serve(sunspec(meter_model())) as meter:
        feed = meter_feed(meter.port, clock, links, timeout_s=SOON_S)
        async with aclosing(feed.samples()) as samples:
            await anext(samples)
            following = asyncio.ensure_future(anext(samples))
            await clock.until_asleep()
            await meter.die()
            await clock.advance(5)
            with pytest.raises(TemporaryError):
                await following
    async with serve(sunspec(meter_model(900)), port=meter.port):
        assert (await one(feed)).power_w == 90_000


async def test_a_meter_whose_values_froze_goes_stale_while_it_still_answers() -> None:
    clock, board = VirtualClock(), Board(BoardSettings(meter_max_w=250_000))
    async with (
        serve(sunspec(meter_model(1800))) as meter,
        aclosing(meter_feed(meter.port, clock, poll_s=10).samples()) as samples,
    ):
        assert board.offer("meter", await anext(samples), clock.now()) is None
        for _ in range(12):
            following = asyncio.ensure_future(anext(samples))
            await clock.until_asleep()
            await clock.advance(10)
            board.offer("meter", await following, clock.now())
    assert isinstance(board.meters(clock.now())["site"], Stale)
    assert board.refused["meter"]["frozen"] > 5


async def test_the_longer_it_fails_the_longer_the_delay() -> None:
    links = ModbusLinks()
    async with answering(odd_servers.hang_up) as port:
        feed = meter_feed(port, links=links, timeout_s=SOON_S)
        delays = []
        for _ in range(4):
            with pytest.raises(TemporaryError) as caught:
                await one(feed)
            delays.append(caught.value.delay_s)
    assert delays == sorted(delays)
    assert delays[-1] > 2 * delays[0]


async def test_stopping_while_a_meter_hangs_closes_its_connection() -> None:
    asked, closed = asyncio.Event(), asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(12)
        asked.set()
        assert await reader.read() == b""
        closed.set()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    async with server, asyncio.timeout(30):
        port = server.sockets[0].getsockname()[1]
        reading = asyncio.ensure_future(one(meter_feed(port, timeout_s=60)))
        await asked.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await closed.wait()
