"""1,000 stock Antminers put to sleep, beside plain pyasic: ours with all its safety reads."""

from __future__ import annotations

import asyncio
from statistics import median

from controller.model.fleet import OFF
from tests.bench.figures import Figure
from tests.bench.fleet_crowd import Cost, crowd, identified, plain_pyasic, stock_driver
from tests.bench.ground_site import PORTS, STOCK, Ground, ground, halls

MINERS, EACH = 1_000, 250
RUNS, MOST = 5, 0.5
QUICK = {"stock": {"write_s": 0}}
"""A real one takes up to 20 s for a write, whoever asks: both sides would only wait."""


def figures() -> list[Figure]:
    runs = []
    for _ in range(RUNS):
        with ground(halls(STOCK, MINERS, EACH, **QUICK)) as site:
            site.farm()
            runs.append(asyncio.run(_race(site)))
    ratio = median(ours.wall_s for ours, _ in runs) / median(other.wall_s for _, other in runs)
    return [Figure("stop_1000_stock_over_pyasic", ratio, "ratio", MOST)]


async def _race(site: Ground) -> tuple[Cost, Cost]:
    miners = site.addresses(STOCK)
    driver = stock_driver(site.folder, miners)
    known = await identified(driver, miners, PORTS[STOCK])
    ours = await crowd(lambda one: driver.apply(known[one], OFF), miners)
    for one in miners[:10]:
        assert (await driver.read(known[one])).level == OFF, f"{one} sleeps"
    await crowd(lambda one: driver.apply(known[one], known[one].own_level), miners)
    plain = plain_pyasic(miners)
    other = await crowd(lambda one: plain[one].stop_mining(), miners)
    return ours, other
