"""Shares are accepted no more: who hashes for nothing stops, all but one, and returns with pay."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.e2e.conftest import NewSite
from tests.e2e.mixed import ALL_KW, KW_OF, LUXOS, MINERS, STOCK, mixed_site
from tests.e2e.scrape import metric
from tests.e2e.site import Process, Site
from tests.e2e.waiting import until
from tests.e2e.web import ask

LOST_AFTER_MINUTES = 4
INTERVAL = timedelta(minutes=2)
RESERVE_KW = 50.0
RETURN_S = 120.0
"""A daemon that stood still for seconds, minutes of the site, finds its meter to stand still too:
then the site comes back by way of its safe power."""
REVENUE_PER_TH_DAY = 56.67 / 1000 * 0.98
"""The demonstration's hashprice, less the pool's fee."""


@pytest.fixture
def site(new_site: NewSite) -> Site:
    site = mixed_site(new_site)
    for group in site.plain["groups"].values():
        group["income_lost_after_minutes"] = LOST_AFTER_MINUTES
    site.plain["interval_minutes"] = INTERVAL.seconds // 60
    return site


def running(site: Site) -> Process:
    """Farm and daemon, all miners hashing for pay."""
    site.farm()
    daemon = site.daemon()
    until(lambda: site.known() and site.true_kw() > 0.97 * ALL_KW, "the whole site")
    return daemon


@pytest.mark.parametrize(("lost", "paid"), [(LUXOS, STOCK), (STOCK, LUXOS)])
def test_a_group_whose_pool_is_lost_stops_but_for_one(site: Site, lost: str, paid: str) -> None:
    daemon = running(site)
    site.fault(lost, "pool_lost")
    announced = until(lambda: ahead(site, lost), "the announcement of the load step")
    assert_is_the_step(announced, lost)
    until(lambda: drawing(site, lost) == 1, "the group to stop but for one")
    assert_alarmed(site, lost)
    unpaid = pass_an_interval(site)
    revenue = revenue_of(site, paid)
    assert drawing(site, lost) == 1
    site.fault(lost, "clear")
    until(lambda: site.true_kw() > 0.97 * ALL_KW, "the return")
    until(lambda: not said(site, "income"), "the end of the alarms", 90)
    daemon.terminate()
    assert daemon.wait(10) == 0
    interval = next(one for one in site.export("intervals") if one["start_at"] == unpaid)
    assert float(interval["hash_revenue"]) == pytest.approx(revenue, rel=0.03)
    stopped = [one for one in site.export("commands") if one["reason"] == "income_lost"]
    assert {one["group_id"] for one in stopped} == {lost}
    assert sum(one["level"] == "off" for one in stopped) == MINERS[lost] - 1
    assert min(one["ordered_at"] for one in stopped) >= announced["at"]
    site.assert_books_are_whole()


def ahead(site: Site, group: str) -> Any:
    """What the outlook says of a group; nothing for as long as it says nothing."""
    return next((one for one in site.state()["outlook"] if one["source"] == group), None)


def assert_is_the_step(announced: dict[str, Any], group: str) -> None:
    words = announced["what"].split()
    assert words[:4] == ["income", "counts", "as", "lost,"]
    all_but_one_kw = KW_OF[group] * (MINERS[group] - 1) / MINERS[group]
    assert float(words[4]) == pytest.approx(all_but_one_kw, rel=0.1)


def drawing(site: Site, group: str) -> int:
    return sum(one["power_w"] > 100 for one in miners(site, group))


def miners(site: Site, group: str) -> list[dict[str, Any]]:
    return [one for one in ask(site.control + "/miners").json if one["group"] == group]


def said(site: Site, about: str) -> list[str]:
    return [one["text"] for one in site.state()["attention"] if one["about"] == about]


def assert_alarmed(site: Site, *groups: str) -> None:
    texts = said(site, "income")
    assert [text.split()[3] for text in texts] == sorted(groups)
    exposition = site.get("/metrics").text
    for group in MINERS:
        lost = metric(exposition, "curtaild_group_income_lost", group=group)
        assert lost == (group in groups)


def assert_reserve_is_short(site: Site, most_kw: float) -> None:
    """As soon as the daemon has heard of every miner that it stopped."""
    until(lambda: deliverable_w(site) <= 1000 * most_kw, "a reserve that is gone")
    (text,) = said(site, "reserve")
    assert text.startswith("The reserve sold under ers cannot be delivered: of 50.0 kW only")
    exposition = site.get("/metrics").text
    assert metric(exposition, "curtaild_program_reserve_watts", program="ers") == RESERVE_KW * 1000


def deliverable_w(site: Site) -> float:
    exposition = site.get("/metrics").text
    left_w = metric(exposition, "curtaild_program_deliverable_watts", program="ers")
    assert left_w is not None
    return left_w


def pass_an_interval(site: Site) -> str:
    """The start of one that began and ended from here on, as the ledger writes it."""
    start = opened(site) + INTERVAL
    until(lambda: opened(site) > start, "the end of the interval")
    return start.isoformat().replace("+00:00", "Z")


def opened(site: Site) -> datetime:
    return datetime.fromisoformat(site.state()["interval"]["start"])


def revenue_of(site: Site, group: str) -> float:
    """What a group earns in an interval."""
    hashrate_ths = sum(one["hashrate_ths"] for one in miners(site, group))
    return float(hashrate_ths * REVENUE_PER_TH_DAY * (INTERVAL / timedelta(days=1)))


def test_a_site_without_uplink_cannot_deliver_its_reserve(site: Site) -> None:
    """The miners stop by themselves for lack of work: what is gone cannot be told to go."""
    site.plain["programs"]["ers"]["reserve_kw"] = RESERVE_KW
    running(site)
    until(lambda: not said(site, "reserve"), "the reserve to be there")
    site.fault("site", "uplink_lost")
    until(lambda: said(site, "reserve"), "the reserve to be short")
    until(lambda: site.true_kw() < 0.02 * ALL_KW, "everything idle")
    until(lambda: len(said(site, "income")) == 2, "the alarms")
    assert_alarmed(site, *MINERS)
    assert_reserve_is_short(site, 1.1)
    unpaid = pass_an_interval(site)
    site.fault("site", "clear")
    until(lambda: site.true_kw() > 0.97 * ALL_KW, "the return", RETURN_S)
    until(
        lambda: not said(site, "income") and not said(site, "reserve"), "the end of the alarms", 90
    )
    (interval,) = (one for one in site.export("intervals") if one["start_at"] == unpaid)
    assert float(interval["hash_revenue"]) == 0
    site.assert_books_are_whole()
