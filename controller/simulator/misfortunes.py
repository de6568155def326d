"""Which miners of a group have faults, and when: pure, and the same for the same seed."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Sequence
from math import floor
from typing import NamedTuple

from controller.simulator.fault_rate import FaultRate
from controller.simulator.portions import between_0_and_1, shuffled

_S_PER_H = 3600.0


class Misfortune(NamedTuple):
    """A fault that befalls a miner."""

    after_s: float
    """Site seconds after the start."""
    miner: str
    rate: FaultRate


def from_the_start(
    seed: str, miners: Sequence[str], rates: Sequence[FaultRate]
) -> list[Misfortune]:
    """Those of a share: to the nearest miner, and no miner has two."""
    order = shuffled(miners, seed)
    found: list[Misfortune] = []
    upto = 0.0
    for rate in rates:
        before, upto = upto, upto + (rate.share or 0.0)
        chosen = order[_nearest(before * len(order)) : _nearest(upto * len(order))]
        found += [Misfortune(0.0, miner, rate) for miner in chosen]
    return found


def now_and_then(
    seed: str, miners: Sequence[str], rates: Sequence[FaultRate]
) -> Iterator[Misfortune]:
    """Those that come at a rate, in order of time, without end."""
    streams = [
        _stream(f"{seed}/{miner}/{number}", miner, rate, rate.per_hour)
        for number, rate in enumerate(rates)
        if rate.per_hour is not None
        for miner in miners
    ]
    return heapq.merge(*streams, key=lambda one: one.after_s)


def _stream(key: str, miner: str, rate: FaultRate, per_hour: float) -> Iterator[Misfortune]:
    """Of one miner: gaps are exponential, as those of a Poisson process are."""
    at_s, number = 0.0, 0
    while True:
        number += 1
        at_s += -math.log(between_0_and_1(f"{key}/{number}")) * _S_PER_H / per_hour
        yield Misfortune(at_s, miner, rate)


def _nearest(number: float) -> int:
    return floor(number + 0.5)
