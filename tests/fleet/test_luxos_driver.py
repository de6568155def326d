"""LuxOS: what of a healthy miner is only so with this firmware."""

from __future__ import annotations

import pytest

from controller.errors import PermanentError
from controller.fleet.driver import Driver
from controller.model.fleet import OFF, Identity
from controller.simulator.farm import Farm
from tests.simulator.help import HandClock

from .help import wire


@pytest.fixture
async def identity(farm: Farm, driver: Driver) -> Identity:
    group = farm.settings.groups[0]
    return await driver.identify("m1", group.addresses()[0], group.port)


def true_w(farm: Farm, clock: HandClock) -> float:
    return next(iter(farm.miners.values())).miner.physics.power_w(clock.now())


async def test_identity_says_what_it_is_and_where(identity: Identity, driver: Driver) -> None:
    assert identity.miner == "m1"
    assert identity.firmware == driver.firmware
    assert identity.model == "Antminer S19k Pro"
    assert identity.version == "2025.4.8.220305-57b389c7"
    assert identity.own_level == "default"
    assert identity.mac


async def test_the_curve_begins_with_off_and_rises(identity: Identity, driver: Driver) -> None:
    curve = await driver.curve(identity)
    watts = [level.power_w for level in curve.levels]
    assert curve.off.name == OFF
    assert watts == sorted(watts)
    assert watts[0] == 25
    assert identity.own_level in {level.name for level in curve.levels}
    assert curve.level("default").power_w == 2794
    assert str(curve.level("default").hashrate_ths) == "121.8"


async def test_a_read_is_of_the_miner_that_was_identified(
    identity: Identity, driver: Driver, farm: Farm, clock: HandClock
) -> None:
    measured = await driver.read(identity)
    assert measured.is_of(identity)
    assert measured.power_w == round(true_w(farm, clock))
    assert measured.level == "default"
    assert float(measured.hashrate_ths) == pytest.approx(121.8, rel=0.02)


async def test_off_and_back(
    identity: Identity, driver: Driver, farm: Farm, clock: HandClock
) -> None:
    await driver.apply(identity, OFF)
    assert (await driver.read(identity)).level == "default", "it still draws its full power"
    clock.move(6)
    asleep = await driver.read(identity)
    assert (asleep.level, asleep.power_w) == (OFF, round(true_w(farm, clock)))
    assert asleep.hashrate_ths == 0
    await driver.apply(identity, "default")
    clock.move(11)
    awake = await driver.read(identity)
    assert (awake.level, awake.power_w) == ("default", round(true_w(farm, clock)))
    assert awake.power_w > 2700


async def test_to_another_level_and_from_sleep_to_another_level(
    identity: Identity, driver: Driver, clock: HandClock
) -> None:
    await driver.apply(identity, "290MHz")
    clock.move(10)
    assert (await driver.read(identity)).level == "290MHz"
    await driver.apply(identity, OFF)
    clock.move(10)
    await driver.apply(identity, "415MHz")
    clock.move(12)
    woken = await driver.read(identity)
    assert woken.level == "415MHz"
    assert woken.power_w == pytest.approx(1785, rel=0.02)


async def test_another_firmware_is_no_matter_for_another_try(driver: Driver) -> None:
    head = b'{"STATUS":[{"STATUS":"S","Msg":"config","Description":"cgminer 4.11"}],"CONFIG":['
    row = b'{"Model":"X","MACAddr":"02","Profile":"p","CurtailMode":"None"}],"id":1}\0'
    async with wire(lambda _, writer: _say(writer, head + row)) as (address, port):
        with pytest.raises(PermanentError, match=r"m9: this is not LuxOS.*'cgminer 4.11'"):
            await driver.identify("m9", address, port)


async def _say(writer: object, reply: bytes) -> None:
    writer.write(reply)  # type: ignore[attr-defined]
    await writer.drain()  # type: ignore[attr-defined]
