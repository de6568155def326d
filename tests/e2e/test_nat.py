"""Miners of both makes behind one address, by declared ports and MAC addresses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.conftest import NewSite
from tests.e2e.mixed import ALL_KW, LUXOS, MINERS, STOCK, mixed_site, simulated
from tests.e2e.site import Process, Site
from tests.e2e.waiting import until
from tests.e2e.web import ask

ALL_OFF_KW = 1.0
FIRST_PORT = {LUXOS: 14028, STOCK: 18080}
STRANGER = "02:00:00:00:00:99"
TWO_KW = 2 * 3.6
"""What two miners draw at the most."""


@pytest.fixture
def site(new_site: NewSite) -> Site:
    """Both groups at one address; the identities are known when the farm runs."""
    site = mixed_site(new_site)
    for group, port in FIRST_PORT.items():
        simulated(site, group).update(address=site.block.miner(1), port=port, nat=True)
        own = site.plain["groups"][group]["miners"]
        own.pop("addresses")
        own["behind_nat"] = {
            f"{group}-{number}": {
                "address": site.block.miner(1),
                "port": port + number,
                "mac": f"02:00:00:00:{port % 256:02x}:{number:02x}",
            }
            for number in range(MINERS[group])
        }
    return site


def running(site: Site, wrong: tuple[str, ...] = ()) -> Process:
    """Farm, and the daemon with the true identities of all but the `wrong`."""
    site.farm()
    macs = {(one["group"], one["port"]): one["mac"] for one in ask(site.control + "/miners").json}
    for group in MINERS:
        for name, miner in behind_nat(site, group).items():
            miner["mac"] = macs[group, miner["port"]]
            if name in wrong:
                miner["mac"] = f"{STRANGER[:-2]}{wrong.index(name):02d}"
    site.rewrite()
    daemon = site.daemon()
    until(site.known, "every miner is heard, or refused")
    return daemon


def behind_nat(site: Site, group: str) -> dict[str, Any]:
    found: dict[str, Any] = site.plain["groups"][group]["miners"]["behind_nat"]
    return found


def test_a_group_behind_one_address_is_curtailed_and_returns(site: Site) -> None:
    daemon = running(site)
    until(lambda: site.true_kw() > 0.97 * ALL_KW, "the whole site")
    assert len({name.partition(":")[0] for name in site.truth()["miners"]}) == 1
    assert site.send(site.dispatch("held", ALL_OFF_KW, lasts_s=240)).json["received"]
    until(lambda: site.true_kw() <= ALL_OFF_KW and not site.in_flight(), "the curtailment")
    until(lambda: site.true_kw() > 0.97 * ALL_KW, "the return")
    until(lambda: not site.in_flight(), "its proof")
    daemon.terminate()
    assert daemon.wait(10) == 0
    told = site.export("commands")
    assert {one["miner"] for one in told} == {*behind_nat(site, LUXOS), *behind_nat(site, STOCK)}
    site.assert_books_are_whole()


def test_another_machine_than_the_declared_one_is_told_nothing(site: Site) -> None:
    wrong = (f"{LUXOS}-0", f"{STOCK}-0")
    daemon = running(site, wrong)
    macs = {one["port"]: one["mac"] for one in ask(site.control + "/miners").json}
    code, out = site.command("status")
    assert code == 0
    for group, name in zip(MINERS, wrong, strict=True):
        place = behind_nat(site, group)[name]
        said = (
            f"{name}: declared with MAC address {place['mac']}, but {macs[place['port']]} answers"
        )
        assert said.lower() in out.lower()
    assert site.send(site.dispatch("held", ALL_OFF_KW, lasts_s=None)).json["received"]
    until(lambda: site.true_kw() <= ALL_OFF_KW + TWO_KW and not site.in_flight(), "the others")
    strangers = {f"{site.block.miner(1)}:{port}" for port in FIRST_PORT.values()}
    drawing = {name for name, watts in site.truth()["miners"].items() if watts > 100}
    assert drawing == strangers
    assert site.state()["shortfall_kw"] > 0
    daemon.terminate()
    assert daemon.wait(10) == 0
    told = {one["miner"] for one in site.export("commands")}
    assert told == {*behind_nat(site, LUXOS), *behind_nat(site, STOCK)} - set(wrong)
    site.assert_books_are_whole()
