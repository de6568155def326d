"""What is remembered: a restart asks no miner what it is, another machine is noticed."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from controller.errors import PermanentError
from controller.fleet.fleet import MinerFleet
from controller.fleet.luxos import LUXOS, LuxOsMiners
from controller.model.fleet import OFF
from controller.simulator.farm import Farm
from controller.simulator.luxos.miner import LuxOsMiner
from tests.simulator.help import HandClock, luxos_miner

from .help import HASTY, Proxy, fleet_on, running, wire


async def test_a_restart_probes_nothing(
    farm: Farm, clock: HandClock, proxy: Proxy, tmp_path: Path
) -> None:
    async with wire(proxy.talk) as (address, port):

        def fleet() -> MinerFleet:
            return MinerFleet(
                settings=HASTY,
                groups={"hall": LuxOsMiners(addresses=(address,), port=port)},
                firmwares={"luxos": LUXOS},
                state_dir=tmp_path,
                clock=clock,
            )

        async with running(fleet(), clock) as site:
            before = site.fleet.readings()
        assert {"config", "profiles"} <= set(proxy.commands)
        proxy.asked.clear()
        again = fleet()
        unheard = again.readings()[f"{address}:{port}"]
        assert unheard.curve == before[f"{address}:{port}"].curve
        assert unheard.at is None
        assert unheard.curve in again.curves()
        async with running(again, clock) as site:
            assert site.fleet.readings() == before
            assert site.fleet.health().probes == 0
        assert proxy.commands == ["power+summary+config"]


async def test_the_inventory_survives_without_an_orderly_end(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    async with running(fleet_on(farm, clock, tmp_path / "a"), clock):
        await _settled(tmp_path / "a" / "inventory.json", miners)
        killed = (tmp_path / "a" / "inventory.json").read_bytes()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "inventory.json").write_bytes(killed)
    (tmp_path / "b" / "inventory.json.1.new").write_bytes(killed[:50])
    async with running(fleet_on(farm, clock, tmp_path / "b"), clock) as site:
        assert site.fleet.health().probes == 0


async def _settled(path: Path, miners: list[str]) -> None:
    from tests.simulator.help import until

    await until(
        lambda: path.exists() and all(miner in path.read_text() for miner in miners),
        "the inventory on disk",
    )


def other_version(miner: LuxOsMiner) -> None:
    recorded = deepcopy(dict(miner.model.recorded))
    recorded["version"]["VERSION"][0]["LUXminer"] = "2026.1.1.1-abc"
    miner.model = replace(miner.model, recorded=recorded)


async def test_another_version_is_identified_again_and_keeps_its_own_level(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    miner = luxos_miner(farm)
    async with running(fleet_on(farm, clock, tmp_path), clock) as site:
        curve = site.fleet.readings()[miners[0]].curve
        miner.set_profile("190MHz", clock.now())
        other_version(miner)
        await site.read_again(miners[0])
        assert site.fleet.health().probes == 4
        reading = site.fleet.readings()[miners[0]]
        assert reading.curve == curve, "its own level is not where it happens to stand"
        await site.read_again(miners[0])
        assert site.fleet.health().probes == 4
    async with running(fleet_on(farm, clock, tmp_path), clock) as site:
        assert site.fleet.health().probes == 0


async def test_another_model_has_another_curve(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    miner = luxos_miner(farm)
    async with running(fleet_on(farm, clock, tmp_path), clock) as site:
        recorded = deepcopy(dict(miner.model.recorded))
        recorded["config"]["CONFIG"][0]["Model"] = "Antminer S21"
        miner.model = replace(miner.model, recorded=recorded)
        await site.read_again(miners[0])
        assert "antminer-s21" in site.fleet.readings()[miners[0]].curve
        assert "antminer-s19k-pro" in site.fleet.readings()[miners[1]].curve


async def test_other_levels_in_the_configuration_need_no_probe(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    async with running(fleet_on(farm, clock, tmp_path), clock):
        pass
    async with running(fleet_on(farm, clock, tmp_path, levels=("290MHz",)), clock) as site:
        (curve,) = site.fleet.curves().values()
        assert [level.name for level in curve.levels] == [OFF, "290MHz"]
        assert site.fleet.health().probes == 0


IDENTITY = (
    '{"identity":{"miner":"m1","address":"a","port":1,"firmware":"luxos","model":"m",'
    '"version":"v"},"curve":"k"}'
)
CORRUPT = {
    "cut short": '{"format":1,"miners":{"10.0.',
    "empty": "",
    "another format": '{"format":2}',
    "another key": '{"format":1,"minors":{}}',
    "no curve": f'{{"format":1,"miners":{{"m1":{IDENTITY}}}}}',
    "curve without off": '{"format":1,"curves":{"k":{"levels":[]}}}',
    "another name": f'{{"format":1,"curves":{{}},"miners":{{"m2":{IDENTITY}}}}}',
}


@pytest.mark.parametrize("content", CORRUPT.values(), ids=CORRUPT.keys())
def test_a_corrupt_inventory_is_named_with_what_to_do(
    content: str, farm: Farm, clock: HandClock, tmp_path: Path
) -> None:
    path = tmp_path / "inventory.json"
    path.write_text(content)
    with pytest.raises(PermanentError) as caught:
        fleet_on(farm, clock, tmp_path)
    message = str(caught.value)
    assert message.startswith(f"{path}: not an inventory of miners: ")
    assert "move it away" in message
    assert path.read_text() == content, "it is left for a person to look at"


def test_a_corrupt_list_of_what_is_owed_is_named(
    farm: Farm, clock: HandClock, tmp_path: Path
) -> None:
    (tmp_path / "owed.json").write_text("[")
    with pytest.raises(PermanentError, match=r"owed\.json: cannot be understood: .*ATM"):
        fleet_on(farm, clock, tmp_path)
