"""A driver without a wire, for what the fleet does with any driver."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from controller.fleet.driver import Driver, Firmware, Measured, Toolbox
from controller.fleet.fleet import MinerFleet
from controller.fleet.settings import FleetSettings, GroupMiners, Port
from controller.model.fleet import OFF, Curve, Identity, Level
from tests.simulator.help import HandClock

from .help import HASTY


class ScriptedMiners(GroupMiners):
    driver: Literal["scripted"] = "scripted"
    port: Port = 1


async def _at_once(_: str) -> None:
    """What a healthy miner does to a call."""


class Scripted:
    """Answers from memory; `on_read` and `on_apply` may hang, fail, or look around."""

    firmware = "scripted"

    def __init__(self) -> None:
        self.on_read: Callable[[str], Awaitable[None]] = _at_once
        self.on_apply: Callable[[str], Awaitable[None]] = _at_once
        self.reads: list[str] = []
        self.applied: list[tuple[str, str]] = []
        self.at_once = 0
        self.most_at_once = 0

    async def identify(self, miner: str, address: str, port: int) -> Identity:
        return Identity(
            miner=miner,
            address=address,
            port=port,
            firmware=self.firmware,
            model="m",
            version="1",
            own_level="full",
        )

    async def curve(self, identity: Identity) -> Curve:
        off = Level(name=OFF, power_w=25, hashrate_ths=Decimal(0))
        full = Level(name="full", power_w=3000, hashrate_ths=Decimal(100))
        return Curve(levels=(off, full))

    async def read(self, identity: Identity) -> Measured:
        self.reads.append(identity.miner)
        await self._busy(self.on_read(identity.miner))
        return Measured(3000, Decimal(100), "full", "m", "1", "")

    async def apply(self, identity: Identity, level: str) -> None:
        await self._busy(self.on_apply(identity.miner))
        self.applied.append((identity.miner, level))

    async def _busy(self, doing: Awaitable[None]) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await doing
        finally:
            self.at_once -= 1


class Gate:
    """Holds whoever comes until it is opened."""

    def __init__(self) -> None:
        self.held: list[str] = []
        self._open = asyncio.Event()

    async def __call__(self, miner: str) -> None:
        self.held.append(miner)
        await self._open.wait()

    def open(self) -> None:
        self._open.set()


class Stubborn:
    """Goes on whatever it is told, as some libraries do, until the test lets it go."""

    def __init__(self) -> None:
        self.released = False

    async def __call__(self, _: str) -> None:
        while not self.released:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0.02)


def scripted_fleet(
    driver: Driver,
    clock: HandClock,
    state_dir: Path,
    miners: int,
    settings: FleetSettings = HASTY,
    **group: Any,
) -> MinerFleet:
    """`group` are further settings of the only one."""

    def build(_: Toolbox) -> Driver:
        return driver

    last = f"10.0.{miners // 250}.{miners % 250}"
    return MinerFleet(
        settings=settings,
        groups={"hall": ScriptedMiners(addresses=(f"10.0.0.1-{last}",), **group)},
        firmwares={"scripted": Firmware(ScriptedMiners, build)},
        state_dir=state_dir,
        clock=clock,
    )
