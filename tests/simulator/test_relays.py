"""Relays that cut the power of simulated miners: their frames, and what becomes of the miners."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from controller.simulator.farm import Farm
from controller.simulator.faults import PlaceFault
from controller.simulator.group_settings import Endpoint
from controller.simulator.relays import RelayBank

from .help import Client, HandClock, free_address, free_port, running, small_site, turns, until

OPEN, CLOSE = "05 {:04x} 0000", "05 {:04x} ff00"


def group(address: str, **more: object) -> dict[str, object]:
    return {
        "id": "hall",
        "miners": 3,
        "address": address,
        "port": free_port(address),
        "switches": {"address": address, "port": free_port(address)},
        **more,
    }


@pytest.fixture
async def hall(clock: HandClock) -> AsyncIterator[Farm]:
    """Three LuxOS miners, each behind a relay."""
    settings = small_site(groups=[group(free_address())])
    async with running(settings, clock) as started:
        yield started


def bank(count: int = 10) -> RelayBank:
    async def switch(number: int, closed: bool) -> None:
        assert 0 <= number < count
        assert isinstance(closed, bool)

    return RelayBank("x", Endpoint(address="127.0.0.1", port=1), count, switch)


@pytest.mark.parametrize(
    ("pdu", "reply"),
    [
        ("01 0000 000a", "01 02 ff03"),
        ("01 0008 0002", "01 01 03"),
        ("01 0008 0003", "81 02"),
        ("01 0000 0000", "81 03"),
        ("01 0000 07d1", "81 03"),
        ("01 0000", "81 03"),
        ("05 0009 0000", "05 0009 0000"),
        ("05 000a 0000", "85 02"),
        ("05 0000 0001", "85 03"),
        ("0f 0000 0003 01 02", "0f 0000 0003"),
        ("0f 0008 0003 01 02", "8f 02"),
        ("0f 0000 0009 01 02", "8f 03"),
        ("0f 0000 0003 02 02", "8f 03"),
        ("03 0000 0001", "83 01"),
    ],
)
async def test_answers_and_exceptions(pdu: str, reply: str) -> None:
    assert await bank().respond(bytes.fromhex(pdu)) == bytes.fromhex(reply)


async def test_what_was_written_is_read_back() -> None:
    relays = bank()
    for pdu in ("05 0009 0000", "0f 0001 0003 01 02"):
        await relays.respond(bytes.fromhex(pdu))
    assert relays.closed == [True, False, True, False, *[True] * 5, False]
    assert await relays.respond(bytes.fromhex("01 0000 000a")) == bytes.fromhex("01 02 f501")


@given(st.binary(min_size=1, max_size=253))
def test_any_request_gets_an_answer_to_its_own_function(pdu: bytes) -> None:
    reply = asyncio.run(bank().respond(pdu))
    assert reply[0] & 0x7F == pdu[0] & 0x7F
    assert len(reply) >= 2


async def ask(farm: Farm, pdu: str) -> bytes:
    """What the relays answer over the wire."""
    endpoint = farm.settings.groups[0].switches
    assert endpoint is not None
    body = bytes.fromhex(pdu)
    reader, writer = await asyncio.open_connection(str(endpoint.address), endpoint.port)
    writer.write(bytes.fromhex("0007 0000") + (len(body) + 1).to_bytes(2, "big") + b"\1" + body)
    writer.write_eof()
    received = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return received[7:]


def clients(farm: Farm) -> list[Client]:
    return [Client(name, farm.settings.groups[0].port) for name in farm.miners]


async def test_an_open_relay_takes_one_miner_its_power(hall: Farm, clock: HandClock) -> None:
    first, second, _ = clients(hall)
    assert await ask(hall, OPEN.format(1)) == bytes.fromhex("05 0001 0000")
    assert await first.watts() > 2700
    with pytest.raises(ConnectionRefusedError):
        await second.watts()
    powers = [miner.physics.power_w(clock.now()) for miner in hall.plant.miners()]
    assert [power > 2700 for power in powers] == [True, False, True]
    assert powers[1] == 0
    clock.move(3600)
    await turns()
    with pytest.raises(ConnectionRefusedError):
        await second.watts()


async def test_closed_again_it_boots_and_hashes_by_itself(hall: Farm, clock: HandClock) -> None:
    miner, *_ = clients(hall)
    token = await miner.logon()
    await miner.ask("curtail", f"{token},sleep")
    await ask(hall, OPEN.format(0))
    await ask(hall, CLOSE.format(0))
    await turns()
    clock.move(59)
    await turns()
    assert not hall.miners[miner.address].miner.physics.powered
    clock.move(1)
    await until(lambda: hall.miners[miner.address].miner.physics.powered, "the boot")
    clock.move(20)
    assert await miner.watts() > 2700, "what it was told before is forgotten"


async def test_while_the_power_is_out_a_closed_relay_gives_none(
    hall: Farm, clock: HandClock
) -> None:
    await hall.places.inject("site", PlaceFault(kind="outage"))
    await ask(hall, OPEN.format(0))
    await ask(hall, CLOSE.format(0))
    await ask(hall, OPEN.format(1))
    await hall.places.inject("site", PlaceFault(kind="clear"))
    await turns()
    clock.move(60)

    def powered() -> list[bool]:
        return [miner.physics.powered for miner in hall.plant.miners()]

    await until(lambda: any(powered()), "the boot")
    await turns()
    assert powered() == [True, False, True]


def test_relays_need_a_place_of_their_own() -> None:
    address = free_address()
    port = free_port(address)
    twice = group(address, meter={"address": address, "port": port})
    with pytest.raises(ValidationError, match=f"address {address}:{port} is used twice"):
        small_site(groups=[{**twice, "switches": {"address": address, "port": port}}])
