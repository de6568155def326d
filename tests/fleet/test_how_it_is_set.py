"""How a miner is set, which no command may change: asked of canaries, and of nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from controller.fleet.driver import AskedDriver, Toolbox
from controller.fleet.pool_digest import pool_digest
from controller.model.fleet import OFF
from controller.simulator.farm import Farm
from tests.simulator.help import HandClock

from .benches import MAKES, Bench, bench_of
from .help import fleet_on, running


@pytest.fixture(params=["luxos", "antminer"])
async def bench(
    request: pytest.FixtureRequest, toolbox: Toolbox, clock: HandClock
) -> AsyncIterator[Bench]:
    async with bench_of(MAKES[request.param], toolbox, clock) as ready:
        yield ready


async def test_it_is_set_alike_awake_and_asleep(bench: Bench) -> None:
    identity, driver = await bench.identify(), bench.driver
    assert isinstance(driver, AskedDriver)
    awake = await driver.settings(identity)
    await bench.tell(identity, OFF)
    assert await driver.settings(identity) == awake != ""
    await bench.tell(identity, bench.make.own_level)
    assert await driver.settings(identity) == awake


async def test_only_who_is_asked_says_how_it_is_set(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    fleet = fleet_on(farm, clock, tmp_path)
    async with running(fleet, clock) as site:
        before = fleet.readings()
        assert {one.settings for one in before.values()} == {None}
        assert {one.firmware.partition(" ")[0] for one in before.values()} == {"luxos"}
        assert all(one.firmware.partition(" ")[2] for one in before.values()), "with its version"
        fleet.watch([], asked=miners[:1])
        await site.read_again(miners[0])
        assert fleet.readings()[miners[0]].settings
        fleet.watch([])
        await site.read_again(miners[0])
        assert fleet.readings()[miners[0]].settings is None


POOL, OTHER = ("stratum+tcp://a:1", "u"), ("stratum+tcp://b:1", "u")


def test_a_digest_knows_each_pool_and_their_order() -> None:
    known = [pool_digest(one) for one in ([POOL], [OTHER], [POOL, OTHER], [OTHER, POOL])]
    assert len({*known}) == len(known)
    assert pool_digest([POOL, ("", "")]) == pool_digest([POOL])
    assert pool_digest([POOL]) != pool_digest([(POOL[0], "v")])


@pytest.mark.parametrize("pools", [[], [("", "")] * 3, [(" ", "u")]])
def test_no_pool_has_no_digest(pools: list[tuple[str, str]]) -> None:
    assert pool_digest(pools) == ""
