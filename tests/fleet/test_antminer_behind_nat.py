"""Miners behind a router: ports and identity are declared, and another machine is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from controller.fleet.antminer import ANTMINER, AntminerMiners
from controller.fleet.fleet import MinerFleet
from controller.model.fleet import OFF, Stage
from tests.simulator.help import HandClock, free_address

from .help import HASTY, command, running
from .stock_antminer import StockAntminer
from .stock_antminer import running as listening

MACS = ("02:00:00:00:00:01", "02:00:00:00:00:02")


def declared(*places: tuple[str, int], macs: tuple[str, ...] = MACS, **more: Any) -> AntminerMiners:
    names = ("rack1-1", "rack1-2")
    behind = {
        name: {"address": address, "port": port, "mac": mac}
        for name, (address, port), mac in zip(names, places, macs, strict=False)
    }
    return AntminerMiners.model_validate(
        {"driver": "antminer", "nameplate_w": 3500, "behind_nat": behind, **more}
    )


def fleet_of(group: AntminerMiners, clock: HandClock, state_dir: Path) -> MinerFleet:
    return MinerFleet(
        settings=HASTY,
        groups={"shed": group},
        firmwares={"antminer": ANTMINER},
        state_dir=state_dir,
        clock=clock,
    )


async def test_several_miners_share_an_address(clock: HandClock, tmp_path: Path) -> None:
    address = free_address()
    miners = [StockAntminer(mac=mac) for mac in MACS]
    async with listening(miners[0], address) as one, listening(miners[1], address) as two:
        fleet = fleet_of(declared(one, two), clock, tmp_path)
        async with running(fleet, clock) as site:
            readings = site.fleet.readings()
            assert [(name, r.level) for name, r in readings.items()] == [
                ("rack1-1", "normal-70"),
                ("rack1-2", "normal-70"),
            ]
            assert len(site.fleet.curves()) == 1, "equal miners share a curve"
            site.fleet.send([command("rack1-2", OFF)])
            assert (await site.outcome()).stage is Stage.SENT
    assert [miner.mode for miner in miners] == ["0", "1"]


async def test_another_machine_than_the_declared_one_is_refused_by_both_names(
    clock: HandClock, tmp_path: Path
) -> None:
    stranger = StockAntminer(mac="02:00:00:00:00:99")
    async with (
        listening(stranger) as place,
        running(fleet_of(declared(place), clock, tmp_path), clock) as site,
    ):
        reading = site.fleet.readings()["rack1-1"]
        assert reading.failure == (
            "rack1-1: declared with MAC address 02:00:00:00:00:01, but 02:00:00:00:00:99 "
            f"answers at {place[0]} port {place[1]}: correct behind_nat, or the router's "
            "forwarding"
        )
        site.fleet.send([command("rack1-1", OFF)])
        assert (await site.outcome()).stage is Stage.FAILED
    assert stranger.written == []


async def test_a_forwarding_that_leads_elsewhere_since_is_noticed(
    clock: HandClock, tmp_path: Path
) -> None:
    miner = StockAntminer(mac=MACS[0].upper().replace(":", "-"))
    async with listening(miner) as place:
        async with running(fleet_of(declared(place), clock, tmp_path), clock) as site:
            assert site.fleet.readings()["rack1-1"].failure == "", "however it is written"
            miner.mac = "02:00:00:00:00:99"
            await site.read_again("rack1-1")
            assert "declared with MAC address" in site.fleet.readings()["rack1-1"].failure
            site.fleet.send([command("rack1-1", OFF)])
            outcome = await site.outcome()
            assert outcome.stage is Stage.FAILED
            assert "declared with MAC address" in outcome.detail
            miner.mac = MACS[0]
            await site.read_again("rack1-1")
            await site.read_again("rack1-1")
            assert site.fleet.readings()["rack1-1"].failure == ""
        again = fleet_of(declared(place, macs=(MACS[1],)), clock, tmp_path)
        assert again.readings()["rack1-1"].curve == "", "what was remembered is another's"
    assert miner.written == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"behind_nat": {}}, "names no miner: give addresses, or behind_nat"),
        (
            {"behind_nat": {"a": {"address": "10.0.0.0/30", "port": 1, "mac": MACS[0]}}},
            "10.0.0.0/30: write one address",
        ),
        ({"behind_nat": {"a": {"address": "10.0.0.1", "port": 1, "mac": "02"}}}, "mac"),
        ({"behind_nat": {"a": {"address": "10.0.0.1", "port": 1}}}, "mac"),
        ({"behind_nat": {"a b": {"address": "10.0.0.1", "port": 1, "mac": MACS[0]}}}, "a b"),
        (
            {"addresses": ["10.0.0.1"], "port": 8001},
            "behind_nat: 10.0.0.1 port 8001 is named twice; each is one miner",
        ),
        ({"nameplate_w": 0}, "nameplate_w"),
        ({"low_power_w": 3500}, "low_power_w must be below nameplate_w"),
        ({"username": "a:b"}, "username"),
    ],
)
def test_groups_that_cannot_be_meant(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        declared(("10.0.0.1", 8001), **change)


def test_the_same_place_or_identity_twice() -> None:
    with pytest.raises(ValidationError, match=r"10\.0\.0\.1 port 8001 is named twice"):
        declared(("10.0.0.1", 8001), ("10.0.0.1", 8001))
    with pytest.raises(ValidationError, match="02:00:00:00:00:0a is named twice"):
        declared(
            ("10.0.0.1", 8001),
            ("10.0.0.1", 8002),
            macs=("02:00:00:00:00:0A", "02-00-00-00-00-0a"),
        )


def test_watts_have_to_be_declared_and_every_setting_explains_itself() -> None:
    with pytest.raises(ValidationError, match="nameplate_w"):
        AntminerMiners.model_validate({"addresses": ["10.0.0.1"]})
    for name, field in AntminerMiners.model_fields.items():
        assert field.description, name
