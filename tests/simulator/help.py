"""What the simulator's tests share: free places to listen, a clock set by hand, a raw client."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from controller.clock import SiteClock
from controller.simulator.farm import Farm
from controller.simulator.luxos.miner import LuxOsMiner
from controller.simulator.settings import SimulationSettings

NOON = datetime(2023, 9, 6, 17, 0, tzinfo=UTC)


class HandClock(SiteClock):
    """Stands still until a test moves it; sleepers wake when it was moved far enough."""

    def __init__(self) -> None:
        super().__init__()
        self._now = NOON
        self._moved = asyncio.Event()
        self.sleepers = 0

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        due = self._now + timedelta(seconds=seconds)
        self.sleepers += 1
        try:
            while self._now < due:
                await self._moved.wait()
        finally:
            self.sleepers -= 1

    def move(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._moved.set()
        self._moved = asyncio.Event()


def free_address() -> str:
    """An address of this test alone; leaves room for the miners that follow."""
    return f"127.{64 + secrets.randbelow(60)}.{secrets.randbelow(250)}.{1 + secrets.randbelow(200)}"


_handed_out: set[tuple[str, int]] = set()


def free_port(address: str) -> int:
    """One that nobody listens on, and that no other test of this run was given: the kernel may
    name the same one twice."""
    while True:
        with socket.socket() as probe:
            probe.bind((address, 0))
            place: tuple[str, int] = probe.getsockname()
        if place not in _handed_out:
            _handed_out.add(place)
            return place[1]


def small_site(**changes: Any) -> SimulationSettings:
    """Three miners, two meters and a control port, where nobody else listens."""
    address = free_address()
    group = {
        "id": "hall",
        "miners": 3,
        "address": address,
        "port": free_port(address),
        "meter": {"address": address, "port": free_port(address)},
    }
    plain = {
        "groups": [group],
        "site_meter": {"address": address, "port": free_port(address)},
        "house_load_kw": 2,
        "control": {"address": address, "port": free_port(address)},
        **changes,
    }
    return SimulationSettings.model_validate(plain)


def luxos_miner(farm: Farm) -> LuxOsMiner:
    """The first of the farm's miners, where that has LuxOS."""
    miner = next(iter(farm.miners.values())).miner
    assert isinstance(miner, LuxOsMiner)
    return miner


@asynccontextmanager
async def running(settings: SimulationSettings, clock: SiteClock) -> AsyncIterator[Farm]:
    """The farm of `settings`, listening."""
    farm = Farm(settings, clock)
    try:
        await farm.start()
        yield farm
    finally:
        await farm.stop()


async def send(address: str, port: int, request: bytes) -> bytes:
    """Everything that the other side sends for `request` until it closes."""
    reader, writer = await asyncio.open_connection(address, port)
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()


class Client:
    """A plain client of one simulated miner."""

    def __init__(self, address: str, port: int) -> None:
        self.address, self.port = address, port

    async def ask(self, command: str, parameter: str | None = None) -> Any:
        request = {"command": command}
        if parameter is not None:
            request["parameter"] = parameter
        received = await send(self.address, self.port, json.dumps(request).encode())
        return json.loads(received.rstrip(b"\0"))

    async def logon(self) -> str:
        token: str = (await self.ask("logon"))["SESSION"][0]["SessionID"]
        return token

    async def watts(self) -> int:
        watts: int = (await self.ask("power"))["POWER"][0]["Watts"]
        return watts


async def turns() -> None:
    """Let every task that can go on do so, as far as it gets without waiting."""
    for _ in range(20):
        await asyncio.sleep(0)


async def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for `condition`, at most ten seconds."""
    deadline = time.monotonic() + 10
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"in vain waited for {what}")
        await asyncio.sleep(0.01)
