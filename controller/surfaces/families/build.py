"""Short ways to build a family."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

Row = tuple[Sequence[str], float]
"""Values of the labels, in their order, and the sample."""

S = TypeVar("S", bound=str)


def gauge(name: str, text: str, value: float | None) -> GaugeMetricFamily:
    """A gauge without labels; None leaves the sample out."""
    family = GaugeMetricFamily(name, text)
    if value is not None:
        family.add_metric([], value)
    return family


def gauges(name: str, text: str, labels: Sequence[str], rows: Iterable[Row]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=labels)
    for values, sample in rows:
        family.add_metric(values, sample)
    return family


def counter(name: str, text: str, value: float) -> CounterMetricFamily:
    """A counter without labels; `name` ends in _total."""
    family = CounterMetricFamily(name, text)
    family.add_metric([], value)
    return family


def counters(
    name: str, text: str, labels: Sequence[str], rows: Iterable[Row]
) -> CounterMetricFamily:
    family = CounterMetricFamily(name, text, labels=labels)
    for values, sample in rows:
        family.add_metric(values, sample)
    return family


def from_zero(words: Iterable[str], counts: Mapping[str, int]) -> dict[str, int]:
    """`counts` with every one of `words` in it: a counter that first appears at 1 is no increase
    to Prometheus, so each begins at 0."""
    return {**dict.fromkeys(map(str, words), 0), **counts}


def by_name(counts: Mapping[S, int]) -> list[Row]:
    """One row for each name."""
    return [([name], count) for name, count in sorted(counts.items())]
