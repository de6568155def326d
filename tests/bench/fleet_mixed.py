"""15,000 miners, 70 % of them stock Antminers: a reduction of 20 MW, proven by group meters.

The limit is what the physics of the slowest firmware takes, and 30 % of it for everything else:
what the daemon needs, and the farm that answers it on the same two cores.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from tests.bench.figures import Figure
from tests.bench.ground_site import LUXOS, STOCK, Ground, Hall, ground, halls

EACH = 250
RUNS = 5
REDUCE_KW = 20_000
WRITE_S, STOP_S = 20, 15
"""A stock Antminer takes so long for a write, and then for its power to fall."""
FLEET = {"reduction_width": 16_384}
SETTLED_AFTER_S = 30
GIVE_UP_S = 180
PROCESSES = 2


def site_halls() -> list[Hall]:
    slow = {"stock": {"write_s": WRITE_S}, "physics": {"stop_s": STOP_S}}
    return [*halls(STOCK, 10_500, EACH, **slow), *halls(LUXOS, 4_500, EACH)]


def figures() -> list[Figure]:
    ratio = median(_reduced_s() for _ in range(RUNS)) / (WRITE_S + STOP_S)
    return [Figure("reduction_of_20_MW_of_15000_over_physics", ratio, "ratio", 1.3)]


@contextmanager
def _site() -> Iterator[Ground]:
    with ground(site_halls(), fleet=FLEET, simulation={"processes": PROCESSES}) as site:
        site.farm()
        site.daemon()
        time.sleep(SETTLED_AFTER_S)
        yield site


def _reduced_s() -> float:
    """Seconds from the dispatch until what meters show is at the target."""
    with _site() as site:
        before_kw = _metered_kw(site)
        target_kw = before_kw - REDUCE_KW
        began = time.monotonic()
        answer = site.dispatch(target_kw)
        assert answer.status < 300, answer.text
        while (now_kw := _metered_kw(site)) > target_kw:
            assert time.monotonic() < began + GIVE_UP_S, f"{now_kw} kW, not {target_kw}"
            time.sleep(0.5)
        return time.monotonic() - began


def _metered_kw(site: Ground) -> float:
    """Of all groups, each by its own meter, as the daemon has it."""
    return sum(float(group["power_kw"]["value"]) for group in site.state()["groups"])
