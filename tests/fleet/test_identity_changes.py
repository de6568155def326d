"""A miner that answers as something else than it was: people are told what and since when."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from controller.model.view import MinerEntry
from controller.simulator.farm import Farm
from controller.simulator.luxos.miner import LuxOsMiner
from tests.simulator.help import HandClock, luxos_miner

from .help import Site, fleet_on, running


def with_another_model(miner: LuxOsMiner) -> None:
    recorded = deepcopy(dict(miner.model.recorded))
    recorded["config"]["CONFIG"][0]["Model"] = "Antminer S21"
    miner.model = replace(miner.model, recorded=recorded)


def with_another_mac(miner: LuxOsMiner) -> None:
    miner.name = "another"  # its MAC address comes of it


@pytest.mark.parametrize(
    ("change", "kind"), [(with_another_mac, "replaced"), (with_another_model, "reflashed")]
)
async def test_it_is_counted_logged_and_kept(
    farm: Farm,
    clock: HandClock,
    miners: list[str],
    tmp_path: Path,
    change: Callable[[LuxOsMiner], None],
    kind: str,
) -> None:
    async with running(fleet_on(farm, clock, tmp_path), clock) as site:
        was = entry_of(site, miners[0]).identity
        change(luxos_miner(farm))
        with capture_logs() as logs:
            await site.read_again(miners[0])
        assert site.fleet.health().identity_changes == {kind: 1}
        entry = entry_of(site, miners[0])
        assert entry.previous == was
        assert entry.identity != was
        assert entry.changed_at == clock.now()
    (told,) = [one for one in logs if one["event"] == "identity_changed"]
    assert (told["miner"], told["change"]) == (miners[0], kind)


async def test_it_is_noticed_after_a_restart_too(
    farm: Farm, clock: HandClock, tmp_path: Path
) -> None:
    async with running(fleet_on(farm, clock, tmp_path), clock):
        pass
    with_another_mac(luxos_miner(farm))
    async with running(fleet_on(farm, clock, tmp_path), clock) as site:
        assert site.fleet.health().identity_changes == {"replaced": 1}


async def test_one_that_stays_what_it_is_has_not_changed(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    async with running(fleet_on(farm, clock, tmp_path), clock) as site:
        await site.read_again(miners[0])
        assert site.fleet.health().identity_changes == {}
        assert entry_of(site, miners[0]).previous is None


async def test_the_listing_goes_on_after_a_name(
    farm: Farm, clock: HandClock, miners: list[str], tmp_path: Path
) -> None:
    async with running(fleet_on(farm, clock, tmp_path), clock) as site:
        names = sorted(miners)
        after = [one.reading.miner for one in site.fleet.listing(names[0], 1)]
        assert after == [names[1]]


def entry_of(site: Site, miner: str) -> MinerEntry:
    return next(one for one in site.fleet.listing("", 9) if one.reading.miner == miner)
