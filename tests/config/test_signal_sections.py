"""Outbound hosts, trust, currencies, rates, schedules and blocks bought forward: what is read, and
what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from controller.config.load import load
from controller.config.site import to_site
from controller.model.tariff import Band, Forward, Schedule
from controller.wiring import SETTINGS
from tests.config.conftest import Complaints, Spoil

END = "state_dir: state\n"
FEEDS = "ledger: {adapter"
FILE = "  spare: {adapter: price_file, path: prices.csv, time_column: t, price_column: p}\n"
NORDPOOL = "  spare: {adapter: price_nordpool, area: NO1, currency: NOK}\n"
AEMO = "  spare: {adapter: price_aemo, region: NSW1}\n"
MEMPOOL = "  coin: {adapter: hashprice_mempool, currency: EUR}\n"
RATE = (
    "  rate: {adapter: signal_http, signal: usd-nok, url: https://bank.example/nok.json, value: v,"
    " least: 0, most: 1, max_age_s: 345600}\n"
)
STATE = (
    "  grid: {adapter: signal_http, signal: grid-state, url: https://grid.example/now.json,"
    " value: state, condition: true, max_age_s: 900}\n"
)

DECLARED = """schedules:
  quiet: {scope: hall-a, limit_kw: 40.5, hours: "22:00-06:00"}
supply:
  forwards:
    - {name: block, kw: 20, price_per_mwh: 41.5, first: 2026-10-01, last: 2026-12-31}
    - {name: nights, kw: 5, price_per_mwh: day_ahead, hours: "22:00-06:00"}
"""


def ending(*sections: str) -> tuple[str, str]:
    return END, END + "".join(sections)


def feeding(*feeds: str) -> tuple[str, str]:
    return FEEDS, "".join(feeds) + FEEDS


def test_what_is_declared_is_what_the_core_sees(spoil: Spoil) -> None:
    path = spoil(*ending(DECLARED))
    site = to_site(load(path, SETTINGS, {}))
    quiet = Schedule(
        hours=Band(name="quiet", per_mwh=Decimal(0), from_minute=1320, to_minute=360),
        scope="hall-a",
        limit_w=40_500,
    )
    assert site.schedules == (quiet,)
    block, nights = site.forwards
    assert block == Forward(
        hours=Band(name="block", per_mwh=Decimal("41.5")),
        power_w=20_000,
        first=date(2026, 10, 1),
        last=date(2026, 12, 31),
    )
    assert (nights.power_w, nights.at_day_ahead) == (5_000, True)


CASES = {
    "a host that is not allowed": (
        (
            *ending("outbound: {hosts: [api.example]}\n"),
            *feeding(AEMO.replace("}", ", factor: 0.66}")),
        ),
        "feeds.spare: asks nemweb.com.au, which is not among outbound.hosts: add it",
    ),
    "trust in a feed that is not there": (
        ending("quality: {price_feeds: [prices]}\n"),
        "quality.price_feeds[0]: there is no price feed prices; did you mean price?",
    ),
    "trust in a feed of something else": (
        ending("quality: {price_feeds: [hashprice]}\n"),
        "quality.price_feeds[0]: there is no price feed hashprice",
    ),
    "trust in one feed twice": (
        (*ending("quality: {price_feeds: [price, spare, price]}\n"), *feeding(FILE)),
        "quality.price_feeds[2]: price is named twice",
    ),
    "a market in another currency": (
        feeding(AEMO),
        "feeds.spare: is in AUD, and the site's books in USD: give its factor, or "
        "economics.price_rate_signal",
    ),
    "a market that was asked for another currency": (
        feeding(NORDPOOL),
        "feeds.spare: is in NOK, and the site's books in USD: give its factor, or "
        "economics.price_rate_signal",
    ),
    "a hashprice in another currency": (
        feeding(MEMPOOL),
        "feeds.coin: is in EUR, and the site's books in USD: give its factor, or "
        "economics.hashprice_rate_signal",
    ),
    "a rate that nobody says": (
        ending("economics: {price_rate_signal: usd-nok}\n"),
        "economics.price_rate_signal: no feed gives a signal usd-nok",
    ),
    "a rate that is a word": (
        (*ending("economics: {hashprice_rate_signal: grid-state}\n"), *feeding(STATE)),
        "economics.hashprice_rate_signal: grid-state is a public condition of feed grid: it "
        "informs and never orders",
    ),
    "a schedule of nothing": (
        ending("schedules:\n  quiet: {scope: hall-c, limit_kw: 4}\n"),
        "schedules.quiet.scope: must be site, a breaker or a group: site, hall-a, hall-b; did you "
        "mean hall-b?",
    ),
    "a season of a schedule": (
        ending("schedules:\n  quiet: {limit_kw: 4, seasons: [sumer]}\n"),
        "schedules.quiet.seasons: there is no season sumer",
    ),
    "a season of a block": (
        ending(
            "calendar: {seasons: {summer: '06-01..09-30'}}\nsupply:\n  forwards:\n"
            "    - {name: block, kw: 1, price_per_mwh: 1, seasons: [sumer]}\n"
        ),
        "supply.forwards[0].seasons: there is no season sumer; did you mean summer?",
    ),
    "a block that ends before it begins": (
        ending(
            "supply:\n  forwards:\n"
            "    - {name: block, kw: 1, price_per_mwh: 1, first: 2026-10-02, last: 2026-10-01}\n"
        ),
        "supply.forwards[0]: last must not be before first",
    ),
    "a fallback without a price": (
        ending("quality: {price_when_stale: fallback}\n"),
        "quality: price_when_stale: fallback and price_fallback_per_mwh go together",
    ),
}


@pytest.mark.parametrize(("changes", "said"), CASES.values(), ids=CASES.keys())
def test_what_does_not_fit_is_named(
    complaints: Complaints, changes: tuple[str, ...], said: str
) -> None:
    found = complaints(*changes)
    assert len(found) == 1, found
    assert said in found[0], found


@pytest.mark.parametrize(
    ("changes"),
    [
        feeding(AEMO.replace("}", ", factor: 0.66}")),
        (*feeding(NORDPOOL, RATE), *ending("economics: {price_rate_signal: usd-nok}\n")),
        feeding("  spare: {adapter: price_nyiso, zone: WEST}\n"),
    ],
)
def test_a_price_in_another_currency_is_made_the_sites(
    spoil: Spoil, changes: tuple[str, ...]
) -> None:
    assert "spare" in load(spoil(*changes), SETTINGS, {}).feeds
