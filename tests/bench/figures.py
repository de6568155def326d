"""A figure and its limit; the form in which every benchmark answers."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """`value` has to be at most `limit`, or at least it."""

    name: str
    value: float
    unit: str
    limit: float
    at_least: bool = False

    @property
    def ok(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        verdict = "ok" if self.ok else "SHORT"
        return f"{self.name} {self.value:.3g} {self.unit} {self.limit:g} {verdict}"


def cpu_seconds(work: Callable[[], object], times: int) -> float:
    """The median CPU time of a call, of the whole process."""
    found = []
    for _ in range(times):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return median(found)


def answer(figures: Sequence[Figure]) -> int:
    """Print the figures; returns 1 where one falls short."""
    for figure in figures:
        sys.stdout.write(f"{figure}\n")
    return int(not all(figure.ok for figure in figures))
