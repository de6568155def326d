"""Power goes and comes back: what miners do without being told."""

from __future__ import annotations

import pytest

from controller.simulator.farm import Farm
from controller.simulator.faults import PlaceFault

from .help import Client, HandClock, running, small_site, turns, until
from .stock import StockClient, stock_site

OUTAGE = PlaceFault(kind="outage")
CLEAR = PlaceFault(kind="clear")


def powered(farm: Farm) -> bool:
    return all(miner.physics.powered for miner in farm.plant.miners())


async def boot(farm: Farm, clock: HandClock, seconds: float) -> None:
    await turns()
    clock.move(seconds)
    await until(lambda: powered(farm), "the miners to boot")


async def test_an_outage_takes_all_power_at_once(farm: Farm, clock: HandClock) -> None:
    await farm.places.inject("hall", OUTAGE)
    assert farm.plant.groups["hall"].power_w(clock.now()) == 0
    assert farm.plant.site.power_w(clock.now()) == 2000
    clock.move(3600)
    await turns()
    assert not powered(farm)


async def test_luxos_forgets_that_it_was_told_to_sleep(
    farm: Farm, miner: Client, clock: HandClock
) -> None:
    token = await miner.logon()
    await miner.ask("curtail", f"{token},sleep")
    await farm.places.inject("hall", OUTAGE)
    with pytest.raises(ConnectionRefusedError):
        await miner.watts()
    await farm.places.inject("hall", CLEAR)
    await turns()
    clock.move(59)
    await turns()
    assert not powered(farm)
    await boot(farm, clock, 1)
    clock.move(20)
    assert await miner.watts() > 2700
    summary = (await miner.ask("summary"))["SUMMARY"][0]
    assert summary["Elapsed"] == 20
    assert summary["Accepted"] < 20


async def test_a_stock_antminer_keeps_its_mode(
    stock: StockClient, shed: Farm, clock: HandClock
) -> None:
    asleep, *awake = shed.plant.miners()
    await stock.change(clock, miner_mode=1)
    await shed.places.inject("site", OUTAGE)
    assert shed.plant.groups["shed"].power_w(clock.now()) == 0
    await shed.places.inject("site", CLEAR)
    await boot(shed, clock, 90)
    clock.move(300)
    assert asleep.physics.power_w(clock.now()) < 30
    assert all(miner.physics.power_w(clock.now()) > 3400 for miner in awake)
    assert (await stock.read())["bitmain-work-mode"] == "1"


async def test_power_may_come_back_by_itself(farm: Farm, clock: HandClock) -> None:
    await farm.places.inject("hall", PlaceFault(kind="outage", seconds=600))
    await turns()
    clock.move(600)
    await turns()
    await boot(farm, clock, 60)


async def test_a_group_stays_dark_while_the_site_is(farm: Farm, clock: HandClock) -> None:
    await farm.places.inject("site", OUTAGE)
    await farm.places.inject("hall", OUTAGE)
    await farm.places.inject("hall", CLEAR)
    await turns()
    clock.move(600)
    await turns()
    assert not powered(farm)
    await farm.places.inject("site", CLEAR)
    await boot(farm, clock, 60)


async def test_both_makes_stand_on_one_site(clock: HandClock) -> None:
    luxos, stock = small_site(), stock_site()
    both = luxos.model_copy(update={"groups": (*luxos.groups, *stock.groups)})
    async with running(both, clock) as farm:
        full_w = farm.plant.site.power_w(clock.now())
        assert full_w == pytest.approx(3 * 2794 + 3 * 3500 + 2000, rel=0.016)
        await farm.places.inject("shed", OUTAGE)
        dark_w = farm.plant.site.power_w(clock.now())
        assert dark_w == pytest.approx(3 * 2794 + 2000, rel=0.016)
