"""A dispatch to 500 LuxOS miners until the last is confirmed by its watts, beside a bare script.

The daemon is the whole process: from the request with the dispatch until the confirmation of the
last miner is in its ledger. Each side has a fresh farm of its own; they take turns.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from statistics import median

from tests.bench.figures import Figure
from tests.bench.ground_bare import sleep_all
from tests.bench.ground_site import Ground, ground

MINERS, GROUPS, PORT = 500, 4, 4028
LATENCY_S, LOOK_EVERY_S = 0.1, 0.5
RUNS, LIMIT = 5, 1.3
STANDBY_KW = 14
"""Just more than all of them draw asleep: none may go on."""
FLEET = {"poll_moving_s": LOOK_EVERY_S, "width": 512}
_CONFIRMED = "SELECT count(*) FROM command_events WHERE stage = 'confirmed'"
GIVE_UP_S = 60
SETTLED_AFTER_S = 3
"""The dispatch comes to a site that has started and runs."""


def bare_s() -> float:
    with ground(MINERS, GROUPS) as site:
        site.farm()
        site.late(LATENCY_S)
        return asyncio.run(sleep_all(site.addresses(), PORT, LOOK_EVERY_S))


def daemon_s() -> float:
    with ground(MINERS, GROUPS, fleet=FLEET) as site:
        site.farm()
        site.late(LATENCY_S)
        site.daemon()
        time.sleep(SETTLED_AFTER_S)
        began = time.monotonic()
        answer = site.dispatch(STANDBY_KW)
        assert answer.status < 300, answer.text
        _await_confirmations(site, began + GIVE_UP_S)
        return time.monotonic() - began


def _await_confirmations(site: Ground, deadline: float) -> None:
    """Until the ledger has one for every miner."""
    ledger = site.folder / "state" / "ledger.sqlite"
    with closing(sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True)) as books:
        while books.execute(_CONFIRMED).fetchone()[0] < MINERS:
            assert time.monotonic() < deadline, "not every miner was confirmed in time"
            time.sleep(0.02)


def figures() -> list[Figure]:
    pairs = [(daemon_s(), bare_s()) for _ in range(RUNS)]
    ratio = median(daemon for daemon, _ in pairs) / median(bare for _, bare in pairs)
    return [Figure("dispatch_to_500_luxos_over_bare_script", ratio, "ratio", LIMIT)]
