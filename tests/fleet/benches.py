"""One simulated miner of each make on its wire, and the driver for it, for the contracts."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from controller.fleet.asic_rs import ASIC_RS_ANTMINER, ASIC_RS_LUXOS
from controller.fleet.asic_rs.settings import AsicRsAntminers
from controller.fleet.driver import DeclaredDriver, Driver, Toolbox
from controller.fleet.luxos import LUXOS
from controller.model.fleet import OFF, EvidenceGrade, Identity
from controller.simulator.faults import ANTMINER_FAULTS, HEALTHY, LUXOS_FAULTS, MinerFault
from controller.simulator.server import MinerServer
from tests.simulator.help import HandClock, free_address, free_port, small_site, until
from tests.simulator.help import running as farm_running

from .stock_antminer import driver_of

SETTLED_S = 400
"""Longer than any simulated miner needs to start or stop."""
TIMED = {"slow": 5.0, "reboot": 40.0, "reboot_on_order": 40.0}


@dataclass(frozen=True)
class Make:
    """What is simulated, by which driver it is spoken with, and what that should say of it."""

    build: Callable[[Toolbox], Driver]
    group: Mapping[str, Any]
    own_level: str
    own_w: int
    grade: EvidenceGrade

    @property
    def faults(self) -> frozenset[str]:
        """The faults that such a miner can have."""
        return ANTMINER_FAULTS if self.group.get("make") == "antminer" else LUXOS_FAULTS


def _antminer(toolbox: Toolbox) -> Driver:
    return driver_of(toolbox, nameplate_w=2500)


def asic_rs_antminer(toolbox: Toolbox) -> Driver:
    driver = ASIC_RS_ANTMINER.build(toolbox)
    assert isinstance(driver, DeclaredDriver)
    driver.enrol("m1", AsicRsAntminers(addresses=("127.0.0.1",), nameplate_w=2500))
    return driver


_LUXOS = Make(LUXOS.build, {}, "default", 2794, EvidenceGrade.SELF_REPORT)
_STOCK_GROUP = {"make": "antminer", "stock": {"freq_level": 70}}
_STOCK = Make(_antminer, _STOCK_GROUP, "normal-70", 2500, EvidenceGrade.INFERRED)
MAKES = {
    "luxos": _LUXOS,
    "antminer": _STOCK,
    "asic_rs_luxos": replace(_LUXOS, build=ASIC_RS_LUXOS.build, group={"port": 4028}),
    "asic_rs_antminer": replace(_STOCK, build=asic_rs_antminer, group={**_STOCK_GROUP, "port": 80}),
}


@dataclass
class Bench:
    """One simulated miner of some make, and the driver for it."""

    make: Make
    driver: Driver
    server: MinerServer
    clock: HandClock

    async def identify(self) -> Identity:
        miner = self.server.miner
        return await self.driver.identify("m1", miner.address, miner.port)

    async def tell(self, identity: Identity, level: str) -> None:
        """Let time pass until it has answered, and then until it has settled."""
        telling = asyncio.ensure_future(self.driver.apply(identity, level))
        await until(lambda: self._done_by_now(telling), "its answer")
        await telling
        self.clock.move(SETTLED_S)

    def calls(self, identity: Identity) -> dict[str, Callable[[], Awaitable[object]]]:
        """Everything that a driver does with a miner, by name."""
        return {
            "identify": self.identify,
            "curve": lambda: self.driver.curve(identity),
            "read": lambda: self.driver.read(identity),
            "stop": lambda: self.tell(identity, OFF),
            "start": lambda: self.tell(identity, self.make.own_level),
        }

    async def inject(self, kind: str) -> None:
        seconds = TIMED.get(kind)
        await self.server.inject(MinerFault.model_validate({"kind": kind, "seconds": seconds}))

    async def heal(self) -> None:
        """Whatever it had, it answers again and has settled."""
        await self.server.inject(HEALTHY)
        self.clock.move(SETTLED_S)

    def kept(self) -> object:
        """What no fault may cost it: its pools and frequency, or its profile."""
        miner = self.server.miner
        configuration = getattr(miner, "configuration", None)
        if configuration is not None:
            return configuration.pools, configuration.freq_level
        return miner.physics.level.name

    def connections(self) -> int:
        """How many are open at the miner."""
        return len(self.server._listener._connections)

    def true_w(self) -> float:
        return self.server.miner.physics.power_w(self.clock.now())

    def _done_by_now(self, telling: asyncio.Future[None]) -> bool:
        self.clock.move(1)
        return telling.done()


def need_port(port: int) -> None:
    """Some drivers know only the usual port of a firmware, which may be a privileged one."""
    with socket.socket() as trial:
        try:
            trial.bind((free_address(), port))
        except PermissionError:
            if "CI" in os.environ:
                raise
            pytest.skip(f"listening on port {port} is not allowed here")


@asynccontextmanager
async def bench_of(make: Make, toolbox: Toolbox, clock: HandClock) -> AsyncIterator[Bench]:
    address = free_address()
    port = make.group.get("port") or free_port(address)
    need_port(port)
    hall = {"id": "hall", "miners": 1, "address": address, **make.group, "port": port}
    site = small_site(groups=[hall], site_meter=None, control=None)
    async with farm_running(site, clock) as farm:
        (server,) = farm.miners.values()
        yield Bench(make, make.build(toolbox), server, clock)
