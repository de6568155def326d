"""The faults of simulated stock Antminers, which know nothing of the driver."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from controller.errors import CurtaildError
from controller.fleet.antminer.driver import AntminerDriver
from controller.fleet.driver import Toolbox
from controller.model.fleet import OFF, Identity
from controller.simulator.antminer.miner import StockAntminer
from controller.simulator.farm import Farm
from controller.simulator.faults import HEALTHY, MinerFault, MinerFaultKind
from tests.simulator.help import HandClock, until
from tests.simulator.help import running as farm_running
from tests.simulator.stock import stock_miner, stock_site

from .stock_antminer import driver_of


@pytest.fixture
async def farm(clock: HandClock) -> AsyncIterator[Farm]:
    site = stock_site(miners=1, stock={"freq_level": 70}, meter=None)
    async with farm_running(site, clock) as started:
        yield started


@pytest.fixture
def miner(farm: Farm) -> StockAntminer:
    return stock_miner(farm)


@pytest.fixture
def driver(toolbox: Toolbox) -> AntminerDriver:
    return driver_of(toolbox)


@pytest.fixture
async def identity(driver: AntminerDriver, farm: Farm) -> Identity:
    group = farm.settings.groups[0]
    return await driver.identify("m1", str(group.address), group.port)


async def told(driver: AntminerDriver, identity: Identity, level: str, clock: HandClock) -> str:
    """What comes of a command; nothing where all is well."""
    telling = asyncio.ensure_future(driver.apply(identity, level))

    def answered() -> bool:
        clock.move(1)
        return telling.done()

    await until(answered, "its answer")
    clock.move(400)
    error = telling.exception()
    assert error is None or isinstance(error, CurtaildError)
    return "" if error is None else str(error)


HINDERS: dict[MinerFaultKind, str] = {
    "unreadable": "HTTP 503",
    "html": "cannot be used",
    "truncate": "it closed the connection before its reply was whole",
    "garbage": "it is no HTTP",
    "endless": "cut off: a reply of more than",
    "hang": "no whole reply within",
    "password": "it does not accept our name and password",
    "refuse": "refused: M001 'request busy'",
}


@pytest.mark.parametrize(("kind", "said"), HINDERS.items())
async def test_a_fault_leaves_its_configuration_as_it_was(
    kind: MinerFaultKind,
    said: str,
    driver: AntminerDriver,
    identity: Identity,
    miner: StockAntminer,
    clock: HandClock,
) -> None:
    before = miner.configuration
    miner.set_fault(MinerFault(kind=kind), clock.now())
    assert said in await told(driver, identity, OFF, clock)
    assert miner.configuration == before


async def test_a_liar_is_seen_to_run(
    driver: AntminerDriver, identity: Identity, miner: StockAntminer, clock: HandClock
) -> None:
    miner.set_fault(MinerFault(kind="lie"), clock.now())
    await told(driver, identity, OFF, clock)
    measured = await driver.read(identity)
    assert (measured.level, measured.power_w) == ("normal-70", 3500)


@pytest.mark.parametrize("levels", [["normal-70"], [OFF, "normal-70"]])
async def test_a_reset_frequency_is_set_back(
    levels: list[str],
    driver: AntminerDriver,
    identity: Identity,
    miner: StockAntminer,
    clock: HandClock,
) -> None:
    before = miner.configuration
    assert await told(driver, identity, OFF, clock) == ""
    miner.set_fault(MinerFault(kind="frequency_reset"), clock.now())
    miner.set_fault(HEALTHY, clock.now())
    assert miner.configuration != before
    for level in levels:
        assert await told(driver, identity, level, clock) == ""
    assert miner.configuration == before
