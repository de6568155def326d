"""`make soak-fleet`: half an hour with 2,000 miners of both makes, of which some are always faulty,
and a dispatch every three minutes. What the daemon takes of the machine must not grow."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from statistics import median

from tests.bench.figures import Figure, answer
from tests.bench.ground_site import LUXOS, STOCK, Ground, ground, halls
from tests.bench.usage import Usage

LASTS_S, WARM_UP_S, LOOK_EVERY_S = 30 * 60, 5 * 60, 10
DISPATCH_EVERY_S, DISPATCH_LASTS = 180, timedelta(seconds=90)
EACH = 250
FAULTS = [
    {"kind": "hang", "share": 0.02},
    {"kind": "refuse", "share": 0.02},
    {"kind": "garbage", "share": 0.01},
    {"kind": "endless", "share": 0.01},
    {"kind": "drip", "share": 0.01},
    {"kind": "die", "per_hour": 1, "lasts_s": 120},
    {"kind": "slow", "per_hour": 1, "lasts_s": 120, "seconds": 3},
]
MOST_GROWTH = 1.1


def main() -> int:
    luxos = halls(LUXOS, 1_000, EACH, faults=FAULTS)
    stock = halls(STOCK, 1_000, EACH, faults=FAULTS, stock={"write_s": 5})
    with ground([*luxos, *stock]) as site:
        site.farm()
        seen = _soak(site, site.daemon().pid)
    early = [one for one in seen if one.at_s < seen[0].at_s + WARM_UP_S]
    late = [one for one in seen if one.at_s > seen[-1].at_s - WARM_UP_S]
    memory = median(one.rss_mb for one in late) / median(one.rss_mb for one in early)
    files = median(one.files for one in late) / median(one.files for one in early)
    return answer(
        [
            Figure("soak_memory_late_over_early", memory, "ratio", MOST_GROWTH),
            Figure("soak_descriptors_late_over_early", files, "ratio", MOST_GROWTH),
            Figure("soak_memory_most", max(one.rss_mb for one in seen), "MB", 300),
        ]
    )


def _soak(site: Ground, daemon: int) -> list[Usage]:
    """What it took, look by look, after it had warmed up."""
    time.sleep(WARM_UP_S)
    began, seen, sent = time.monotonic(), list[Usage](), 0
    while (passed_s := time.monotonic() - began) < LASTS_S:
        if passed_s >= sent * DISPATCH_EVERY_S:
            sent += 1
            answered = site.dispatch(500, lasts=DISPATCH_LASTS, number=sent)
            assert answered.status < 300, answered.text
        seen.append(Usage.of(daemon))
        time.sleep(LOOK_EVERY_S)
    return seen


if __name__ == "__main__":
    sys.exit(main())
