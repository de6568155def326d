"""From a dispatch until miners are confirmed by power: the daemon, and others that do the same.

The daemon is the whole process: from the request with the dispatch until the confirmation of the
last miner is in its ledger.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from tests.bench.ground_bare import sleep_all
from tests.bench.ground_site import LUXOS, PORTS, Ground, Hall, ground

LATENCY_S, LOOK_EVERY_S = 0.1, 0.5
SETTLED_AFTER_S = 5
"""The dispatch comes to a site that has started and runs."""
GIVE_UP_S = 120
STANDBY_KW, SPARE_KW = 0.025, 1.5
"""What one draws asleep, and less than one that goes on."""
_CONFIRMED = """SELECT count(DISTINCT miner) FROM command_events WHERE stage = 'confirmed'"""


def fleet(width: int) -> dict[str, Any]:
    """Settings for a site that is to follow fast."""
    return {"poll_moving_s": LOOK_EVERY_S, "width": width}


def bare_s(halls: Sequence[Hall]) -> float:
    """Of a bare script that sends the same bytes to LuxOS miners, and looks as often."""
    with ground(halls) as site:
        site.farm()
        return asyncio.run(sleep_all(site.addresses(), PORTS[LUXOS], LOOK_EVERY_S))


def daemon_s(halls: Sequence[Hall], width: int) -> float:
    """Of the daemon that is told to let LuxOS miners draw no more than they do asleep."""
    with ground(halls, fleet=fleet(width)) as site:
        site.farm()
        site.daemon()
        time.sleep(SETTLED_AFTER_S)
        return confirmed_s(site, site.miners)


def confirmed_s(site: Ground, miners: int, *, dead: int = 0) -> float:
    """Dispatch all off; seconds until so many are confirmed. The dead ones cannot be."""
    began = time.monotonic()
    answer = site.dispatch((miners + dead) * STANDBY_KW + SPARE_KW)
    assert answer.status < 300, answer.text
    ledger = site.folder / "state" / "ledger.sqlite"
    with closing(sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True)) as books:
        while (seen := books.execute(_CONFIRMED).fetchone()[0]) < miners:
            assert time.monotonic() < began + GIVE_UP_S, f"{seen} of {miners} were confirmed"
            time.sleep(0.05)
    return time.monotonic() - began
