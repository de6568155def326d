from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from controller.fleet.driver import Driver, Toolbox
from controller.model.fleet import Identity
from controller.simulator.farm import Farm
from tests.simulator.help import HandClock, free_address, free_port, small_site
from tests.simulator.help import running as farm_running

from .help import Proxy, luxos, tools, wire


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def farm(clock: HandClock) -> AsyncIterator[Farm]:
    """Three LuxOS miners on the wire, and nothing beside them."""
    address = free_address()
    hall = {"id": "hall", "miners": 3, "address": address, "port": free_port(address)}
    miners_only = small_site(groups=[hall], site_meter=None, control=None)
    async with farm_running(miners_only, clock) as started:
        yield started


@pytest.fixture
def toolbox(tmp_path: Path) -> Toolbox:
    return tools(tmp_path)


@pytest.fixture
def driver(toolbox: Toolbox) -> Driver:
    return luxos(toolbox)


@pytest.fixture
def miners(farm: Farm) -> list[str]:
    """The ids of the farm's miners."""
    group = farm.settings.groups[0]
    return [f"{address}:{group.port}" for address in group.addresses()]


@pytest.fixture
async def proxy(farm: Farm) -> Proxy:
    return Proxy(farm)


@pytest.fixture
async def tapped(proxy: Proxy, driver: Driver) -> AsyncIterator[Identity]:
    """The farm's first miner as it is seen through the proxy; nothing written down yet."""
    async with wire(proxy.talk) as (address, port):
        yield await driver.identify("tapped", address, port)
