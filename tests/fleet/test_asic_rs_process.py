"""What pyasic-rs does wrong stays in a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from controller.fleet.asic_rs import line
from controller.fleet.asic_rs.aside import CHILD, Aside, EndedError
from controller.fleet.asic_rs.reading import Reading
from controller.fleet.asic_rs.said import Ask
from controller.fleet.driver import Toolbox
from controller.fleet.faults import FaultKind, MinerError
from controller.model.fleet import Identity
from tests.simulator.help import HandClock, free_address, until

from .benches import MAKES, Bench, bench_of

VERSION = (
    b'{"STATUS":[{"STATUS":"S","Code":22,"Msg":"v","When":1,"Description":"LUXminer 2025.4.8"}],'
    b'"VERSION":[{"API":"3.7","LUXminer":"2025.4.8","Miner":"1","Type":"Antminer S19k Pro"}]}\0'
)


@pytest.fixture
async def bench(toolbox: Toolbox, clock: HandClock) -> AsyncIterator[Bench]:
    async with bench_of(MAKES["asic_rs_luxos"], toolbox, clock) as ready:
        yield ready


@pytest.fixture
async def identity(bench: Bench) -> Identity:
    return await bench.identify()


def reading(bench: Bench) -> Reading:
    found = bench.driver.__dict__["_reading"]
    assert isinstance(found, Reading)
    return found


def process_of(bench: Bench) -> int:
    """The id of the process that pyasic-rs runs in."""
    begun = reading(bench)._aside._line
    assert begun is not None
    return begun.result().process.pid


async def test_a_process_that_dies_costs_only_the_question_it_had(
    bench: Bench, identity: Identity
) -> None:
    await bench.inject("hang")
    asking = asyncio.ensure_future(reading(bench).of("m1", identity.address))
    await until(lambda: bench.connections() > 0, "the miner to be asked")
    os.kill(process_of(bench), signal.SIGKILL)
    with pytest.raises(MinerError, match="m1: the process of pyasic-rs ended over it") as caught:
        await asking
    assert caught.value.kind is FaultKind.NO_REPLY
    await bench.heal()
    assert (await bench.driver.read(identity)).level == bench.make.own_level


async def test_what_floods_it_meets_the_limit_of_its_memory_and_not_of_ours() -> None:
    """It would read on for five seconds and keep all of it."""
    address = free_address()
    server = await asyncio.start_server(_flood, address, 4028)
    async with server:
        with pytest.raises(EndedError, match="ended over it"):
            await Aside(memory_mib=72).ask(Ask(number=0, address=address, firmware="LuxOS"), 60)


async def _flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says what it is, and then says whatever it is asked without end."""
    if b"version" in await reader.read(100):
        writer.write(VERSION)
    else:
        writer.write(b'{"STATUS":[')
        while not writer.is_closing():
            writer.write(b'{"STATUS":"S"},' * 65_536)
            try:
                await writer.drain()
            except ConnectionError:
                break
    writer.close()


async def test_it_speaks_with_no_host_but_the_miner(bench: Bench, identity: Identity) -> None:
    await bench.inject("hang")
    asking = asyncio.ensure_future(reading(bench).of("m1", identity.address))
    await until(lambda: bool(_far_ends(process_of(bench))), "the miner to be asked")
    assert _far_ends(process_of(bench)) == {identity.address}
    asking.cancel()


async def test_it_gives_up_when_we_do(bench: Bench, identity: Identity) -> None:
    """And not at a deadline of its own, which would come first for what was asked before."""
    await bench.inject("hang")
    asked, beside = asyncio.Event(), free_address()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()
        writer.close()

    aside = reading(bench)._aside
    async with await asyncio.start_server(say_nothing, beside, 4028):
        lasting = asyncio.ensure_future(aside.ask(Ask(number=0, address=beside), 60))
        await asked.wait()
        given_up = asyncio.ensure_future(aside.ask(Ask(number=0, address=identity.address), 60))
        await until(lambda: bench.connections() > 0, "the miner to be asked")
        given_up.cancel()
        await until(lambda: bench.connections() == 0, "its connections to be closed")
        assert not lasting.done()
        lasting.cancel()


def _far_ends(process: int) -> set[str]:
    """The addresses that a process has TCP connections to, from the tables of the kernel."""
    own = {str(path.readlink()) for path in Path(f"/proc/{process}/fd").iterdir()}
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ends = [row[2].split(":")[0] for row in rows if f"socket:[{row[9]}]" in own]
    return {socket.inet_ntoa(struct.pack("=I", int(end, 16))) for end in ends}


def test_it_ends_when_the_daemon_is_gone() -> None:
    ours, theirs = socket.socketpair()
    with subprocess.Popen([sys.executable, "-m", CHILD, "512"], stdin=theirs.fileno()) as process:
        assert ours.recv(100), "its first word"
        ours.close()
        theirs.close()
        assert process.wait(10) == 0


async def test_it_ends_when_nothing_is_asked_and_begins_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "_IDLE_S", 0.05)
    identity = await bench.identify()
    process = process_of(bench)
    await until(lambda: not Path(f"/proc/{process}").exists(), "it to end")
    assert (await bench.driver.read(identity)).level == bench.make.own_level
    assert process_of(bench) != process
