"""What every driver does with a healthy miner, over its real wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from controller.fleet.driver import Driver, Toolbox
from controller.fleet.faults import FaultKind, MinerError
from controller.fleet.luxos import LUXOS
from controller.model.fleet import OFF, EvidenceGrade, Identity
from controller.simulator.farm import Farm
from tests.simulator.help import HandClock, free_address, free_port, small_site, until
from tests.simulator.help import running as farm_running

from .help import wire
from .stock_antminer import driver_of

SETTLED_S = 400
"""Longer than any simulated miner needs to start or stop."""


@dataclass
class Bench:
    """One simulated miner of some make, and the driver for it."""

    driver: Driver
    farm: Farm
    clock: HandClock
    own_level: str
    own_w: int
    grade: EvidenceGrade

    async def identify(self) -> Identity:
        group = self.farm.settings.groups[0]
        return await self.driver.identify("m1", str(group.address), group.port)

    async def tell(self, identity: Identity, level: str) -> None:
        """Let time pass until it has answered, and then until it has settled."""
        telling = asyncio.ensure_future(self.driver.apply(identity, level))
        await until(lambda: self._done_by_now(telling), "its answer")
        await telling
        self.clock.move(SETTLED_S)

    def _done_by_now(self, telling: asyncio.Future[None]) -> bool:
        self.clock.move(1)
        return telling.done()

    def true_w(self) -> float:
        return next(iter(self.farm.miners.values())).miner.physics.power_w(self.clock.now())


GROUPS: dict[str, dict[str, Any]] = {
    "luxos": {},
    "antminer": {"make": "antminer", "stock": {"freq_level": 70}},
}


@pytest.fixture(params=GROUPS)
async def bench(
    request: pytest.FixtureRequest, toolbox: Toolbox, clock: HandClock
) -> AsyncIterator[Bench]:
    address = free_address()
    hall = {"id": "hall", "miners": 1, "address": address, "port": free_port(address)}
    group = {**hall, **GROUPS[request.param]}
    async with farm_running(
        small_site(groups=[group], site_meter=None, control=None), clock
    ) as farm:
        if request.param == "luxos":
            driver: Driver = LUXOS.build(toolbox)
            yield Bench(driver, farm, clock, "default", 2794, EvidenceGrade.SELF_REPORT)
        else:
            driver = driver_of(toolbox, nameplate_w=2500)
            yield Bench(driver, farm, clock, "normal-70", 2500, EvidenceGrade.INFERRED)


async def test_identity_says_what_it_is_and_where(bench: Bench) -> None:
    identity = await bench.identify()
    assert identity.miner == "m1"
    assert identity.firmware == bench.driver.firmware
    assert identity.model.startswith("Antminer S")
    assert identity.version
    assert identity.mac
    assert identity.own_level == bench.own_level


async def test_the_curve_begins_with_off_and_rises(bench: Bench) -> None:
    identity = await bench.identify()
    curve = await bench.driver.curve(identity)
    watts = [level.power_w for level in curve.levels]
    assert curve.off.name == OFF
    assert watts == sorted(watts)
    assert watts[0] == 25
    own = curve.level(identity.own_level)
    assert own.power_w == bench.own_w
    assert own.hashrate_ths > 50


async def test_a_read_is_of_the_miner_that_was_identified(bench: Bench) -> None:
    identity = await bench.identify()
    bench.clock.move(60)
    measured = await bench.driver.read(identity)
    assert measured.is_of(identity)
    assert measured.level == bench.own_level
    assert measured.power_w == pytest.approx(bench.own_w, rel=0.02)
    assert measured.grade is bench.grade
    own = (await bench.driver.curve(identity)).level(bench.own_level)
    assert float(measured.hashrate_ths) == pytest.approx(float(own.hashrate_ths), rel=0.05)


async def test_accepted_shares_are_counted(bench: Bench) -> None:
    identity = await bench.identify()
    before = (await bench.driver.read(identity)).accepted
    bench.clock.move(3600)
    after = (await bench.driver.read(identity)).accepted
    assert before is not None
    assert after is not None
    assert after > before


async def test_off_and_back(bench: Bench) -> None:
    identity = await bench.identify()
    await bench.tell(identity, OFF)
    asleep = await bench.driver.read(identity)
    assert (asleep.level, asleep.hashrate_ths) == (OFF, Decimal(0))
    assert asleep.power_w == pytest.approx(bench.true_w(), abs=2)
    await bench.tell(identity, bench.own_level)
    awake = await bench.driver.read(identity)
    assert awake.level == bench.own_level
    assert awake.power_w == pytest.approx(bench.own_w, rel=0.03)
    assert bench.true_w() > bench.own_w / 2


async def test_the_same_command_twice_is_no_error(bench: Bench) -> None:
    identity = await bench.identify()
    for level in (OFF, OFF, bench.own_level, bench.own_level):
        await bench.tell(identity, level)
        assert (await bench.driver.read(identity)).level == level


async def test_nobody_there(bench: Bench) -> None:
    async with wire(lambda *_: _nothing()) as (address, port):
        pass
    with pytest.raises(MinerError, match=r"m1: no connection: Connection refused") as caught:
        await bench.driver.identify("m1", address, port)
    assert caught.value.kind is FaultKind.NO_CONNECTION


async def _nothing() -> None:
    """Never called: the server is gone before anybody comes."""
