"""Prices of a tariff by time of use, said ahead."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import datetime
from decimal import Decimal

from controller.app.board import Board, BoardSettings
from controller.model.quality import Fresh
from controller.model.tariff import Band
from controller.signals.prices.tariff import PriceTariff
from tests.signals.market_pages import told, utc
from tests.virtual_clock import VirtualClock

BANDS = (
    Band(name="peak", per_mwh=Decimal(90), from_minute=840, to_minute=1140),
    Band(name="rest", per_mwh=Decimal(30), from_minute=0, to_minute=840),
    Band(name="late", per_mwh=Decimal(30), from_minute=1140),
)


async def test_it_says_three_days_and_then_one_more_each_midnight() -> None:
    clock = VirtualClock(utc("2026-07-01 20:10"))
    feed = PriceTariff("price", BANDS, "America/Chicago", clock)
    async with aclosing(feed.samples()) as samples:
        said = [await anext(samples) for _ in range(8)]
        following = asyncio.ensure_future(anext(samples))
        await clock.until_asleep()
        assert not following.done()
        await clock.advance((utc("2026-07-02 05:00") - clock.now()).total_seconds())
        more = await following
    assert told(said[:3]) == [
        ("2026-07-01 19:00", "2026-07-02 00:00", "90"),
        ("2026-07-02 00:00", "2026-07-02 05:00", "30"),
        ("2026-07-02 05:00", "2026-07-02 19:00", "30"),
    ]
    assert said[-1].end == more.start == utc("2026-07-04 05:00")


async def test_the_board_believes_them_without_a_gap() -> None:
    now = utc("2026-07-01 20:10")
    feed = PriceTariff("price", BANDS, "America/Chicago", VirtualClock(now))
    board = Board(BoardSettings(meter_max_w=1))
    async with aclosing(feed.samples()) as samples:
        for _ in range(8):
            assert board.offer("price", await anext(samples), now) is None
    moments: list[datetime] = [utc("2026-07-01 23:59"), utc("2026-07-02 00:00")]
    prices = [board.price(at).observed for at in moments]
    assert [one.value for one in prices if isinstance(one, Fresh)] == [90, 30]
