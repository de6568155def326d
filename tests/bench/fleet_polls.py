"""The CPU of one poll of a miner, beside the least that could ask the same, and beside pyasic."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from statistics import median
from typing import Any

from tests.bench.figures import Figure
from tests.bench.fleet_crowd import (
    Cost,
    One,
    crowd,
    identified,
    luxos_driver,
    plain_pyasic,
    stock_driver,
)
from tests.bench.ground_bare import READ, ask
from tests.bench.ground_site import LUXOS, PORTS, STOCK, Ground, ground, halls

MINERS, EACH = 500, 125
RUNS = 5
Race = Callable[[Ground], Coroutine[Any, Any, list[tuple[Cost, Cost]]]]
MOST_OVER_RAW, MOST_OVER_PYASIC = 1.5, 0.5


def figures() -> list[Figure]:
    with ground([*halls(LUXOS, MINERS, EACH), *halls(STOCK, MINERS, EACH)]) as site:
        site.farm()
        return [
            Figure("poll_luxos_cpu_over_raw_streams", _ratio(site, _luxos), "ratio", MOST_OVER_RAW),
            Figure("poll_stock_cpu_over_pyasic", _ratio(site, _stock), "ratio", MOST_OVER_PYASIC),
        ]


def _ratio(site: Ground, race: Race) -> float:
    runs = asyncio.run(race(site))
    return median(ours.cpu_s for ours, _ in runs) / median(other.cpu_s for _, other in runs)


async def _luxos(site: Ground) -> list[tuple[Cost, Cost]]:
    miners, port = site.addresses(LUXOS), PORTS[LUXOS]
    driver = luxos_driver(site.folder)
    known = await identified(driver, miners, port)
    return await _race(
        miners, lambda one: driver.read(known[one]), lambda one: ask(one, port, READ)
    )


async def _stock(site: Ground) -> list[tuple[Cost, Cost]]:
    from pyasic.miners.data import DataOptions

    miners = site.addresses(STOCK)
    driver = stock_driver(site.folder, miners)
    known = await identified(driver, miners, PORTS[STOCK])
    plain = plain_pyasic(miners)
    wanted = [DataOptions.HASHRATE, DataOptions.WATTAGE, DataOptions.IS_MINING]
    return await _race(
        miners,
        lambda one: driver.read(known[one]),
        lambda one: plain[one].get_data(include=wanted),
    )


async def _race(miners: list[str], ours: One, other: One) -> list[tuple[Cost, Cost]]:
    return [(await crowd(ours, miners), await crowd(other, miners)) for _ in range(RUNS)]
