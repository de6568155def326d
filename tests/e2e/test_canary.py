"""The first command to a firmware goes to one miner, on real wire, and across a restart."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.configuration import CHEAP, DEAR
from tests.e2e.conftest import NewSite
from tests.e2e.mixed import MINERS, mixed_site
from tests.e2e.site import Site
from tests.e2e.waiting import until


@pytest.fixture
def spiky(new_site: NewSite) -> Site:
    """LuxOS and stock Antminers; power is dear from the second interval on, for good."""
    site = mixed_site(new_site)
    site.price_every(5, CHEAP, DEAR)
    return site


def test_one_miner_of_each_firmware_goes_and_returns_before_the_others(spiky: Site) -> None:
    spiky.farm()
    daemon = spiky.daemon()
    until(lambda: spiky.state()["target_kw"] < 5 and not spiky.in_flight(), "the spike")
    daemon.kill()
    daemon.wait()
    commands = spiky.export("commands")
    canaries = [one for one in commands if one["reason"] == "canary"]
    others = [one for one in commands if one["reason"] == "unprofitable"]
    groups = {one["group_id"] for one in canaries}
    assert len(groups) == 2
    for group in groups:
        assert_first(group, canaries, others)
    assert len({one["miner"] for one in others}) == sum(MINERS.values())
    spiky.daemon()
    until(lambda: spiky.state()["target_kw"] < 5 and not spiky.in_flight(), "the same, restarted")
    again = [one for one in spiky.export("commands") if one["reason"] == "canary"]
    assert len(again) == len(canaries)
    spiky.assert_books_are_whole()


def assert_first(group: str, canaries: list[Any], others: list[Any]) -> None:
    """One miner is told to go, then to be back, and only then the others of its group."""
    there, back = (one for one in canaries if one["group_id"] == group)
    assert there["miner"] == back["miner"]
    assert (there["level"], back["level"] == "off") == ("off", False)
    first = min(one["intended_at"] for one in others if one["group_id"] == group)
    assert there["intended_at"] < back["intended_at"] < first
