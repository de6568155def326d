"""Hashprices reckoned from a Bitcoin node of one's own."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from controller.core.economics.network import hashprice_per_ph_day
from controller.errors import TemporaryError
from controller.model.samples import HashpriceSample
from controller.signals.mining.bitcoind import HashpriceBitcoindSettings, HashpriceBitcoindSource
from controller.signals.polled.source import Ask, Page
from tests.signals.bitcoin_node import Node, bitcoind, running
from tests.signals.market_pages import page, recorded
from tests.signals.mempool_service import NOW, UNIX
from tests.signals.test_hashprice_mempool import first, rounded
from tests.virtual_clock import VirtualClock

BY_HAND: dict[str, Any] = {
    "bitcoin_price_url": None,
    "bitcoin_price_path": None,
    "bitcoin_price": 40_000,
}


def source(**more: Any) -> HashpriceBitcoindSource:
    said = {"url": "http://127.0.0.1:8332", "bitcoin_price": 1000, **more}
    return HashpriceBitcoindSource(HashpriceBitcoindSettings(adapter="hashprice_bitcoind", **said))


async def test_a_node_of_ones_own_says_the_same(tmp_path: Path) -> None:
    node = Node()
    async with running(node) as url:
        assert rounded(await first(bitcoind(url, tmp_path))) == "56.63"
    assert node.asked_for_the_price == ["none"]


async def test_a_price_that_a_person_set(tmp_path: Path) -> None:
    async with running(Node()) as url:
        assert rounded(await first(bitcoind(url, tmp_path, **BY_HAND))) == "25.96"


def test_recorded_blocks_are_understood() -> None:
    """Three blocks of a regtest chain at difficulty 1: 50 bitcoin each, and the mean of their
    fees."""
    stats = json.loads(recorded("bitcoind/getblockstats-regtest.json"))["stats"]
    answers = [{"id": n, "error": None, "result": one} for n, one in enumerate([*stats, 1])]
    ask = Ask("http://127.0.0.1:8332", body=b"[]")
    body = json.dumps(answers).encode()
    (found,) = source(blocks=3).read(Page(ask=ask, body=body, published_at=NOW, asked_at=NOW))
    assert isinstance(found, HashpriceSample)
    reward = Decimal(5_000_000_000) + Decimal(sum(one["totalfee"] for one in stats)) / 3
    wanted = hashprice_per_ph_day(Decimal(1), reward, Decimal(1000))
    assert abs(Decimal(found.per_ph_day) / wanted - 1) < Decimal("1e-12")


@pytest.mark.parametrize(
    ("tip", "stats", "error", "why"),
    [
        ({"chain": "regtest"}, {}, None, "of chain 'regtest'"),
        ({"initialblockdownload": True}, {}, None, "still loading its blocks"),
        ({"time": UNIX - 30_000}, {}, None, "its newest block is of .* stands still"),
        ({"time": UNIX + 30_000}, {}, None, "a clock is wrong"),
        ({}, {"subsidy": 5_000_000_000}, None, "has another subsidy than 312500000"),
        ({}, {"totalfee": 0.155}, None, "totalfee: '0.155' is no whole number"),
        ({}, {"height": 5}, None, "do not follow one another"),
        ({}, {}, {"code": -28, "message": "Loading block index"}, "Loading block index"),
    ],
)
async def test_a_node_that_cannot_be_right_is_refused(
    tmp_path: Path, tip: dict[str, Any], stats: dict[str, Any], error: Any, why: str
) -> None:
    node = Node(**tip)
    node.stats |= stats
    node.error = error
    async with running(node) as url:
        with pytest.raises(TemporaryError, match=why):
            await first(bitcoind(url, tmp_path))


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        ({"difficulty": -1}, "'-1' is no number above 0"),
        ({"price": {"last": "soon"}}, "path last: 'soon' is no number above 0"),
        ({"most": 10}, "no list of 11 answers"),
    ],
)
async def test_what_it_says_of_a_round_is_whole_or_refused(
    tmp_path: Path, spoilt: dict[str, Any], why: str
) -> None:
    node = Node()
    vars(node).update(spoilt)
    async with running(node) as url:
        with pytest.raises(TemporaryError, match=why):
            await first(bitcoind(url, tmp_path))


async def test_a_price_of_before_makes_no_new_hashprice(tmp_path: Path) -> None:
    clock, node = VirtualClock(NOW), Node()
    async with (
        running(node) as url,
        aclosing(bitcoind(url, tmp_path, clock).samples()) as samples,
    ):
        await anext(samples)
        node.price = {"error": "maintenance"}
        node.stats["totalfee"] = 99_000_000
        following = asyncio.ensure_future(anext(samples))
        await clock.until_asleep()
        await clock.advance(700)
        with pytest.raises(TemporaryError, match="there is no 'last'"):
            await following


async def test_after_a_restart_the_newest_hashprice_is_said_and_no_older_one(
    tmp_path: Path,
) -> None:
    """The node has gone on by a block between its two answers, and is down afterwards."""
    clock, node = VirtualClock(NOW), Node()
    async with running(node) as url:
        async with aclosing(bitcoind(url, tmp_path, clock).samples()) as samples:
            await anext(samples)
            node.tip["blocks"] += 1
            node.stats["totalfee"] = 99_000_000
            following = asyncio.ensure_future(anext(samples))
            await clock.until_asleep()
            await clock.advance(700)
            newest = await following
        node.up = False
        later = VirtualClock(clock.now() + timedelta(hours=1))
        assert await first(bitcoind(url, tmp_path, later)) == newest


async def test_a_wrong_cookie_is_named_and_not_shown(tmp_path: Path) -> None:
    async with running(Node()) as url:
        feed = bitcoind(url, tmp_path)
        (tmp_path / ".cookie").write_text("__cookie__:another-one")
        with pytest.raises(TemporaryError) as caught:
            await first(feed)
    assert "401" in str(caught.value)
    assert "another-one" not in str(caught.value)


@pytest.mark.parametrize("body", [b"[]", b"{}", b"<html>", b"[" * 9999])
def test_what_is_no_answer_of_a_node_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"is no list|is not JSON"):
        source().listed(page(body, NOW), NOW)


@pytest.mark.parametrize(
    "price",
    [{}, {"bitcoin_price": 1, "bitcoin_price_url": "https://a.example", "bitcoin_price_path": "b"}],
)
def test_a_node_needs_one_price_of_bitcoin(price: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="give bitcoin_price, or"):
        HashpriceBitcoindSettings(
            adapter="hashprice_bitcoind", url="http://127.0.0.1:8332", **price
        )
