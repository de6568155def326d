"""Miners behind switches: cut, given power again, and what is known of them meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from controller.fleet.fleet import MinerFleet
from controller.model.fleet import CUT, OFF, EvidenceGrade, MinerReading, Stage
from controller.simulator.farm import Farm
from tests.simulator.help import HandClock, free_address, free_port, small_site, turns, until
from tests.simulator.help import running as farm_running

from .help import Site, command, running
from .relays import fleet_with, stuck


@pytest.fixture
async def farm(clock: HandClock) -> AsyncIterator[Farm]:
    """Three LuxOS miners, each behind a relay."""
    address = free_address()
    hall = {"id": "hall", "miners": 3, "address": address, "port": free_port(address)}
    hall["switches"] = {"address": address, "port": free_port(address)}
    settings = small_site(groups=[hall], site_meter=None, control=None)
    async with farm_running(settings, clock) as started:
        yield started


@pytest.fixture
def fleet(farm: Farm, clock: HandClock, tmp_path: Path) -> MinerFleet:
    return fleet_with(farm, clock, tmp_path)


def powers(farm: Farm, clock: HandClock) -> list[int]:
    """True kW of each miner."""
    return [round(one.physics.power_w(clock.now()) / 1000) for one in farm.plant.miners()]


async def told(site: Site, miner: str, level: str, name: str) -> Stage:
    site.fleet.send([command(miner, level, name)])
    return (await site.outcome(name)).stage


def fails(fleet: MinerFleet, times: int) -> bool:
    return fleet.health().failures["switch"] >= times


async def rereads(site: Site, miner: str, seconds: float = 10) -> MinerReading:
    """Time passes until its switch or the miner itself has been read again."""
    before = site.fleet.readings()[miner].at
    site.clock.move(seconds)
    await until(lambda: site.fleet.readings()[miner].at != before, f"a reading of {miner}")
    return site.fleet.readings()[miner]


async def boot(site: Site, farm: Farm) -> None:
    """Whoever has power again starts by itself, and is heard."""
    await turns()
    site.clock.move(60)
    await until(lambda: all(m.physics.powered for m in farm.plant.miners()), "the boot")
    site.clock.move(30)
    await until(
        lambda: all(
            one.level not in ("", CUT) and one.reachable for one in site.fleet.readings().values()
        ),
        "word of every miner",
    )


async def test_a_cut_miner_reads_as_cut_by_the_word_of_its_switch(
    farm: Farm, clock: HandClock, miners: list[str], fleet: MinerFleet
) -> None:
    async with running(fleet, clock) as site:
        clock.move(1)
        assert await told(site, miners[1], CUT, "c1") is Stage.SENT
        assert powers(farm, clock) == [3, 0, 3]
        cut = fleet.readings()[miners[1]]
        assert (cut.level, cut.power_w, float(cut.hashrate_ths)) == (CUT, 0, 0)
        assert (cut.reachable, cut.grade, cut.failure) == (True, EvidenceGrade.INFERRED, "")
        assert cut.at == clock.now()
        assert cut.curve in fleet.curves()
        assert fleet.readings()[miners[0]].level == "default"


async def test_it_stays_cut_though_the_miner_itself_does_not_answer(
    clock: HandClock, miners: list[str], fleet: MinerFleet
) -> None:
    async with running(fleet, clock) as site:
        await told(site, miners[1], CUT, "c1")
        for _ in range(6):
            cut = await rereads(site, miners[1], seconds=40)
            assert (cut.level, cut.reachable, cut.at) == (CUT, True, clock.now())
        health = fleet.health()
        assert (health.reachable, health.failures, health.problems) == (3, {}, ())


async def test_told_to_run_its_switch_closes_and_it_boots_by_itself(
    farm: Farm, clock: HandClock, miners: list[str], fleet: MinerFleet
) -> None:
    async with running(fleet, clock) as site:
        await told(site, miners[1], CUT, "c1")
        await rereads(site, miners[1], seconds=60)
        assert await told(site, miners[1], "default", "c2") is Stage.SENT
        booting = fleet.readings()[miners[1]]
        assert (booting.reachable, booting.level) == (False, "default"), "its last word of itself"
        assert booting.at is not None
        assert booting.at < clock.now(), "which proves nothing now"
        await boot(site, farm)
        assert powers(farm, clock) == [3, 3, 3]
        assert fleet.health().sent == 2, "it was told nothing more"


async def test_told_to_be_off_it_stays_cut(
    farm: Farm, clock: HandClock, miners: list[str], fleet: MinerFleet
) -> None:
    """To turn it off it would have to boot first."""
    async with running(fleet, clock) as site:
        await told(site, miners[1], CUT, "c1")
        assert await told(site, miners[1], OFF, "c2") is Stage.SENT
        assert (await rereads(site, miners[1])).level == CUT
        assert farm.switches["hall"].closed == [True, False, True]


async def test_it_is_told_its_level_as_soon_as_it_answers(
    farm: Farm, clock: HandClock, miners: list[str], fleet: MinerFleet
) -> None:
    async with running(fleet, clock) as site:
        await told(site, miners[1], CUT, "c1")
        await told(site, miners[1], "415MHz", "c2")
        await boot(site, farm)
        await until(lambda: fleet.health().sent == 3, "a word to the miner")
        clock.move(10)
        assert powers(farm, clock) == [3, 2, 3]
        assert [one.command for one in site.outcomes] == ["c1", "c2"], "told of once"


async def test_a_later_command_takes_the_place_of_what_it_was_to_be_told(
    farm: Farm, clock: HandClock, miners: list[str], fleet: MinerFleet
) -> None:
    async with running(fleet, clock) as site:
        await told(site, miners[1], CUT, "c1")
        await told(site, miners[1], "415MHz", "c2")
        assert await told(site, miners[1], "default", "c3") is Stage.FAILED, "it boots"
        await boot(site, farm)
        await rereads(site, miners[1], seconds=40)
        assert powers(farm, clock) == [3, 3, 3]


async def test_a_switch_in_a_locked_place_is_not_closed(
    farm: Farm, clock: HandClock, miners: list[str], fleet: MinerFleet
) -> None:
    locked = {"hall"}
    fleet.heed(lambda: locked)
    async with running(fleet, clock) as site:
        assert await told(site, miners[1], CUT, "c1") is Stage.SENT, "to cut is always allowed"
        site.fleet.send([command(miners[1], "default", "c2")])
        refused = await site.outcome("c2")
        assert refused.stage is Stage.FAILED
        assert f"{miners[1]}: its place is locked" in refused.detail
        assert powers(farm, clock) == [3, 0, 3]
        locked.clear()
        locked.add(miners[0])
        assert await told(site, miners[1], "default", "c3") is Stage.SENT


async def test_a_place_locked_while_it_boots_is_told_nothing_of_its_own_accord(
    farm: Farm, clock: HandClock, miners: list[str], fleet: MinerFleet
) -> None:
    locked: set[str] = set()
    fleet.heed(lambda: locked)
    async with running(fleet, clock) as site:
        await told(site, miners[1], CUT, "c1")
        await told(site, miners[1], "415MHz", "c2")
        locked.add(miners[1])
        await boot(site, farm)
        await rereads(site, miners[1], seconds=40)
        assert fleet.health().sent == 2


async def test_a_restart_knows_who_is_cut(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    async with running(fleet_with(farm, clock, tmp_path), clock) as site:
        await told(site, miners[1], CUT, "c1")
    clock.move(600)
    again = fleet_with(farm, clock, tmp_path)
    async with running(again, clock) as site:
        await until(lambda: again.readings()[miners[1]].level == CUT, "the switches")
        assert again.readings()[miners[1]].curve == again.readings()[miners[0]].curve
        assert await told(site, miners[1], "default", "c2") is Stage.SENT
        await boot(site, farm)


async def test_a_reload_knows_it_at_once(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    before = fleet_with(farm, clock, tmp_path)
    async with running(before, clock) as site:
        await told(site, miners[1], CUT, "c1")
    after = fleet_with(farm, clock, tmp_path)
    after.take_over(before)
    assert after.readings()[miners[1]].level == CUT


async def test_a_switch_that_somebody_closes_is_noticed(
    farm: Farm, clock: HandClock, miners: list[str], fleet: MinerFleet
) -> None:
    async with running(fleet, clock) as site:
        await told(site, miners[1], CUT, "c1")
        await farm.switches["hall"].respond(bytes.fromhex("05 0001 ff00"))
        clock.move(10)
        await until(lambda: fleet.readings()[miners[1]].level != CUT, "the switch to be read")
        assert not fleet.readings()[miners[1]].reachable
        await boot(site, farm)


async def test_relays_out_of_reach_fail_the_command_and_are_told_of(
    farm: Farm, clock: HandClock, miners: list[str], fleet: MinerFleet
) -> None:
    async with running(fleet, clock) as site:
        await told(site, miners[1], CUT, "c1")
        farm.switches["hall"].stop()
        for miner, level, name in ((miners[0], CUT, "c2"), (miners[1], "default", "c3")):
            fleet.send([command(miner, level, name)])
            failed = await site.outcome(name)
            assert failed.stage is Stage.FAILED
            assert failed.detail.startswith(f"{miner}: its switch may not have obeyed: told to ")
            assert "no connection within 1 s" in failed.detail
        for failures in (3, 4, 5):
            clock.move(10)
            await until(partial(fails, fleet, failures), "a failed read")
        cut = fleet.readings()[miners[1]]
        assert (cut.level, cut.reachable) == (CUT, False)
        assert "the switches of hall cannot be read: " in cut.failure
        assert any("switches of hall" in one for one in fleet.health().problems)
        await farm.switches["hall"].start()
        cut = await rereads(site, miners[1])
        assert (cut.level, cut.reachable, fleet.health().problems) == (CUT, True, ())


async def test_a_switch_that_says_yes_and_stays_closed_fails_the_command(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    async with stuck() as place:
        fleet = fleet_with(farm, clock, tmp_path, at=place)
        async with running(fleet, clock) as site:
            fleet.send([command(miners[1], CUT)])
            failed = await site.outcome()
            assert failed.stage is Stage.FAILED
            assert "did not obey: told to open, it still reads closed" in failed.detail
            assert f"{place[0]}:{place[1]} unit 1 coil 1" in failed.detail
            assert fleet.health().failures == {"switch": 1}
            assert fleet.readings()[miners[1]].level == "default"


async def test_one_that_answers_behind_an_open_switch_is_believed_and_told_of(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    """The switch that reads open is not its own: nothing was cut."""
    async with stuck(closed=0b11111101) as place:
        fleet = fleet_with(farm, clock, tmp_path, at=place)
        async with running(fleet, clock) as site:
            assert await told(site, miners[1], CUT, "c1") is Stage.SENT
            clock.move(10)
            await until(lambda: fleet.readings()[miners[1]].level == "default", "its own word")
            shown = fleet.readings()[miners[1]]
            assert shown.power_w > 2700
            assert "it answers though its switch reads open" in shown.failure
            assert any("groups.hall.switches" in one for one in fleet.health().problems)
            assert await told(site, miners[1], OFF, "c2") is Stage.SENT, "told by its own interface"
            clock.move(10)
            assert powers(farm, clock) == [3, 0, 3]
