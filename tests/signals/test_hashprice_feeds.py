"""Hashprices that somebody else reckoned, or that a contract fixes."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from controller.signals.mining.contract import HashpriceContract, HashpriceContractSettings
from controller.signals.mining.http import HashpriceHttpSettings, HashpriceHttpSource
from controller.signals.polled.feed import PolledFeed
from tests.signals.documents import documents
from tests.signals.market_pages import utc
from tests.signals.mempool_service import NOW
from tests.signals.test_hashprice_mempool import first
from tests.virtual_clock import VirtualClock


async def test_a_hashprice_that_somebody_else_reckoned(tmp_path: Path) -> None:
    async with documents(bodies={"hashprice": b'{"now": {"usd_th": 0.0566}}'}) as server:
        settings = HashpriceHttpSettings(
            adapter="hashprice_http",
            url=f"{server.url}/hashprice",
            value="now.usd_th",
            unit="per_th_day",
        )
        source = HashpriceHttpSource(settings)
        feed = PolledFeed("hashprice", settings, VirtualClock(NOW), tmp_path, source)
        assert Decimal((await first(feed)).per_ph_day) == Decimal("56.6")


def contract(clock: VirtualClock, *terms: tuple[str, str]) -> HashpriceContract:
    settings = HashpriceContractSettings(
        adapter="hashprice_contract",
        contract="forward 17",
        zone="America/Chicago",
        terms=[{"begins": day, "per_ph_day": price} for day, price in terms],
    )
    return HashpriceContract("hashprice", settings, clock)


async def test_a_contract_pays_by_its_terms_from_midnight_on() -> None:
    clock = VirtualClock(utc("2024-11-30 12:00"))
    feed = contract(clock, ("2024-10-01", "48"), ("2024-11-01", "50"), ("2024-12-01", "52"))
    async with aclosing(feed.samples()) as samples:
        now = await anext(samples)
        following = asyncio.ensure_future(anext(samples))
        await clock.until_asleep()
        await clock.advance(timedelta(hours=18).total_seconds())
        later = await following
    assert (now.per_ph_day, later.per_ph_day) == ("50", "52")
    assert later.at == utc("2024-12-01 06:00")


def test_terms_that_do_not_rise_are_refused() -> None:
    with pytest.raises(ValidationError, match="does not come after"):
        contract(VirtualClock(), ("2024-12-01", "48"), ("2024-11-01", "50"))
