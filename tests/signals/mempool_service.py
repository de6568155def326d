"""What a mempool-style service says, in the form that its public documentation shows.

At 101.65 T, 3.125 bitcoin and 0.155 of fees a block, and 87,235 $ a bitcoin: 56.63 $ a PH/s and
day.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from controller.signals.mining.mempool import HashpriceMempoolSettings, HashpriceMempoolSource
from controller.signals.polled.feed import PolledFeed
from tests.signals.documents import Server
from tests.signals.market_pages import utc
from tests.virtual_clock import VirtualClock

NOW = utc("2024-11-13 00:00")
UNIX = int(NOW.timestamp())
TIP, DIFFICULTY = "api/v1/blocks", "api/v1/mining/hashrate/3d"
REWARDS, PRICES = "api/v1/mining/reward-stats/144", "api/v1/prices"
CREATED = 144 * 312_500_000


def service(**changes: Any) -> dict[str, bytes]:
    """By path; `tip`, `rewards` and `prices` change their documents, all else the network's."""
    tip = {"height": 870_000, "timestamp": UNIX - 300, **changes.pop("tip", {})}
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
    blocks = [tip, {"height": 869_999, "timestamp": UNIX - 90_000}]
    found = {TIP: blocks, DIFFICULTY: network, REWARDS: rewards, PRICES: prices}
    return {path: json.dumps(one).encode() for path, one in found.items()}


def mempool(
    server: Server, folder: Path, clock: VirtualClock | None = None, **more: Any
) -> PolledFeed:
    """A feed that asks it; at NOW, unless a clock says another time."""
    settings = HashpriceMempoolSettings(
        adapter="hashprice_mempool", **{"base_url": server.url, **more}
    )
    source = HashpriceMempoolSource(settings)
    return PolledFeed("hashprice", settings, clock or VirtualClock(NOW), folder, source)
