"""Whatever comes back over the wire: a bounded time, a bounded size, a clear word."""

from __future__ import annotations

import asyncio
import contextlib
import tracemalloc

import pytest

from controller.fleet.driver import Driver, Toolbox
from controller.fleet.faults import FaultKind, MinerError
from controller.fleet.luxos import LUXOS
from controller.fleet.transport import Link
from controller.model.fleet import OFF, Identity

from .help import HASTY, Talk, wire

MIB = 1_048_576
HEAD = b'{"STATUS":[{"STATUS":"S","Description":"LUXminer 1.2"}],'


def identity(address: str, port: int) -> Identity:
    return Identity(
        miner="m1", address=address, port=port, firmware="luxos", model="S19", version="1.2"
    )


async def test_an_oversized_reply_is_cut_off_and_does_not_grow_memory(
    driver: Driver, toolbox: Toolbox
) -> None:
    sent_mib = 0

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent_mib
        await reader.read(100)
        for _ in range(200):
            writer.write(b" " * MIB)
            await writer.drain()
            sent_mib += 1

    async with wire(flood) as (address, port):
        tracemalloc.start()
        with pytest.raises(MinerError, match="m1: cut off: a reply of more than 1048576 bytes"):
            await driver.read(identity(address, port))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert sent_mib < 200, "the rest was never taken"
    assert peak < 16 * MIB


async def test_silence_and_a_reply_in_drops_end_at_the_deadline(
    driver: Driver, toolbox: Toolbox
) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b" ")
            await asyncio.sleep(0.02)

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    for talk in (drip, say_nothing):
        async with wire(talk) as (address, port):
            with pytest.raises(MinerError, match=r"m1: no whole reply within 0\.5 s") as caught:
                await driver.read(identity(address, port))
        assert caught.value.kind is FaultKind.NO_REPLY
    assert toolbox.tally.abandoned == 2


async def test_closed_at_once(driver: Driver) -> None:
    async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)

    async with wire(leave) as (address, port):
        with pytest.raises(MinerError, match="m1: it closed the connection"):
            await driver.read(identity(address, port))


GARBAGE = {
    "no text": b"\xff\xfe\x80",
    "no json": b"<html>502 Bad Gateway</html>",
    "half": b'{"power":[{"STATUS":[{"STATUS":"S"',
    "no object": b"[1,2,3]",
    "nothing in it": b"{}",
    "nan": b'{"power":NaN}',
    "deep": b'{"a":' * 100_000,
    "no heads": b'{"power":[{}],"summary":[{}],"config":[{}],"id":1}',
    "heads of another shape": b'{"STATUS":"S","POWER":7}',
    "parts of another shape": b'{"power":{"a":1},"id":1}',
    "empty parts": b'{"power":[],"summary":[],"config":[],"id":1}',
    "another question's answer": HEAD + b'"VERSION":[{"API":"3.7"}]}',
}


def glance(watts: bytes = b"3000", ghs: bytes = b"1.5", profile: bytes = b'"p"') -> bytes:
    """A reply to power+summary+config."""
    config = b'{"Model":"S19","MACAddr":"02","CurtailMode":"None","Profile":' + profile + b"}"
    return (
        b'{"power":[' + HEAD + b'"POWER":[{"Watts":' + watts + b"}]}],"
        b'"summary":[' + HEAD + b'"SUMMARY":[{"GHS 5s":' + ghs + b"}]}],"
        b'"config":[' + HEAD + b'"CONFIG":[' + config + b"]}]}"
    )


ABSURD = {
    "negative watts": glance(watts=b"-1"),
    "a gigawatt": glance(watts=b"1e9"),
    "infinite watts": glance(watts=b"1e999"),
    "watts in words": glance(watts=b'"3000"'),
    "watts yes": glance(watts=b"true"),
    "no watts": glance(watts=b"null"),
    "negative hashrate": glance(ghs=b"-5"),
    "a profile with a comma": glance(profile=b'"a,b"'),
    "a profile without a name": glance(profile=b'""'),
    "a numbered profile": glance(profile=b"3"),
}


@pytest.mark.parametrize("reply", (GARBAGE | ABSURD).values(), ids=(GARBAGE | ABSURD).keys())
async def test_garbage_is_named_and_is_no_reading(driver: Driver, reply: bytes) -> None:
    async with wire(answering(reply)) as (address, port):
        with pytest.raises(MinerError, match=r"^m1: .*cannot be used") as caught:
            await driver.read(identity(address, port))
    assert caught.value.kind is FaultKind.GARBAGE
    assert len(str(caught.value)) < 400, "a message does not repeat all that came"


@pytest.mark.parametrize("end", [b"", b"\0", b"\0 and more"])
async def test_a_good_reply_counts_however_it_ends(driver: Driver, end: bytes) -> None:
    async with wire(answering(glance() + end)) as (address, port):
        measured = await driver.read(identity(address, port))
    assert (measured.power_w, measured.level, measured.version) == (3000, "p", "1.2")


async def test_a_miner_that_never_closes_after_its_reply_is_not_waited_for(driver: Driver) -> None:
    async def stay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(glance() + b"\0")
        await asyncio.Event().wait()

    async with wire(stay) as (address, port):
        assert (await driver.read(identity(address, port))).power_w == 3000


async def test_a_garbled_logon_sends_no_command(driver: Driver) -> None:
    asked: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.read(1000))
        writer.write(HEAD + b'"SESSION":[{"SessionID":""}]}')

    async with wire(talk) as (address, port):
        with pytest.raises(MinerError, match="m1: its session cannot be used"):
            await driver.apply(identity(address, port), OFF)
    assert asked == [b'{"command": "logon"}']


async def test_cancellation_is_prompt_and_closes_the_connection(toolbox: Toolbox) -> None:
    """With deadlines of a minute, so that none of them can be what ends it."""
    patient = HASTY.model_copy(update={"reply_timeout_s": 60.0})
    driver = LUXOS.build(Toolbox(patient, toolbox.tally, toolbox.owed))
    here, gone = asyncio.Event(), asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        here.set()
        with contextlib.suppress(ConnectionError):
            await reader.read()
        gone.set()

    async with wire(hang) as (address, port):
        reading = asyncio.create_task(driver.apply(identity(address, port), OFF))
        await asyncio.wait_for(here.wait(), 10)
        reading.cancel()
        await asyncio.wait({reading}, timeout=10)
        assert reading.cancelled()
        await asyncio.wait_for(gone.wait(), 10)


async def test_a_place_that_swallows_connections_ends_at_the_connect_deadline(
    toolbox: Toolbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", never)
    with pytest.raises(MinerError, match=r"m1: no connection within 0\.5 s") as caught:
        await Link("m1", "192.0.2.1", 4028, HASTY, toolbox.tally).exchange(b"{}")
    assert caught.value.kind is FaultKind.NO_CONNECTION
    assert toolbox.tally.abandoned == 1


def answering(reply: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(reply)
        await writer.drain()
        writer.close()

    return talk
