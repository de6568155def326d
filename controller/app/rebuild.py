"""Recorded cycles as values again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from controller.core.observations.metering import EnergyReading
from controller.core.recorded.chain import Whole, unfold
from controller.model.base import from_plain
from controller.model.plan import Plan
from controller.model.records import CycleRecorded
from controller.model.seen import Snapshot


def decided(cycles: Iterable[CycleRecorded]) -> Iterator[tuple[Snapshot, Plan]]:
    """What was seen and planned in each; the first has to be a keyframe."""
    whole: Whole | None = None
    for cycle in cycles:
        whole = unfold(whole, cycle)
        yield from_plain(whole.seen, Snapshot), from_plain(whole.plan, Plan)


def counters(cycles: Iterable[CycleRecorded]) -> Iterator[EnergyReading]:
    """The readings of the site's counter that came with them."""
    for cycle in cycles:
        if cycle.counter_at is not None and cycle.counter_wh is not None:
            yield EnergyReading(cycle.counter_at, cycle.counter_wh)
