"""What every driver does with a healthy miner, over its real wire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from controller.fleet.driver import Toolbox
from controller.fleet.faults import FaultKind, MinerError
from controller.model.fleet import OFF
from tests.simulator.help import HandClock

from .benches import MAKES, Bench, bench_of
from .help import wire


@pytest.fixture(params=MAKES)
async def bench(
    request: pytest.FixtureRequest, toolbox: Toolbox, clock: HandClock
) -> AsyncIterator[Bench]:
    async with bench_of(MAKES[request.param], toolbox, clock) as ready:
        yield ready


async def test_identity_says_what_it_is_and_where(bench: Bench) -> None:
    identity = await bench.identify()
    assert identity.miner == "m1"
    assert identity.firmware == bench.driver.firmware
    assert identity.model.startswith("Antminer S")
    assert identity.version
    assert identity.mac
    assert identity.own_level == bench.make.own_level


async def test_the_curve_begins_with_off_and_rises(bench: Bench) -> None:
    identity = await bench.identify()
    curve = await bench.driver.curve(identity)
    watts = [level.power_w for level in curve.levels]
    assert curve.off.name == OFF
    assert watts == sorted(watts)
    assert watts[0] == 25
    own = curve.level(identity.own_level)
    assert own.power_w == bench.make.own_w
    assert own.hashrate_ths > 50


async def test_a_read_is_of_the_miner_that_was_identified(bench: Bench) -> None:
    identity = await bench.identify()
    bench.clock.move(60)
    measured = await bench.driver.read(identity)
    assert measured.is_of(identity)
    assert measured.level == bench.make.own_level
    assert measured.power_w == pytest.approx(bench.make.own_w, rel=0.02)
    assert measured.grade is bench.make.grade
    own = (await bench.driver.curve(identity)).level(bench.make.own_level)
    assert float(measured.hashrate_ths) == pytest.approx(float(own.hashrate_ths), rel=0.05)


async def test_accepted_shares_are_counted(bench: Bench) -> None:
    identity = await bench.identify()
    before = (await bench.driver.read(identity)).accepted
    bench.clock.move(3600)
    after = (await bench.driver.read(identity)).accepted
    assert before is not None
    assert after is not None
    assert after > before


async def test_the_work_that_pools_accept_is_that_of_its_hashrate(bench: Bench) -> None:
    """Each of difficulty 1 stands for 2^32 hashes."""
    identity = await bench.identify()
    before = (await bench.driver.read(identity)).accepted_difficulty
    bench.clock.move(36_000)
    measured = await bench.driver.read(identity)
    assert before is not None
    assert measured.accepted_difficulty is not None
    accepted_th = (measured.accepted_difficulty - before) * 2**32 / 10**12
    assert accepted_th == pytest.approx(float(measured.hashrate_ths) * 36_000, rel=0.05)


async def test_off_and_back(bench: Bench) -> None:
    identity = await bench.identify()
    await bench.tell(identity, OFF)
    asleep = await bench.driver.read(identity)
    assert (asleep.level, asleep.hashrate_ths) == (OFF, Decimal(0))
    assert asleep.power_w == pytest.approx(bench.true_w(), abs=2)
    await bench.tell(identity, bench.make.own_level)
    awake = await bench.driver.read(identity)
    assert awake.level == bench.make.own_level
    assert awake.power_w == pytest.approx(bench.make.own_w, rel=0.03)
    assert bench.true_w() > bench.make.own_w / 2


async def test_the_same_command_twice_is_no_error(bench: Bench) -> None:
    identity = await bench.identify()
    for level in (OFF, OFF, bench.make.own_level, bench.make.own_level):
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
