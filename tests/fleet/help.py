"""What the fleet's tests share: a fleet on a simulated farm, a proxy that listens in, a wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from controller.fleet.driver import Driver, Toolbox
from controller.fleet.fleet import MinerFleet
from controller.fleet.luxos import LUXOS, LuxOsMiners
from controller.fleet.owed import Owed
from controller.fleet.settings import FleetSettings
from controller.fleet.tally import Tally
from controller.model.fleet import Command, Outcome
from controller.reasons import Reason
from controller.simulator.farm import Farm
from tests.simulator.help import HandClock, free_address, free_port, turns, until

LONG_AGO = datetime(2023, 9, 6, 17, 0, tzinfo=UTC)
HASTY = FleetSettings(
    poll_s=10,
    poll_moving_s=2,
    connect_timeout_s=0.5,
    reply_timeout_s=0.5,
    command_timeout_s=3,
    reply_limit_bytes=1_048_576,
)
"""Deadlines that a test can wait for."""


def tools(tmp_path: Path, settings: FleetSettings = HASTY) -> Toolbox:
    return Toolbox(settings, Tally(), Owed(tmp_path / "owed.json"))


def luxos(tools: Toolbox) -> Driver:
    return LUXOS.build(tools)


def command(miner: str, level: str, name: str = "c1") -> Command:
    return Command(id=name, miner=miner, level=level, reason=Reason.UNPROFITABLE, at=LONG_AGO)


def group_of(farm: Farm, **changes: Any) -> LuxOsMiners:
    """The configuration of the farm's first group."""
    declared = farm.settings.groups[0]
    plain = {"addresses": tuple(declared.addresses()), "port": declared.port, **changes}
    return LuxOsMiners.model_validate(plain)


@dataclass
class Site:
    """A fleet, its clock, and how often it called."""

    fleet: MinerFleet
    clock: HandClock
    wakes: int = 0
    outcomes: list[Outcome] = field(default_factory=list)

    def wake(self) -> None:
        self.wakes += 1
        self.outcomes += self.fleet.outcomes()

    async def outcome(self, name: str = "c1") -> Outcome:
        await until(lambda: any(o.command == name for o in self.outcomes), f"{name}'s outcome")
        return next(o for o in self.outcomes if o.command == name)

    async def read_again(self, miner: str, seconds: float = 40) -> None:
        """Let time pass until `miner` has been read or failed once more."""
        before = self.fleet.readings()[miner]
        failures = sum(self.fleet.health().failures.values())
        self.clock.move(seconds)
        await until(
            lambda: (
                self.fleet.readings()[miner].at != before.at
                or sum(self.fleet.health().failures.values()) > failures
            ),
            f"a reading of {miner}",
        )


@asynccontextmanager
async def running(fleet: MinerFleet, clock: HandClock) -> AsyncIterator[Site]:
    """The fleet, started, with a first word from or about every miner."""
    site = Site(fleet, clock)
    await fleet.start(site.wake)
    try:
        await until(
            lambda: all(r.at or r.failure for r in fleet.readings().values()), "first readings"
        )
        await turns()  # it rests: a clock that is moved before would be moved for nothing
        yield site
    finally:
        await fleet.stop()


def fleet_on(
    farm: Farm,
    clock: HandClock,
    state_dir: Path,
    settings: FleetSettings = HASTY,
    **changes: Any,
) -> MinerFleet:
    return MinerFleet(
        settings=settings,
        groups={"hall": group_of(farm, **changes)},
        firmwares={"luxos": LUXOS},
        state_dir=state_dir,
        clock=clock,
    )


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def wire(talk: Talk, address: str = "") -> AsyncIterator[tuple[str, int]]:
    """A server that does `talk` with every client; address and port."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass  # the client left, or the test is over
        finally:
            writer.transport.abort()

    address = address or free_address()
    server = await asyncio.start_server(serve, address, free_port(address))
    try:
        yield address, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()


class Proxy:
    """Stands before a simulated miner and writes down what it is asked."""

    def __init__(self, farm: Farm) -> None:
        group = farm.settings.groups[0]
        self._to = (group.addresses()[0], group.port)
        self.asked: list[dict[str, str]] = []
        self.before: Callable[[str], None] = lambda _: None
        """Called with each command before it is passed on."""
        self.lost: str = ""
        """The first command that is not passed on: from it on the miner does not answer."""

    @property
    def commands(self) -> list[str]:
        return [asked["command"] for asked in self.asked]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.read(65536)
        asked = json.loads(request)
        self.asked.append(asked)
        self.before(asked["command"])
        if self.lost and self.lost in self.commands:
            return
        far_reader, far_writer = await asyncio.open_connection(*self._to)
        far_writer.write(request)
        writer.write(await far_reader.read())
        far_writer.close()
        await writer.drain()
