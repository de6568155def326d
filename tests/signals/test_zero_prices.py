"""A price of exactly 0: markets come near to it first, a source that fails jumps."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from controller.app.board import Board, BoardSettings
from controller.model.quality import Fresh, Missing, Stale
from tests.signals.price_sources import (
    START,
    PriceFeed,
    document,
    first,
    price_feed,
    serving,
    told,
    until_it_fails,
)
from tests.virtual_clock import VirtualClock


async def heard(feed: PriceFeed) -> tuple[list[str], str]:
    """The prices that are said until it fails, and why it fails."""
    said, error = await until_it_fails(feed)
    return [sample.price_per_mwh for sample in said], str(error)


@pytest.mark.parametrize(
    ("prices", "believed"),
    [
        ((0, 0, 0, 0), []),
        ((0,), []),
        ((48.2, 0, 0), ["48.2"]),
        ((48.2, 0, 0, 51), ["48.2", "51"]),
        ((0, 0, 48.2), ["48.2"]),
        (("0.000", "-0", 0.0), []),
        (("n/a", 0), ["n/a"]),
        (("1e999999999", 0), ["1e999999999"]),
    ],
)
async def test_a_jump_to_zero_is_an_outage(
    prices: tuple[object, ...], believed: list[str], tmp_path: Path
) -> None:
    async with serving(body=document(*prices)) as source:
        said, why = await heard(price_feed(source.url, tmp_path))
    assert said == believed
    assert "of exactly 0 from 2023-09-06T17:" in why
    assert "set zero: accept if the market really is at 0" in why
    assert not (tmp_path / "feeds").exists()


@pytest.mark.parametrize(
    "prices",
    [(3, 0, 0), (0, 0, -4.5), (48.2, 9, 0, 0, 30), (48.2, 0, 0, 2.1), (0.01, 0, -0.01, 0)],
)
async def test_zeros_near_to_small_prices_are_a_market(
    prices: tuple[float, ...], tmp_path: Path
) -> None:
    async with serving(body=document(*prices)) as source:
        said = await first(price_feed(source.url, tmp_path), len(prices))
    assert [sample.price_per_mwh for sample in said] == [str(price) for price in prices]


async def test_a_small_price_does_not_stand_for_hours(tmp_path: Path) -> None:
    async with serving(body=document(3, *[0] * 20)) as source:
        said, why = await heard(price_feed(source.url, tmp_path))
        assert said == ["3", *["0"] * 12]
        assert "8 prices of exactly 0 from 2023-09-06T20:15Z on" in why
        longer = price_feed(source.url, tmp_path / "other", zero_within_minutes=300)
        assert len(await first(longer, 21)) == 21


@pytest.mark.parametrize(
    ("settings", "prices", "believed"),
    [
        ({"zero": "accept"}, (0, 0), ["0", "0"]),
        ({"zero": "accept"}, (48.2, 0), ["48.2", "0"]),
        ({"zero_near_per_mwh": 50}, (48.2, 0), ["48.2", "0"]),
    ],
)
async def test_an_operator_who_knows_the_market_may_say_so(
    settings: dict[str, Any], prices: tuple[float, ...], believed: list[str], tmp_path: Path
) -> None:
    async with serving(body=document(*prices)) as source:
        said = await first(price_feed(source.url, tmp_path, **settings), len(believed))
    assert [sample.price_per_mwh for sample in said] == believed


async def test_zero_may_be_refused_altogether(tmp_path: Path) -> None:
    async with serving(body=document(1, 0, 1)) as source:
        said, why = await heard(price_feed(source.url, tmp_path, zero="refuse"))
    assert said == ["1", "1"]
    assert "a price of exactly 0 from 2023-09-06T17:15Z on" in why


async def test_a_source_of_one_price_is_judged_by_what_it_said_before(tmp_path: Path) -> None:
    """Also after a restart, and for as long as the zeros last."""
    quarter = timedelta(minutes=15)
    for known, believed in ((3, True), (48.2, False)):
        folder = tmp_path / str(known)
        async with serving(body=document(known)) as source:
            await first(price_feed(source.url, folder))
            for number in (1, 2, 3):
                at = START + number * quarter
                source.body = document(0, start=at)
                feed = price_feed(source.url, folder, VirtualClock(at))
                if believed:
                    assert told(await first(feed)) == [(f"{at:%H:%M}", "0")]
                else:
                    assert (await heard(feed))[0] == []


async def test_in_an_outage_the_last_price_ages_and_the_site_holds(tmp_path: Path) -> None:
    clock, board = VirtualClock(), Board(BoardSettings(meter_max_w=1))
    async with serving(body=document(48.2)) as source:
        feed = price_feed(source.url, tmp_path, clock)
        board.offer("price", (await first(feed))[0], clock.now())
        # the interval in force is zeroed as well, and so is all that follows
        source.body = document(0, 0, 0, 0)
        said, error = await until_it_fails(feed)
        assert "4 prices of exactly 0" in str(error)
        for sample in said:
            board.offer("price", sample, clock.now())
    in_force = board.price(START + timedelta(minutes=14)).observed
    assert isinstance(in_force, Fresh)
    assert in_force.value == Decimal("48.2")
    assert isinstance(board.price(START + timedelta(minutes=16)).observed, Stale)
    assert isinstance(board.price(START + timedelta(minutes=31)).observed, Missing)
