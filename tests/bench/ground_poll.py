"""What the daemon takes for 1,000 LuxOS miners that are polled every 10 s, with all it does."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

from tests.bench.figures import Figure
from tests.bench.ground_site import ground

MINERS, GROUPS = 1_000, 8
POLL_S = 10
WARM_UP_S = 15
WINDOWS, WINDOW_S = 5, 10
"""A window is a round of polling."""
MOST_CPU_PERCENT, MOST_MB = 25, 200


@dataclass(frozen=True)
class Usage:
    """What a process has taken."""

    at_s: float
    cpu_s: float
    rss_mb: float

    @classmethod
    def of(cls, process: int) -> Usage:
        """As Linux counts it, of all its threads."""
        folder = Path(f"/proc/{process}")
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        user, system = int(fields[11]), int(fields[12])  # utime and stime: fields 14 and 15
        status = (folder / "status").read_text()
        rss_kb = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
        ticks = os.sysconf("SC_CLK_TCK")
        return cls(time.monotonic(), (user + system) / ticks, int(rss_kb) / 1024)


def figures() -> list[Figure]:
    with ground(MINERS, GROUPS, fleet={"poll_s": POLL_S}) as site:
        site.farm()
        daemon = site.daemon()
        time.sleep(WARM_UP_S)
        seen = [Usage.of(daemon.pid)]
        for _ in range(WINDOWS):
            time.sleep(WINDOW_S)
            seen.append(Usage.of(daemon.pid))
        reachable = site.state()["fleet"]["reachable"]
    assert reachable == MINERS, f"{reachable} of {MINERS} miners answer"
    pairs = pairwise(seen)
    cpu = [100 * (b.cpu_s - a.cpu_s) / (b.at_s - a.at_s) for a, b in pairs]
    return [
        Figure("poll_1000_luxos_every_10s_cpu", median(cpu), "%", MOST_CPU_PERCENT),
        Figure("poll_1000_luxos_every_10s_rss", max(u.rss_mb for u in seen), "MB", MOST_MB),
    ]
