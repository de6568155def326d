"""The Fleet port on its real side: miners on the wire, read and told."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.errors import PermanentError
from controller.fleet.fleet import MinerFleet
from controller.fleet.luxos import LUXOS
from controller.model.fleet import CUT, OFF, EvidenceGrade, Stage
from controller.ports import Fleet
from controller.simulator.farm import Farm
from tests.simulator.help import HandClock, luxos_miner

from .help import HASTY, command, fleet_on, group_of, running


async def test_every_configured_miner_has_a_reading_with_a_curve(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    fleet: Fleet = fleet_on(farm, clock, tmp_path)
    assert isinstance(fleet, MinerFleet)
    async with running(fleet, clock):
        readings = fleet.readings()
        assert list(readings) == miners
        for reading in readings.values():
            assert reading.group == "hall"
            assert (reading.reachable, reading.failure) == (True, "")
            assert reading.power_w == pytest.approx(2794, rel=0.02)
            assert reading.grade is EvidenceGrade.SELF_REPORT
            assert reading.at == clock.now()
            curve = fleet.curves()[reading.curve]
            assert [level.name for level in curve.levels] == [OFF, "default"]
            assert reading.level == "default"
        assert len({reading.curve for reading in readings.values()}) == 1, "alike miners share"
        health = fleet.health()
        assert (health.known, health.reachable, health.probes) == (3, 3, 3)


async def test_before_the_start_a_miner_is_there_and_unheard(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    reading = fleet_on(farm, clock, tmp_path).readings()[miners[0]]
    assert (reading.at, reading.curve, reading.power_w) == (None, "", 0)
    assert not reading.reachable


async def test_a_command_is_sent_and_only_later_readings_show_it(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    fleet = fleet_on(farm, clock, tmp_path)
    async with running(fleet, clock) as site:
        fleet.send([command(miners[0], OFF)])
        outcome = await site.outcome()
        assert (outcome.stage, outcome.miner, outcome.detail) == (Stage.SENT, miners[0], "")
        assert fleet.readings()[miners[0]].level == "default", "its answer is no evidence"
        await site.read_again(miners[0])
        asleep = fleet.readings()[miners[0]]
        assert asleep.level == OFF
        assert asleep.hashrate_ths == 0
        assert asleep.power_w == pytest.approx(25, abs=1)
        assert fleet.readings()[miners[1]].level == "default"
        assert fleet.health().sent == 1


async def test_a_cut_without_a_switch_fails_and_says_so(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    fleet = fleet_on(farm, clock, tmp_path)
    async with running(fleet, clock) as site:
        fleet.send([command(miners[0], CUT)])
        outcome = await site.outcome()
        assert (outcome.stage, outcome.miner) == (Stage.FAILED, miners[0])
        assert "no switch" in outcome.detail
        await site.read_again(miners[0])
        assert fleet.readings()[miners[0]].level == "default"


async def test_the_groups_levels_are_offered_and_others_refused(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    fleet = fleet_on(farm, clock, tmp_path, levels=("415MHz", "190MHz", "default"))
    async with running(fleet, clock) as site:
        (curve,) = fleet.curves().values()
        assert [level.name for level in curve.levels] == [OFF, "190MHz", "415MHz", "default"]
        fleet.send([command(miners[0], "190MHz", "a"), command(miners[1], "790MHz", "b")])
        assert (await site.outcome("a")).stage is Stage.SENT
        refused = await site.outcome("b")
        assert refused.stage is Stage.FAILED
        assert "790MHz" in refused.detail


async def test_levels_that_a_miner_lacks_are_told_and_its_power_is_still_read(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    fleet = fleet_on(farm, clock, tmp_path, levels=("eco",))
    async with running(fleet, clock) as site:
        reading = fleet.readings()[miners[0]]
        assert reading.curve == ""
        assert reading.power_w > 2700
        assert "it has none of the levels eco; it offers 190MHz" in reading.failure
        fleet.send([command(miners[0], OFF)])
        outcome = await site.outcome()
        assert outcome.stage is Stage.FAILED
        assert "none of the levels eco" in outcome.detail


async def test_a_level_outside_the_curve_is_shown_as_the_nearest(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    fleet = fleet_on(farm, clock, tmp_path, levels=("190MHz", "default"))
    async with running(fleet, clock) as site:
        luxos_miner(farm).set_profile("215MHz", clock.now())
        await site.read_again(miners[0])
        reading = fleet.readings()[miners[0]]
        assert reading.level == "190MHz"
        assert reading.power_w == pytest.approx(879, rel=0.02)


async def test_a_miner_that_is_not_configured_cannot_be_told(
    farm: Farm, clock: HandClock, tmp_path: Path
) -> None:
    fleet = fleet_on(farm, clock, tmp_path)
    async with running(fleet, clock) as site:
        fleet.send([command("10.9.9.9", OFF)])
        outcome = await site.outcome()
        assert outcome.stage is Stage.FAILED
        assert "no miner of this site" in outcome.detail


async def test_outcomes_are_drained(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    fleet = fleet_on(farm, clock, tmp_path)
    async with running(fleet, clock) as site:
        fleet.send([command(miners[0], OFF)])
        await site.outcome()
        assert fleet.outcomes() == []


async def test_a_miner_in_two_groups_is_refused(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    group = group_of(farm)
    with pytest.raises(PermanentError, match=rf"groups\.yard\.miners: {miners[0]} belongs .* hall"):
        MinerFleet(
            settings=HASTY,
            groups={"hall": group, "yard": group},
            firmwares={"luxos": LUXOS},
            state_dir=tmp_path,
            clock=clock,
        )
