from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from controller.simulator.farm import Farm

from .help import Client, HandClock, running, small_site


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
