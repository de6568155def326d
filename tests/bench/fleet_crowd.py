"""Both sides of a race over the same miners: so many calls at a time, CPU or time of them all."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from controller.fleet.antminer import ANTMINER, AntminerMiners
from controller.fleet.antminer.driver import AntminerDriver
from controller.fleet.driver import Driver, Toolbox
from controller.fleet.luxos import LUXOS
from controller.fleet.owed import Owed
from controller.fleet.settings import FleetSettings
from controller.fleet.tally import Tally
from controller.model.fleet import Identity
from tests.bench.ground_site import PORTS, STOCK

WIDTH = 256
One = Callable[[str], Awaitable[object]]


@dataclass(frozen=True)
class Cost:
    """Of one call to each of many miners, all together."""

    cpu_s: float
    wall_s: float


async def crowd(one: One, miners: Iterable[str], width: int = WIDTH) -> Cost:
    """What it costs to call each miner once, `width` at a time. A failed call fails the race."""
    places = asyncio.Semaphore(width)

    async def call(miner: str) -> None:
        async with places:
            await one(miner)

    began_s, began_cpu_s = time.monotonic(), time.process_time()
    await asyncio.gather(*(call(miner) for miner in miners))
    return Cost(time.process_time() - began_cpu_s, time.monotonic() - began_s)


def luxos_driver(folder: Path) -> Driver:
    return LUXOS.build(_tools(folder))


def stock_driver(folder: Path, miners: Iterable[str]) -> Driver:
    driver = ANTMINER.build(_tools(folder))
    assert isinstance(driver, AntminerDriver)
    group = AntminerMiners(addresses=tuple(miners), port=PORTS[STOCK], nameplate_w=3500)
    for miner in group.miners():
        driver.enrol(miner, group)
    return driver


async def identified(driver: Driver, miners: Iterable[str], port: int) -> dict[str, Identity]:
    found: dict[str, Identity] = {}

    async def ask(miner: str) -> None:
        found[miner] = await driver.identify(miner, miner, port)

    await crowd(ask, miners)
    return found


def plain_pyasic(miners: Iterable[str]) -> dict[str, Any]:
    """Stock Antminers as pyasic's own class for them, built without probing."""
    from pyasic.miners.antminer.bmminer import BMMinerS21

    from controller.fleet import pyasic_quiet  # noqa: F401 - keeps the root logger as it is

    logging.getLogger("pyasic").setLevel(logging.CRITICAL)
    return {miner: BMMinerS21(miner) for miner in miners}


def _tools(folder: Path) -> Toolbox:
    return Toolbox(FleetSettings(), Tally(), Owed(folder / "owed.json"))
