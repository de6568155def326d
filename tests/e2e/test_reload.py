"""SIGHUP: the configuration is taken over whole, or refused by the name of its key."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from tests.e2e.configuration import CHEAP, DEAR, TOKEN
from tests.e2e.conftest import NewSite
from tests.e2e.site import Process, Site
from tests.e2e.waiting import until
from tests.e2e.web import Answer, ask


@pytest.fixture
def running(site: Site) -> Process:
    site.farm()
    daemon = site.daemon()
    until(site.known, "every miner is heard")
    return daemon


def reloads(site: Site) -> tuple[float, float]:
    """How many were applied and refused."""
    text = site.get("/metrics").text
    found = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    counts = [float(found[f'curtaild_reloads_total{{result="{r}"}}']) for r in RESULTS]
    return counts[0], counts[1]


RESULTS = ("applied", "refused")


def reload(site: Site, daemon: Process) -> None:
    """Write the configuration, tell the daemon, wait until it has answered."""
    site.rewrite()
    before = sum(reloads(site))
    daemon.send_signal(signal.SIGHUP)
    until(lambda: sum(reloads(site)) > before, "the reload is done")


def power_kw(site: Site) -> float:
    return float(site.state()["power_kw"]["value"])


def lock(site: Site, place: str) -> Answer:
    body = {"place": place, "person": "Ada", "why": "fans"}
    return ask(site.url + "/api/v1/locks", body, token=TOKEN)


def attention(site: Site) -> str:
    return " ".join(one["text"] for one in site.state()["attention"])


def test_a_lower_import_limit_is_kept_at_once(site: Site, running: Process) -> None:
    site.plain["site"]["import_limit_kw"] = 20
    site.plain["site"]["safe_kw"] = 5
    site.plain["programs"] = {}
    reload(site, running)
    assert reloads(site) == (1, 0)
    until(lambda: power_kw(site) < 20, "the site draws less")
    assert site.state()["limit_kw"] == 20


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"interval_minutes": 30}, "interval_minutes"),
        ({"site": {"currency": "EUR"}}, "site.currency"),
        ({"http": {"port": 8471}}, "http.port"),
        ({"groups": {"hall-a": {"limit_kw": -1}}}, "groups.hall-a.limit_kw"),
        ({"http": {"tokens": {"grid-operator": "no-such-file"}}}, "http.tokens.grid-operator"),
    ],
)
def test_what_cannot_be_taken_over_is_refused_by_its_key(
    site: Site, running: Process, change: dict[str, Any], key: str
) -> None:
    merge(site.plain, change)
    site.plain["economics"]["adder_per_mwh"] = 5000  # would stop the site, were it taken over
    cycles = site.state()["about"]["cycles"]
    reload(site, running)
    assert reloads(site) == (0, 1)
    until(lambda: site.state()["about"]["cycles"] > cycles + 3, "the loop goes on")
    assert key in attention(site)
    assert site.state()["motions"]["total"] == 0
    assert running.poll() is None


def test_a_new_feed_and_another_group_of_miners(site: Site, running: Process) -> None:
    """Prices of the feed before are forgotten; miners that stay are not heard anew."""
    site.plain["groups"]["hall-c"] = site.plain["groups"].pop("hall-b")
    site.plain["feeds"] = {
        name: feed for name, feed in site.plain["feeds"].items() if feed.get("scope") != "hall-b"
    }
    site.prices = [(minute, DEAR) for minute in range(0, 6000, 15)]
    site.plain["feeds"]["other-price"] = site.plain["feeds"].pop("price")
    reload(site, running)
    assert reloads(site) == (1, 0)
    until(lambda: site.state()["price_per_mwh"]["value"] == float(DEAR), "the other price")
    assert {group["id"] for group in site.state()["groups"]} == {"hall-a", "hall-c"}
    until(lambda: power_kw(site) < 5, "the site is stopped")
    adapters = {one["name"] for one in site.state()["adapters"]}
    assert "other-price" in adapters
    assert "price" not in adapters
    assert "hall-b-meter" not in adapters


def test_a_feed_that_is_down_is_started_again(site: Site) -> None:
    """Its settings are right: what was wrong is the file that they name."""
    prices, site.prices = site.prices, []
    site.farm()
    daemon = site.daemon()
    until(lambda: not running_now(site, "price"), "the price is down")
    site.prices = prices
    reload(site, daemon)
    assert reloads(site) == (1, 0)
    until(lambda: site.state()["price_per_mwh"]["quality"] == "fresh", "there is a price")
    assert running_now(site, "price")


def running_now(site: Site, name: str) -> bool:
    (adapter,) = [one for one in site.state()["adapters"] if one["name"] == name]
    return bool(adapter["running"])


def test_rows_that_were_added_to_a_price_file_are_known(new_site: NewSite) -> None:
    """And those that were there are no duplicates."""
    site = new_site(rate=240)
    site.prices = [(0, CHEAP), (15, CHEAP)]
    site.farm()
    daemon = site.daemon()
    site.prices = [*site.prices, *((minute, DEAR) for minute in range(30, 600, 15))]
    reload(site, daemon)
    until(lambda: site.state()["price_per_mwh"]["value"] == float(DEAR), "the price of a new row")
    (price,) = [one for one in site.state()["adapters"] if one["name"] == "price"]
    assert not any(price["refused"].values())


def test_a_locked_group_cannot_be_taken_away(site: Site, running: Process) -> None:
    assert lock(site, "hall-b").status == 201
    site.plain["groups"].pop("hall-b")
    site.plain["feeds"].pop("hall-b-meter")
    reload(site, running)
    assert reloads(site) == (0, 1)
    assert "hall-b is locked by Ada" in attention(site)


def test_a_program_with_a_dispatch_cannot_be_taken_away(site: Site, running: Process) -> None:
    body = site.dispatch("held", 30, lasts_s=None)
    assert site.send(body).json["received"]
    site.plain["programs"] = {}
    reload(site, running)
    assert reloads(site) == (0, 1)
    assert "programs: dispatch held is of ers, which would be gone" in attention(site)
    assert site.send(body | {"version": 2, "cancelled": True}).json["received"]
    reload(site, running)
    assert reloads(site) == (1, 1)
    assert site.state()["limit_kw"] == site.plain["site"]["import_limit_kw"]


def test_a_new_token_replaces_the_old_one(site: Site, running: Process) -> None:
    path = site.folder / "new-token"
    path.write_text("a-token-that-was-made-later-987654321")
    path.chmod(0o600)
    site.plain["http"]["tokens"]["grid-operator"] = str(path)
    reload(site, running)
    assert reloads(site) == (1, 0)
    assert lock(site, "hall-a").status == 401
    assert "made-later" not in site.processes.log("run")


def merge(into: dict[str, Any], change: dict[str, Any]) -> None:
    for key, value in change.items():
        if isinstance(value, dict):
            merge(into.setdefault(key, {}), value)
        else:
            into[key] = value
