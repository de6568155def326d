"""Targets of what mining earns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from controller.signals.mining.bitcoind import HashpriceBitcoindSettings, HashpriceBitcoindSource
from controller.signals.mining.http import HashpriceHttpSettings, HashpriceHttpSource
from controller.signals.mining.mempool import HashpriceMempoolSettings, HashpriceMempoolSource
from tests.fuzz.target import BASE, NOW, Read, Target, lists, reads, seeds


def _mempool() -> HashpriceMempoolSource:
    return HashpriceMempoolSource(HashpriceMempoolSettings(adapter="hashprice_mempool"))


def _document(place: int) -> Read:
    """One of those that the service is asked for; which it is, is known by its address."""
    return reads(_mempool, _mempool().asks(NOW)[place].url)


def _bitcoind() -> HashpriceBitcoindSource:
    said: Any = {"url": "http://127.0.0.1:8332", "bitcoin_price": 1, "blocks": 1}
    return HashpriceBitcoindSource(HashpriceBitcoindSettings(adapter="hashprice_bitcoind", **said))


def _http() -> HashpriceHttpSource:
    return HashpriceHttpSource(HashpriceHttpSettings(adapter="hashprice_http", url=BASE, value="v"))


MINING: Mapping[str, Target] = {
    "hashprice_mempool_blocks": Target(_document(0), seeds("mempool-blocks.json")),
    "hashprice_mempool_network": Target(_document(1), seeds("mempool-network.json")),
    "hashprice_mempool_rewards": Target(_document(2), seeds("mempool-rewards.json")),
    "hashprice_mempool_prices": Target(_document(3), seeds("mempool-prices.json")),
    "hashprice_bitcoind_stats": Target(reads(_bitcoind, posted=True), seeds("bitcoind-stats.json")),
    "hashprice_bitcoind_tip": Target(lists(_bitcoind), seeds("bitcoind-tip.json")),
    "hashprice_http": Target(reads(_http), seeds("value.json")),
}
