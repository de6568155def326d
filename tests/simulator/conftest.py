from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from controller.simulator.farm import Farm

from .help import Client, HandClock, running, small_site
from .stock import StockClient, stock_site


@pytest.fixture
async def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def farm(clock: HandClock) -> AsyncIterator[Farm]:
    async with running(small_site(), clock) as started:
        yield started


@pytest.fixture
def miner(farm: Farm) -> Client:
    """The first of the farm's miners."""
    address = next(iter(farm.miners))
    return Client(address, farm.settings.groups[0].port)


@pytest.fixture
async def shed(clock: HandClock) -> AsyncIterator[Farm]:
    """Stock Antminers."""
    async with running(stock_site(), clock) as started:
        yield started


@pytest.fixture
def stock(shed: Farm) -> StockClient:
    """A client of the first of them."""
    place = shed.settings.groups[0].places()[0]
    return StockClient(place.address, place.port)
