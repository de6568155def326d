"""Faulty miners on the wire: what never becomes proof, and what stays known of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.model.fleet import OFF, Stage
from controller.simulator.farm import Farm
from controller.simulator.faults import MinerFault
from tests.simulator.help import HandClock

from .help import Site, command, fleet_on, running

BROKEN = {
    "die": ("no_connection", "no connection"),
    "hang": ("no_reply", "no whole reply within 0.5 s"),
    "garbage": ("garbage", "cannot be used"),
    "endless": ("no_reply|too_long", "no whole reply|cut off"),
    "slow": ("no_reply", "no whole reply within 0.5 s"),
}


def fault(kind: str) -> MinerFault:
    return MinerFault.model_validate({"kind": kind} | ({"seconds": 5} if kind == "slow" else {}))


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_command_to_a_broken_miner_fails_and_says_why(
    kind: str, farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    counted, said = BROKEN[kind]
    fleet = fleet_on(farm, clock, tmp_path)
    async with running(fleet, clock) as site:
        await farm.miners[miners[0].partition(":")[0]].inject(fault(kind))
        fleet.send([command(miners[0], OFF), command(miners[1], OFF, "c2")])
        outcome = await site.outcome()
        assert outcome.stage is Stage.FAILED
        assert outcome.detail.startswith(miners[0])
        assert any(words in outcome.detail for words in said.split("|"))
        assert (await site.outcome("c2")).stage is Stage.SENT, "its neighbour is not held up"
        assert set(fleet.health().failures) & set(counted.split("|"))


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_silent_miner_keeps_its_last_proven_power(
    kind: str, farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    miner = miners[0]
    fleet = fleet_on(farm, clock, tmp_path)
    async with running(fleet, clock) as site:
        proven = fleet.readings()[miner]
        server = farm.miners[miner.partition(":")[0]]
        await server.inject(fault(kind))
        for still_reachable in (True, True, False, False):
            await site.read_again(miner)
            lost = fleet.readings()[miner]
            assert lost.reachable is still_reachable
            assert (lost.power_w, lost.level, lost.at) == (proven.power_w, "default", proven.at)
            assert lost.failure.startswith(miner)
        assert fleet.readings()[miners[1]].reachable
        assert fleet.health().reachable == 2
        await server.inject(fault("clear"))
        await _until_back(site, miner)
        assert fleet.readings()[miner].failure == ""


async def _until_back(site: Site, miner: str) -> None:
    for _ in range(10):
        await site.read_again(miner)
        if site.fleet.readings()[miner].reachable:
            return
    raise AssertionError(f"{miner} does not come back")


async def test_a_refusing_miner_is_failed_and_still_read(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    fleet = fleet_on(farm, clock, tmp_path)
    async with running(fleet, clock) as site:
        await farm.miners[miners[0].partition(":")[0]].inject(fault("refuse"))
        fleet.send([command(miners[0], OFF)])
        outcome = await site.outcome()
        assert outcome.stage is Stage.FAILED
        assert "refused: \"Access denied to 'curtail' command\"" in outcome.detail
        await site.read_again(miners[0])
        reading = fleet.readings()[miners[0]]
        assert (reading.level, reading.reachable) == ("default", True)


async def test_a_liars_sent_is_all_there_is_and_its_readings_contradict(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    fleet = fleet_on(farm, clock, tmp_path)
    async with running(fleet, clock) as site:
        await farm.miners[miners[0].partition(":")[0]].inject(fault("lie"))
        fleet.send([command(miners[0], OFF)])
        assert (await site.outcome()).stage is Stage.SENT
        await site.read_again(miners[0])
        reading = fleet.readings()[miners[0]]
        assert reading.level == "default"
        assert reading.power_w > 2700


async def test_a_miner_never_heard_counts_nothing_and_says_so(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    await farm.miners[miners[0].partition(":")[0]].inject(fault("die"))
    fleet = fleet_on(farm, clock, tmp_path)
    async with running(fleet, clock) as site:
        unheard = fleet.readings()[miners[0]]
        assert (unheard.at, unheard.power_w, unheard.curve) == (None, 0, "")
        assert not unheard.reachable
        fleet.send([command(miners[0], OFF)])
        assert "not identified yet" in (await site.outcome()).detail
        assert fleet.health().known == 2
