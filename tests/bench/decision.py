"""`make bench-decision`: what a decision costs in CPU and memory, and what levels earn.

The large site has 50,000 miners in 200 cohorts of 250, each with a curve of its own of 25 levels
and a feeder with a limit. It is measured at rest, with room for everybody and with an import limit
at 60 %, and with 5,000 miners, 25 of every cohort, that are told, are on their way and arrive under
feeders that all bind. CPU is the process's own, of one core; figures are medians.
"""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal

from controller.core.decide import decide
from controller.model.seen import Snapshot, State
from tests.bench.decision_levels import best_full_profit, planned_profit, short_of_power
from tests.bench.decision_sites import (
    curve_like,
    limited,
    obeyed,
    settled,
    site_of,
    squeezed,
    told,
)
from tests.bench.figures import Figure, answer, cpu_seconds

MINERS, COHORTS, MOVING = 50_000, 200, 5_000
AT_REST_MS, MOVING_MS, BYTES = 30, 150, 1_000
SHARE = Decimal("0.6")
ROUNDS = 21


def large() -> Snapshot:
    return site_of(COHORTS, MINERS, {f"c{number:03}": curve_like(number) for number in range(200)})


def decide_ms(seen: Snapshot, state: State) -> float:
    return 1000 * cpu_seconds(lambda: decide(seen, state), ROUNDS)


def at_rest() -> Iterator[Figure]:
    name = f"decide_{MINERS}_miners_{COHORTS}_cohorts"
    yield Figure(name, decide_ms(*settled(large())), "ms", AT_REST_MS)
    bound = settled(limited(large(), SHARE))
    yield Figure(f"{name}_limit_binding", decide_ms(*bound), "ms", AT_REST_MS)


def in_motion() -> Iterator[Figure]:
    name = f"decide_{MINERS}_miners_{MOVING}"
    before, state = settled(large())
    seen = squeezed(before, MOVING // COHORTS)
    plan, after, _ = decide(seen, state)
    if len(plan.commands) != MOVING:
        raise RuntimeError(f"{len(plan.commands)} miners move, not {MOVING}")
    yield Figure(f"{name}_told", decide_ms(seen, state), "ms", MOVING_MS)
    seen, state = told(seen, after.motions), after
    _, after, _ = decide(seen, state)
    yield Figure(f"{name}_sent", decide_ms(seen, state), "ms", MOVING_MS)
    seen, state = told(seen, after.motions), after
    yield Figure(f"{name}_moving", decide_ms(seen, state), "ms", MOVING_MS)
    yield Figure(f"{name}_arriving", decide_ms(obeyed(seen, state.motions), state), "ms", MOVING_MS)


def memory() -> Iterator[Figure]:
    """The most that a site with 5,000 miners in motion takes while it is decided upon: what is
    seen, what is remembered, the plan, and all that lies between."""
    tracemalloc.start()
    seen, state = settled(large())
    _, state, _ = decide(squeezed(seen, MOVING // COHORTS), state)
    seen = told(seen, state.motions)
    tracemalloc.reset_peak()
    kept = decide(seen, state)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    yield Figure("memory_bytes_per_miner", most / MINERS, "B", BYTES)


def by_miners() -> Iterator[Figure]:
    small, many = site_of(20, 200), site_of(20, 10_000)
    _, state, _ = decide(small, State())
    small_s = cpu_seconds(lambda: decide(small, state), 10 * ROUNDS)
    many_s = cpu_seconds(lambda: decide(many, state), 10 * ROUNDS)
    yield Figure("decide_10000_miners_over_200_in_20_cohorts", many_s / small_s, "ratio", 1.3)


def levels() -> Iterator[Figure]:
    """On a site with power for 40 % of its miners' top."""
    seen = short_of_power(1_000, Decimal("0.4"))
    gain = planned_profit(seen) / best_full_profit(seen)
    yield Figure("levels_over_full_profit", float(gain), "ratio", 1.05, at_least=True)


def main() -> int:
    parts = (at_rest, in_motion, memory, by_miners, levels)
    return answer([figure for part in parts for figure in part()])


if __name__ == "__main__":
    sys.exit(main())
