"""Hashprices reckoned from a mempool-style service and from a node, read elsewhere, or contracted.

The documents of the service are our own, in the form that its public documentation shows.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from aiohttp import BasicAuth, web
from pydantic import ValidationError

from controller.errors import TemporaryError
from controller.model.samples import HashpriceSample
from controller.signals.mining.bitcoind import HashpriceBitcoindSettings, HashpriceBitcoindSource
from controller.signals.mining.contract import HashpriceContract, HashpriceContractSettings
from controller.signals.mining.http import HashpriceHttpSettings, HashpriceHttpSource
from controller.signals.mining.mempool import HashpriceMempoolSettings, HashpriceMempoolSource
from controller.signals.polled.feed import PolledFeed
from tests.signals.documents import Server, documents
from tests.signals.market_pages import page, utc
from tests.virtual_clock import VirtualClock

NOW = utc("2024-11-13 00:00")
UNIX = int(NOW.timestamp())
DIFFICULTY = "api/v1/mining/hashrate/3d"
REWARDS, PRICES = "api/v1/mining/reward-stats/144", "api/v1/prices"
CREATED = 144 * 312_500_000


def service(**changes: Any) -> dict[str, bytes]:
    rewards = {
        "startBlock": 869_857,
        "endBlock": 870_000,
        "totalReward": str(CREATED + 2_232_000_000),
        "totalFee": "2232000000",
        "totalTx": "487000",
        **changes.pop("rewards", {}),
    }
    prices = {"time": UNIX, "USD": 87_235, "EUR": 82_000, **changes.pop("prices", {})}
    network = {
        "hashrates": [{"timestamp": UNIX, "avgHashrate": 733_110_000_000_000_000_000}],
        "currentHashrate": 733_110_000_000_000_000_000,
        "currentDifficulty": 101_650_000_000_000.12,
        **changes,
    }
    found = {DIFFICULTY: network, REWARDS: rewards, PRICES: prices}
    return {path: json.dumps(one).encode() for path, one in found.items()}


def mempool(server: Server, folder: Path, **more: Any) -> PolledFeed:
    said = {"base_url": server.url, **more}
    settings = HashpriceMempoolSettings(adapter="hashprice_mempool", **said)
    source = HashpriceMempoolSource(settings)
    return PolledFeed("hashprice", settings, VirtualClock(NOW), folder, source)


async def first(feed: PolledFeed | HashpriceContract) -> HashpriceSample:
    async with asyncio.timeout(30), aclosing(feed.samples()) as samples:
        found = await anext(samples)
    assert isinstance(found, HashpriceSample)
    return found


async def test_difficulty_rewards_and_price_make_the_hashprice(tmp_path: Path) -> None:
    """3.125 bitcoin and 0.155 of fees at 101.65 T and 87,235 $: 56.63 $ a PH/s and day."""
    async with documents(bodies=service()) as server:
        found = await first(mempool(server, tmp_path))
    assert found.at == NOW
    assert round(Decimal(found.per_ph_day), 2) == Decimal("56.63")


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
        found = await first(mempool(server, tmp_path, **settings))
    assert round(Decimal(found.per_ph_day), 2) == Decimal(per_ph_day)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"currentDifficulty": 0}, "currentDifficulty: '0' is no number above 0"),
        ({"currentDifficulty": None}, "is no number above 0"),
        ({"currentDifficulty": "1e999999999"}, "is no number above 0"),
        ({"prices": {"USD": -1}}, "USD: '-1' is no number above 0"),
        ({"prices": {"time": UNIX - 22_000}}, "the service stands still"),
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


async def test_half_of_the_facts_make_no_hashprice(tmp_path: Path) -> None:
    bodies = service()
    del bodies[REWARDS]
    async with documents(bodies=bodies) as server:
        with pytest.raises(TemporaryError, match="404"):
            await first(mempool(server, tmp_path))


class Node:
    """A Bitcoin node's JSON-RPC interface, for batches."""

    def __init__(self, **tip: Any) -> None:
        self.tip = {
            "chain": "main",
            "blocks": 870_000,
            "initialblockdownload": False,
            "difficulty": 101_650_000_000_000.12,
            "time": UNIX - 300,
            **tip,
        }
        self.stats: dict[str, Any] = {"subsidy": 312_500_000, "totalfee": 15_500_000}
        self.error: Any = None
        self.seen: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        if request.path == "/price":
            self.seen.append(request.headers.get("Authorization", "none"))
            return web.json_response({"last": "87235.00"})
        if request.headers.get("Authorization") != BasicAuth("__cookie__", "0123abcd").encode():
            return web.Response(status=401)
        calls = await request.json()
        # a node may answer in any order
        return web.json_response([self.result(one) for one in reversed(calls)])

    def result(self, call: dict[str, Any]) -> dict[str, Any]:
        if call["method"] == "getblockchaininfo":
            result = self.tip
        else:
            result = {"height": call["params"][0], **self.stats}
        return {"id": call["id"], "result": result, "error": self.error}


@asynccontextmanager
async def running(node: Node) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", node.answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def bitcoind(url: str, folder: Path, **more: Any) -> PolledFeed:
    cookie = folder / ".cookie"
    cookie.write_text("__cookie__:0123abcd")
    cookie.chmod(0o600)
    price = {"bitcoin_price_url": f"{url}/price", "bitcoin_price_path": "last"}
    said = {"url": url, "basic_file": cookie, "blocks": 10, **price, **more}
    settings = HashpriceBitcoindSettings(adapter="hashprice_bitcoind", **said)
    source = HashpriceBitcoindSource(settings)
    return PolledFeed("hashprice", settings, VirtualClock(NOW), folder, source)


async def test_a_node_of_ones_own_says_the_same(tmp_path: Path) -> None:
    node = Node()
    async with running(node) as url:
        found = await first(bitcoind(url, tmp_path))
    assert round(Decimal(found.per_ph_day), 2) == Decimal("56.63")
    assert node.seen == ["none"]


async def test_a_price_that_a_person_set(tmp_path: Path) -> None:
    alone = {"bitcoin_price_url": None, "bitcoin_price_path": None, "bitcoin_price": 40_000}
    async with running(Node()) as url:
        found = await first(bitcoind(url, tmp_path, **alone))
    assert round(Decimal(found.per_ph_day), 2) == Decimal("25.96")


@pytest.mark.parametrize(
    ("tip", "stats", "error", "why"),
    [
        ({"chain": "regtest"}, {}, None, "of chain 'regtest'"),
        ({"initialblockdownload": True}, {}, None, "still loading its blocks"),
        ({"time": UNIX - 30_000}, {}, None, "the node stands still"),
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
    settings = HashpriceBitcoindSettings(
        adapter="hashprice_bitcoind", url="http://127.0.0.1:8332", bitcoin_price=Decimal(1)
    )
    with pytest.raises(ValueError, match=r"is no list|is not JSON"):
        HashpriceBitcoindSource(settings).listed(page(body, NOW), NOW)


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


@pytest.mark.parametrize(
    "price",
    [{}, {"bitcoin_price": 1, "bitcoin_price_url": "https://a.example", "bitcoin_price_path": "b"}],
)
def test_a_node_needs_one_price_of_bitcoin(price: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="give bitcoin_price, or"):
        HashpriceBitcoindSettings(
            adapter="hashprice_bitcoind", url="http://127.0.0.1:8332", **price
        )
