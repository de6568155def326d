"""A profile is set with LuxOS's thermal management (ATM) off; it is always given back."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.errors import TemporaryError
from controller.fleet.driver import Driver
from controller.fleet.faults import MinerError
from controller.model.fleet import OFF, Identity
from controller.simulator.farm import Farm
from controller.simulator.luxos.miner import LuxOsMiner
from tests.simulator.help import luxos_miner

from .help import Proxy, luxos, tools


@pytest.fixture
def miner(farm: Farm) -> LuxOsMiner:
    return luxos_miner(farm)


def has_atm(miner: LuxOsMiner) -> bool:
    return bool(miner.atm["Enabled"])


async def test_off_for_the_moment_of_the_change(
    driver: Driver, tapped: Identity, proxy: Proxy, miner: LuxOsMiner
) -> None:
    proxy.asked.clear()
    await driver.apply(tapped, "290MHz")
    changing = [a for a in proxy.asked if a["command"] in ("atmset", "profileset")]
    assert [a["parameter"].partition(",")[2] for a in changing] == [
        "enabled=false",
        "290MHz",
        "enabled=true",
    ]
    assert has_atm(miner)


async def test_one_that_was_off_stays_off(
    driver: Driver, tapped: Identity, proxy: Proxy, miner: LuxOsMiner
) -> None:
    miner.atm["Enabled"] = False
    await driver.apply(tapped, "290MHz")
    assert "atmset" not in proxy.commands
    assert not has_atm(miner)


async def test_given_back_where_the_profile_is_refused(
    driver: Driver, tapped: Identity, miner: LuxOsMiner
) -> None:
    with pytest.raises(MinerError, match="refused"):
        await driver.apply(tapped, "nonsense")
    assert has_atm(miner)


@pytest.mark.parametrize("level", [OFF, "290MHz", "415MHz"])
async def test_given_back_after_a_crash_in_between(
    level: str, tapped: Identity, proxy: Proxy, miner: LuxOsMiner, tmp_path: Path
) -> None:
    proxy.lost = "profileset"
    with pytest.raises(MinerError):
        await luxos(tools(tmp_path)).apply(tapped, "290MHz")
    assert not has_atm(miner), "the miner went silent in between"
    proxy.lost = ""
    miner.session.close()
    restarted = tools(tmp_path)
    assert restarted.owed.miners() == {"tapped": "ATM"}
    await luxos(restarted).apply(tapped, level)
    assert has_atm(miner)
    assert tools(tmp_path).owed.miners() == {}


async def test_not_taken_where_it_cannot_be_remembered(
    tapped: Identity, miner: LuxOsMiner, tmp_path: Path
) -> None:
    driver = luxos(tools(tmp_path / "state"))
    (tmp_path / "state").write_text("this is no folder")
    with pytest.raises(TemporaryError, match=r"tapped: not told, because .*owed\.json"):
        await driver.apply(tapped, "290MHz")
    assert has_atm(miner)
    assert miner.physics.level.name == "default"
