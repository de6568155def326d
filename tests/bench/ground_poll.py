"""What the daemon takes for 1,000 LuxOS miners that are polled every 10 s, with all it does."""

from __future__ import annotations

from tests.bench.figures import Figure
from tests.bench.ground_site import LUXOS, halls
from tests.bench.usage import polling

MINERS, EACH = 1_000, 125
MOST_CPU_PERCENT, MOST_MB = 25, 200


def figures() -> list[Figure]:
    cpu_percent, rss_mb = polling(halls(LUXOS, MINERS, EACH))
    return [
        Figure("poll_1000_luxos_every_10s_cpu", cpu_percent, "%", MOST_CPU_PERCENT),
        Figure("poll_1000_luxos_every_10s_rss", rss_mb, "MB", MOST_MB),
    ]
