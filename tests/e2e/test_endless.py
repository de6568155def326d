"""Every miner answers without end: what they say is cut off, and not kept."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.scrape import failures
from tests.e2e.site import Site
from tests.e2e.waiting import until

LIMIT_BYTES = 262_144
WARM_MB, MORE_MB = 150.0, 200.0
"""By the first the allocator has nearly what it needs; of the second nothing is to stay."""


def test_endless_replies_fill_no_memory(site: Site) -> None:
    site.plain["fleet"] |= {"poll_s": 2, "reply_limit_bytes": LIMIT_BYTES}
    site.farm()
    daemon = site.daemon()
    for miner in site.miners():
        site.fault(miner, "endless")
    until(lambda: received_mb(site) > WARM_MB, "a lot of endless replies", 60)
    before_mb = resident_mb(daemon.pid)
    until(lambda: received_mb(site) > WARM_MB + MORE_MB, "more of them", 60)
    assert resident_mb(daemon.pid) - before_mb < MORE_MB / 2
    assert site.get("/healthz").json["alive"]
    assert site.state()["fleet"]["reachable"] == 0


def received_mb(site: Site) -> float:
    return failures(site.get("/metrics").text, "too_long") * LIMIT_BYTES / 1e6


def resident_mb(process: int) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1e3
    raise AssertionError("it has no memory")
