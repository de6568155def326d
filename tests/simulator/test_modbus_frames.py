"""Modbus as bytes: exceptions, and clients out of step."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.simulator.farm import Farm
from controller.simulator.modbus import respond
from controller.simulator.sunspec import MeterScale, image

WORDS = [7, 8, 9]


REGISTERS = (100, WORDS)


@pytest.mark.parametrize(
    ("pdu", "reply"),
    [
        ("03 0064 0003", "03 06 0007 0008 0009"),
        ("04 0065 0001", "04 02 0008"),
        ("03 0064 0004", "83 02"),
        ("03 0063 0001", "83 02"),
        ("04 0064 0000", "84 03"),
        ("03 0064 007e", "83 03"),
        ("03 0064", "83 03"),
        ("06 0064 0001", "86 01"),
        ("2b 0e 01 00", "ab 01"),
    ],
)
def test_answers_and_exceptions(pdu: str, reply: str) -> None:
    assert respond(bytes.fromhex(pdu), REGISTERS) == bytes.fromhex(reply)


@given(st.binary(min_size=1, max_size=253))
def test_any_request_gets_an_answer_to_its_own_function(pdu: bytes) -> None:
    reply = respond(pdu, REGISTERS)
    assert reply[0] & 0x7F == pdu[0] & 0x7F
    assert len(reply) >= 2


@given(st.floats(min_value=1, max_value=1e8), st.floats(min_value=0, max_value=1))
def test_scales_hold_any_site_up_to_100_mw(capacity_w: float, share: float) -> None:
    power_w = capacity_w * share
    words = image("m", power_w, 1e12, MeterScale(capacity_w))
    meter = words[70:]
    assert all(0 <= word <= 0xFFFF for word in words)
    assert meter[18] <= 0x7FFF
    assert meter[2] <= 0x7FFF
    step_w = 10 ** meter[22]
    assert meter[18] * step_w == pytest.approx(power_w, abs=step_w / 2 + 1e-6)
    assert step_w <= max(1, capacity_w / 3000)


async def exchange(farm: Farm, sent: bytes) -> bytes:
    endpoint = farm.settings.site_meter
    assert endpoint is not None
    reader, writer = await asyncio.open_connection(str(endpoint.address), endpoint.port)
    writer.write(sent)
    writer.write_eof()
    received = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return received


async def test_two_requests_in_one_packet_get_two_answers_in_order(farm: Farm) -> None:
    request = "{} 0000 0006 11 03 9c40 0002"
    sent = bytes.fromhex(request.format("0001") + request.format("0002"))
    answer = "{} 0000 0007 11 03 04 53756e53"
    expected = bytes.fromhex(answer.format("0001") + answer.format("0002"))
    assert await exchange(farm, sent) == expected


@pytest.mark.parametrize("header", ["0001 0007 0006 01", "0001 0000 0001 01", "0001 0000 ffff 01"])
async def test_a_client_out_of_step_is_hung_up_on(farm: Farm, header: str) -> None:
    assert await exchange(farm, bytes.fromhex(header)) == b""
