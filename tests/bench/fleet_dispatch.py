"""A dispatch to 5,000 LuxOS miners until the last is confirmed by its watts, beside a bare script
and, to compare, beside plain pyasic. Each side has a fresh farm of its own; they take turns.
"""

from __future__ import annotations

import asyncio
import resource
import time
from statistics import median
from typing import Any

from tests.bench.dispatching import LATENCY_S, LOOK_EVERY_S, bare_s, daemon_s
from tests.bench.figures import Figure
from tests.bench.ground_bare import ASLEEP_BELOW_W
from tests.bench.ground_site import LUXOS, ground, halls

MINERS, EACH, WIDTH = 5_000, 250, 4_096
RUNS, LIMIT = 5, 1.3


def figures() -> list[Figure]:
    _allow_as_many_files_as_miners()
    site = halls(LUXOS, MINERS, EACH, reply_delay_s=LATENCY_S)
    pairs = [(daemon_s(site, WIDTH), bare_s(site)) for _ in range(RUNS)]
    bare = median(bare for _, bare in pairs)
    ratio = median(daemon for daemon, _ in pairs) / bare
    with ground(site) as other:
        other.farm()
        pyasic = asyncio.run(_pyasic_s(other.addresses())) / bare
    return [
        Figure("dispatch_to_5000_luxos_over_bare_script", ratio, "ratio", LIMIT),
        Figure("pyasic_stops_5000_luxos_over_bare_script", pyasic, "ratio", float("inf")),
    ]


async def _pyasic_s(miners: list[str]) -> float:
    """Told by pyasic's own calls, all at once, until the last shows it by its watts."""
    from pyasic.miners.antminer.luxos import LUXMinerS19kPro

    began = time.monotonic()
    await asyncio.gather(*(_stopped(LUXMinerS19kPro(miner)) for miner in miners))
    return time.monotonic() - began


async def _stopped(miner: Any) -> None:
    await miner.stop_mining()
    while not await _asleep(miner):  # noqa: ASYNC110 - only a question shows it
        await asyncio.sleep(LOOK_EVERY_S)


async def _asleep(miner: Any) -> bool:
    watts = await miner.get_wattage()
    return watts is not None and watts <= ASLEEP_BELOW_W


def _allow_as_many_files_as_miners() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
