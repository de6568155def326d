"""A dispatch to 500 LuxOS miners until the last is confirmed by its watts, beside a bare script.

Each side has a fresh farm of its own; they take turns.
"""

from __future__ import annotations

from statistics import median

from tests.bench.dispatching import LATENCY_S, bare_s, daemon_s
from tests.bench.figures import Figure
from tests.bench.ground_site import LUXOS, halls

MINERS, EACH, WIDTH = 500, 125, 512
RUNS, LIMIT = 5, 1.3


def figures() -> list[Figure]:
    site = halls(LUXOS, MINERS, EACH, reply_delay_s=LATENCY_S)
    pairs = [(daemon_s(site, WIDTH), bare_s(site)) for _ in range(RUNS)]
    ratio = median(daemon for daemon, _ in pairs) / median(bare for _, bare in pairs)
    return [Figure("dispatch_to_500_luxos_over_bare_script", ratio, "ratio", LIMIT)]
