"""The power of the site goes and comes back in a dispatch: firmware starts by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.e2e.conftest import NewSite
from tests.e2e.mixed import ALL_KW, LUXOS, MINERS, STOCK, miners_of, mixed_site
from tests.e2e.site import Process, Site
from tests.e2e.truth import TruePower
from tests.e2e.waiting import until

ALL_OFF_KW = 1.0
"""Less than one miner at its lowest level."""
BUT_ONE_KW = 4.0
"""One miner, and none beside it."""
TOLERANCE = 1.01


@pytest.fixture
def site(new_site: NewSite) -> Site:
    return mixed_site(new_site)


def running(site: Site) -> Process:
    """Farm and daemon, all miners hashing."""
    site.farm()
    daemon = site.daemon()
    until(lambda: site.true_kw() > 0.97 * ALL_KW, "the whole site")
    return daemon


def test_whoever_starts_by_itself_in_a_dispatch_is_told_again(site: Site) -> None:
    """The daemon runs on. LuxOS comes back awake, Antminers asleep as they were configured."""
    daemon = running(site)
    body = site.dispatch("held", ALL_OFF_KW, lasts_s=None)
    assert site.send(body).json["received"]
    until(lambda: site.true_kw() <= ALL_OFF_KW and not site.in_flight(), "the dispatch")
    site.fault("site", "outage")
    until(lambda: reachable(site) == 0, "nobody to answer")
    with TruePower(site) as truth:
        site.fault("site", "clear")
        luxos = set(miners_of(site, LUXOS))
        until(lambda: truth.woken == luxos, "LuxOS miners that start by themselves")
        until(lambda: reachable(site) == sum(MINERS.values()), "everybody to answer")
        until(lambda: site.true_kw() <= ALL_OFF_KW and not site.in_flight(), "the dispatch again")
    assert truth.woken == luxos
    end = comes_back(site, body)
    daemon.terminate()
    assert daemon.wait(10) == 0
    commands = site.export("commands")
    before = [one for one in commands if one["ordered_at"] < end]
    assert {one["level"] for one in before} == {"off"}
    after = [one for one in commands if one not in before]
    assert {one["reason"] for one in after} == {"canary", "profitable"}, "a canary of each make"
    site.assert_books_are_whole()


def reachable(site: Site) -> int:
    return int(site.state()["fleet"]["reachable"])


def comes_back(site: Site, body: dict[str, Any]) -> str:
    """When the dispatch ended, after which all return."""
    end = site.now() + timedelta(seconds=10)
    ended = body | {"version": 2, "end": end.isoformat()}
    assert site.send(ended).json["received"]
    until(lambda: site.true_kw() > 0.97 * ALL_KW, "the return")
    return end.isoformat()


def test_the_first_cycles_after_a_dark_start_curtail_whom_they_hear(site: Site) -> None:
    """The daemon dies with the site, before the dispatch begins: then all of it hashes."""
    daemon = running(site)
    start = site.now() + timedelta(seconds=60)
    body = site.dispatch("held", BUT_ONE_KW, lasts_s=None, start=start.isoformat())
    assert site.send(body).json["received"]
    daemon.kill()
    site.fault("site", "outage")
    assert site.true_kw() == 0
    daemon.wait()
    until(lambda: site.now() > start, "the start of the dispatch")
    site.fault("site", "clear")
    until(lambda: site.true_kw() > 0.97 * ALL_KW, "all miners, which start by themselves")
    silent = miners_of(site, LUXOS)[0]
    site.fault(silent, "hang")
    daemon = site.processes.curtaild("run", "--config", site.path)
    until(lambda: site.ready() and site.known(), "the daemon")
    until(lambda: site.true_kw() <= BUT_ONE_KW and not site.in_flight(), "the dispatch")
    with TruePower(site) as truth:
        until(lambda: len(truth.site_w) > 20, "two minutes of it")
    assert truth.most_kw <= BUT_ONE_KW * TOLERANCE
    assert not truth.woken
    daemon.kill()
    daemon.wait()
    assert_all_but_one_were_told_before_it_was_given_up(site, silent)
    site.assert_books_are_whole()


def assert_all_but_one_were_told_before_it_was_given_up(site: Site, silent: str) -> None:
    """While one was still waited for, the others went down; none of them was started again."""
    cycles = site.export("cycles")
    second_run = [one for one in cycles if one["run"] == cycles[-1]["run"]]
    known_at = min(one["at"] for one in second_run if one["mode"] != "starting")
    others = {*miners_of(site, LUXOS), *(f"{one}:8080" for one in miners_of(site, STOCK))} - {
        silent
    }
    off: set[str] = set()
    for one in site.export("commands"):
        if one["level"] == "off" and one["ordered_at"] < known_at:
            off.add(one["miner"])
        assert one["level"] == "off" or one["miner"] not in off
    assert off == others
