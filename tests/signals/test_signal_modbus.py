"""A number in a register, read from a server that is not ours."""

from __future__ import annotations

import asyncio
import struct
from contextlib import aclosing
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from controller.errors import TemporaryError
from controller.model.samples import SignalSample
from controller.simulator.modbus import Image, ModbusServer
from tests.signals.signal_feeds import register_feed, said
from tests.signals.sunspec_server import serve
from tests.simulator.help import free_address, free_port
from tests.virtual_clock import VirtualClock


def words(layout: str, number: float) -> list[int]:
    raw = struct.pack(layout, number)
    return list(struct.unpack(f">{len(raw) // 2}H", raw))


@pytest.mark.parametrize(
    ("kind", "registers", "scale", "value"),
    [
        ("int16", words(">h", -215), "0.1", "-21.5"),
        ("uint16", words(">H", 50_020), "0.001", "50.020"),
        ("int32", words(">i", -70_000), "1", "-70000"),
        ("uint32", words(">I", 3_000_000_000), "0.001", "3000000.000"),
        ("float32", words(">f", 50.02), "1", "50.02"),
    ],
)
async def test_every_way_to_write_a_number(
    kind: str, registers: list[int], scale: str, value: str
) -> None:
    async with serve(registers, base=100) as device:
        sample = await said(register_feed(device.port, type=kind, scale=scale))
    assert isinstance(sample, SignalSample)
    assert Decimal(sample.value) == Decimal(value)
    assert (sample.name, sample.at) == ("inlet-a", VirtualClock().now())


async def test_the_low_word_may_come_first() -> None:
    high, low = words(">i", 70_000)
    async with serve([low, high], base=100) as device:
        sample = await said(register_feed(device.port, type="int32", word_order="little"))
    assert isinstance(sample, SignalSample)
    assert sample.value == "70000"


async def test_the_offset_is_added_after_the_scale() -> None:
    async with serve([2931], base=100) as device:
        sample = await said(register_feed(device.port, scale="0.1", offset="-273.1"))
    assert isinstance(sample, SignalSample)
    assert Decimal(sample.value) == 20


@pytest.mark.parametrize(("number", "said_as"), [("nan", "NaN"), ("inf", "Infinity")])
async def test_a_float_that_is_no_number_goes_on_to_be_refused(number: str, said_as: str) -> None:
    async with serve(words(">f", float(number)), base=100) as device:
        sample = await said(register_feed(device.port, type="float32"))
    assert isinstance(sample, SignalSample)
    assert sample.value == said_as


async def test_input_registers_too() -> None:
    host = free_address()
    port = free_port(host)

    async def registers() -> Image:
        return 100, [230]

    server = ModbusServer("a sensor", host, port, registers)
    await server.open()
    try:
        sample = await said(register_feed(port, host=host, table="input"))
    finally:
        server.close()
    assert isinstance(sample, SignalSample)
    assert sample.value == "230"


async def test_it_is_read_again_every_poll() -> None:
    clock = VirtualClock()
    async with serve([20], base=100) as device:
        feed = register_feed(device.port, clock, poll_s=5)
        async with aclosing(feed.samples()) as samples:
            one = await anext(samples)
            following = asyncio.ensure_future(anext(samples))
            await clock.until_asleep()
            await device.set(100, 21)
            await clock.advance(5)
            other = await following
    assert (one.value, other.value) == ("20", "21")
    assert (other.at - one.at).total_seconds() == 5


async def test_no_such_register_is_named() -> None:
    async with serve([20], base=100) as device:
        with pytest.raises(TemporaryError, match="refused registers 200 to 200: exception 2"):
            await said(register_feed(device.port, address=200))


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"least": 5, "most": 5}, "least has to be below most"),
        ({"address": 65535, "type": "int32"}, "address 65535 has no second register"),
        ({"scale": 0}, "scale 0 would make every number 0"),
        ({"max_age_s": 5, "poll_s": 5}, "max_age_s has to be above poll_s"),
        ({"signal": "Inlet A"}, "should match pattern"),
    ],
)
def test_settings_that_cannot_be_meant(settings: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        register_feed(502, **settings)
