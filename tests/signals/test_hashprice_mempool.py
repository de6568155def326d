"""Hashprices reckoned from a mempool-style service, public or one's own."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from controller.errors import TemporaryError
from controller.model.samples import HashpriceSample
from controller.signals.mining.contract import HashpriceContract
from controller.signals.polled.feed import PolledFeed
from tests.signals.documents import documents
from tests.signals.mempool_service import DIFFICULTY, NOW, REWARDS, TIP, UNIX, mempool, service
from tests.virtual_clock import VirtualClock


async def first(feed: PolledFeed | HashpriceContract) -> HashpriceSample:
    async with asyncio.timeout(30), aclosing(feed.samples()) as samples:
        found = await anext(samples)
    assert isinstance(found, HashpriceSample)
    return found


def rounded(sample: HashpriceSample) -> str:
    return f"{Decimal(sample.per_ph_day):.2f}"


async def test_difficulty_rewards_and_price_make_the_hashprice(tmp_path: Path) -> None:
    async with documents(bodies=service()) as server:
        found = await first(mempool(server, tmp_path))
    assert (found.at, rounded(found)) == (NOW, "56.63")


@pytest.mark.parametrize(
    ("settings", "per_ph_day"),
    [
        ({"with_fees": False}, "53.95"),
        ({"currency": "EUR"}, "53.23"),
        ({"factor": "7.5"}, "424.69"),
    ],
)
async def test_fees_currency_and_exchange(
    tmp_path: Path, settings: dict[str, Any], per_ph_day: str
) -> None:
    async with documents(bodies=service()) as server:
        assert rounded(await first(mempool(server, tmp_path, **settings))) == per_ph_day


async def test_the_next_block_pays_half_after_a_halving(tmp_path: Path) -> None:
    """The last 144 blocks are the last before it; the next creates 3.125 bitcoin, not 6.25."""
    last = {
        "startBlock": 839_856,
        "endBlock": 839_999,
        "totalReward": str(144 * 625_000_000 + 2_232_000_000),
    }
    async with documents(bodies=service(rewards=last)) as server:
        assert rounded(await first(mempool(server, tmp_path))) == "56.63"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"currentDifficulty": 0}, "currentDifficulty: '0' is no number above 0"),
        ({"currentDifficulty": None}, "is no number above 0"),
        ({"currentDifficulty": "1e999999999"}, "is no number above 0"),
        ({"currentDifficulty": "1e-999999"}, "is no number above 0"),
        ({"prices": {"USD": -1}}, "USD: '-1' is no number above 0"),
        ({"prices": {"time": UNIX - 22_000}}, "its price is of .* stands still"),
        ({"prices": {"time": UNIX + 22_000}}, "its price is of .* a clock is wrong"),
        ({"tip": {"timestamp": UNIX - 22_000}}, "its newest block is of .* stands still"),
        ({"tip": {"timestamp": 10**19}}, "its newest block is of .* a clock is wrong"),
        ({"rewards": {"totalFee": 22.32}}, "totalFee: '22.32' is no whole number"),
        ({"rewards": {"totalReward": "472.32"}}, "is no whole number"),
        ({"rewards": {"totalReward": "47232000000000"}}, "has a unit changed"),
        ({"rewards": {"startBlock": 869_000}}, "are not the last 144"),
        ({"rewards": {"startBlock": 870_001}}, "are not the last 144"),
    ],
)
async def test_what_cannot_be_is_refused(tmp_path: Path, changes: dict[str, Any], why: str) -> None:
    async with documents(bodies=service(**changes)) as server:
        with pytest.raises(TemporaryError, match=why):
            await first(mempool(server, tmp_path))


@pytest.mark.parametrize("lost", [TIP, DIFFICULTY, REWARDS])
async def test_half_of_the_facts_make_no_hashprice(tmp_path: Path, lost: str) -> None:
    bodies = service()
    del bodies[lost]
    async with documents(bodies=bodies) as server:
        with pytest.raises(TemporaryError, match="404"):
            await first(mempool(server, tmp_path))


@pytest.mark.parametrize(
    ("path", "spoilt"), [(TIP, b"[]"), (DIFFICULTY, b"<html>"), (REWARDS, b"{}")]
)
async def test_facts_of_a_round_before_make_no_new_hashprice(
    tmp_path: Path, path: str, spoilt: bytes
) -> None:
    """A price alone must not keep old facts alive."""
    clock = VirtualClock(NOW)
    async with documents(bodies=service()) as server:
        feed = mempool(server, tmp_path, clock)
        async with aclosing(feed.samples()) as samples:
            await anext(samples)
            server.bodies |= {**service(prices={"USD": 90_000}), path: spoilt}
            following = asyncio.ensure_future(anext(samples))
            await clock.until_asleep()
            await clock.advance(700)
            with pytest.raises(TemporaryError, match=path):
                await following


async def test_the_last_hashprice_is_known_after_a_restart_without_the_service(
    tmp_path: Path,
) -> None:
    async with documents(bodies=service()) as server:
        said = await first(mempool(server, tmp_path))
        server.bodies.clear()
        later = VirtualClock(NOW + timedelta(hours=1))
        assert await first(mempool(server, tmp_path, later)) == said
