"""What a group pays for power and is paid for hashes, interval by interval."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from datetime import timedelta
from math import nan
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from controller.backtest.news import KnownAt
from controller.backtest.series import Series, Steps
from controller.backtest.yardsticks.machine import Market
from controller.core.economics.tariff import tariff_of
from controller.model.seen import Snapshot
from controller.model.site import Site
from controller.model.tariff import Consent

THS_IN_A_PH = 1000
HOURS_A_DAY = 24


def market_of(
    site: Site, group: str, prices: Series, hashprice: Steps, known_at: KnownAt
) -> Market:
    """The market of a group; of the site's meter without one.

    Where the hashes are a client's, who pays for the power, power costs that much less and hashes
    bring nothing in.
    """
    declared = site.groups.get(group)
    hosting = declared.hosting if declared else None
    paid = float(hosting.price_per_mwh) if hosting else 0.0
    full = array("d", (price - paid for price in full_prices(site, group, prices)))
    revenue = per_ths_h(site, prices, hashprice)
    if hosting:
        revenue = array("d", bytes(8 * len(prices)))
    seen = full
    if known_at == "end":
        late = Series(prices.start, prices.minutes, array("d", (nan, *prices.values[:-1])))
        seen = array("d", (price - paid for price in full_prices(site, group, late)))
    return Market(prices.minutes / 60, full, seen, revenue)


def curtailed_for_money(site: Site, group: str) -> bool:
    """Whether price may stop a group: a client may have agreed to limits only."""
    hosting = site.groups[group].hosting
    return hosting is None or hosting.consent is Consent.PRICE


def full_prices(site: Site, group: str, prices: Series) -> Iterator[float]:
    """What one more MWh costs in each interval, all told: docs/decision.md, the full price."""
    own = site.groups.get(group)
    banded = site.economics.adders or (own and own.adders)
    zone = ZoneInfo(site.zone)
    factor = adder = None
    seen = Snapshot(now=prices.start, site=site)
    for index, price in enumerate(prices.values):
        if factor is None or adder is None or banded:
            at = prices.time(index)
            offset = at.astimezone(zone).utcoffset() or timedelta(0)
            now = replace(seen, now=at, utc_offset_s=int(offset.total_seconds()))
            tariff = tariff_of(now, group)
            factor, adder = float(tariff.factor), float(tariff.adder_per_mwh)
        yield price * factor + adder


def per_ths_h(site: Site, prices: Series, hashprice: Steps) -> array[float]:
    """What a TH/s earns in an hour, net of the pool's fee: hashprice ÷ 1000 ÷ 24 × (1 − fee)."""
    kept = float(1 - site.economics.pool_fee) / THS_IN_A_PH / HOURS_A_DAY
    return array("d", (_held(hashprice, prices, i) * kept for i in range(len(prices))))


def _held(hashprice: Steps, prices: Series, index: int) -> float:
    value = hashprice.at(prices.time(index))
    assert value is not None, "the history of the hashprice begins later"
    return value
