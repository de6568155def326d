"""What a process takes of the machine, and a daemon that polls miners in particular."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

from tests.bench.ground_site import Hall, ground

POLL_S = 10
WARM_UP_S = 15
WINDOWS, WINDOW_S = 5, 10
"""A window is a round of polling."""


@dataclass(frozen=True)
class Usage:
    """What a process has taken."""

    at_s: float
    cpu_s: float
    rss_mb: float
    files: int
    """Open ones."""

    @classmethod
    def of(cls, process: int) -> Usage:
        """As Linux counts it, of all its threads."""
        folder = Path(f"/proc/{process}")
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        user, system = int(fields[11]), int(fields[12])  # utime and stime: fields 14 and 15
        status = (folder / "status").read_text()
        rss_kb = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
        ticks = os.sysconf("SC_CLK_TCK")
        files = sum(1 for _ in (folder / "fd").iterdir())
        return cls(time.monotonic(), (user + system) / ticks, int(rss_kb) / 1024, files)


def polling(halls: Sequence[Hall]) -> tuple[float, float]:
    """Per cent of one core, and the most MB, of a daemon that polls these every 10 s."""
    with ground(halls, fleet={"poll_s": POLL_S}) as site:
        site.farm()
        daemon = site.daemon()
        time.sleep(WARM_UP_S)
        seen = [Usage.of(daemon.pid)]
        for _ in range(WINDOWS):
            time.sleep(WINDOW_S)
            seen.append(Usage.of(daemon.pid))
        reachable = site.state()["fleet"]["reachable"]
        assert reachable == site.miners, f"{reachable} of {site.miners} miners answer"
    cpu = [100 * (b.cpu_s - a.cpu_s) / (b.at_s - a.at_s) for a, b in pairwise(seen)]
    return median(cpu), max(usage.rss_mb for usage in seen)
