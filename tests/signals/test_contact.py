"""Contacts over Modbus TCP: read from a server that is not ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from pydantic import ValidationError
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from controller.errors import TemporaryError
from controller.links.modbus import ModbusLinks
from controller.model.samples import SignalSample
from controller.signals.local.modbus import SignalModbus, SignalModbusSettings, Steady
from tests.signals.sunspec_server import UNIT
from tests.virtual_clock import VirtualClock

FIRST = 16
"""Contacts 16 to 19 are coils, and the same numbers discrete inputs with the opposite values."""


@asynccontextmanager
async def device() -> AsyncIterator[int]:
    """The port of a relay board whose first coil is closed and whose first input is open."""
    coils = SimData(FIRST, values=[True, False, True, True], datatype=DataType.BITS)
    inputs = SimData(FIRST, values=[False, True, False, False], datatype=DataType.BITS)
    empty = SimData(0, values=[0], datatype=DataType.REGISTERS)
    server = ModbusTcpServer(
        SimDevice(UNIT, ([coils], [inputs], [empty], [empty])), address=("127.0.0.1", 0)
    )
    await server.serve_forever(background=True)
    try:
        yield server.transport.sockets[0].getsockname()[1]
    finally:
        await server.shutdown()


def contact(port: int, **settings: Any) -> SignalModbus:
    said = {"signal": "utility", "host": "127.0.0.1", "port": port, "unit": UNIT, **settings}
    checked = SignalModbusSettings(adapter="signal_modbus", address=FIRST, **said)
    return SignalModbus("contact", checked, VirtualClock(), ModbusLinks())


@pytest.mark.parametrize(
    ("table", "invert", "value"),
    [("coil", False, "1"), ("coil", True, "0"), ("discrete", False, "0"), ("discrete", True, "1")],
)
async def test_a_contact_is_one_when_closed_unless_it_is_inverted(
    table: str, value: str, *, invert: bool
) -> None:
    async with device() as port, aclosing(contact(port, table=table, invert=invert).samples()) as s:
        sample = await anext(s)
    assert sample == SignalSample(name="utility", at=VirtualClock().now(), value=value)


async def test_a_device_without_such_a_contact_is_named() -> None:
    async with device() as port:
        feed = contact(port, table="coil")
        feed._settings = feed._settings.model_copy(update={"address": 900})
        with pytest.raises(TemporaryError, match="refused coils 900 to 900"):
            async with aclosing(feed.samples()) as samples:
                await anext(samples)


async def test_it_says_what_two_readings_agree_on() -> None:
    async with device() as port:
        feed = contact(port, table="coil", settle_readings=2)
        clock = feed._clock
        assert isinstance(clock, VirtualClock)
        began = clock.now()
        async with aclosing(feed.samples()) as samples:
            first = asyncio.ensure_future(anext(samples))
            await clock.until_asleep()
            assert not first.done()
            await clock.advance(5)
            assert (await first).at > began


def test_a_contact_that_chatters_says_nothing() -> None:
    steady = Steady(2)
    assert [steady.settled(value) for value in "1101001"] == [
        None,
        "1",
        None,
        None,
        None,
        "0",
        None,
    ]
    assert [Steady(1).settled(value) for value in "10"] == ["1", "0"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"table": "coil", "scale": 2}, "scale is of a number"),
        ({"table": "holding", "least": 0, "most": 1, "invert": True}, "are of a contact"),
        ({"table": "coil", "settle_readings": 9}, "above poll_s times settle_readings"),
        ({"table": "holding"}, "least"),
    ],
)
def test_settings_that_cannot_be_meant(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        contact(1, **wrong)
