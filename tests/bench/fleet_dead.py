"""What a dead tenth costs the others: 1,800 LuxOS miners, from the dispatch until the last of them
is confirmed, beside 100 that refuse connections and 100 that say nothing, and without them."""

from __future__ import annotations

import time
from statistics import median

from tests.bench.dispatching import LATENCY_S, SETTLED_AFTER_S, confirmed_s, fleet
from tests.bench.figures import Figure
from tests.bench.ground_site import LUXOS, ground, halls

EACH, SOUND_OF_EACH, HALLS, WIDTH = 250, 225, 8, 2_048
RUNS, LIMIT = 5, 1.1


def figures() -> list[Figure]:
    pairs = [(_confirmed_s(EACH), _confirmed_s(SOUND_OF_EACH)) for _ in range(RUNS)]
    ratio = median(with_dead for with_dead, _ in pairs) / median(sound for _, sound in pairs)
    return [Figure("dispatch_beside_a_dead_tenth_over_all_sound", ratio, "ratio", LIMIT)]


def _confirmed_s(each: int) -> float:
    """With so many miners in each hall, of which those beyond the sound ones are dead."""
    miners = each * HALLS
    with ground(halls(LUXOS, miners, each, reply_delay_s=LATENCY_S), fleet=fleet(WIDTH)) as site:
        site.farm()
        site.daemon()
        time.sleep(SETTLED_AFTER_S)
        dead = [one for place, one in enumerate(site.addresses()) if place % each >= SOUND_OF_EACH]
        site.break_(dead[::2], "die")
        site.break_(dead[1::2], "hang")
        return confirmed_s(site, miners - len(dead), dead=len(dead))
