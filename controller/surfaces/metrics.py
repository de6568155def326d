"""Metrics for Prometheus: read from the view when they are asked for, nothing is kept here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from controller.ports import Clock, Watch
from controller.surfaces.families import (
    books,
    canaries,
    feeds,
    groups,
    links,
    measured,
    miners,
    obligations,
    power,
    revenue,
    running,
)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics(Collector):
    """All of curtaild's metrics, in a registry of their own.

    `refused` counts, by code, the dispatches that were refused before the inbox saw them.
    """

    def __init__(self, watch: Watch, clock: Clock, refused: Counter[str]) -> None:
        self._watch = watch
        self._clock = clock
        self._refused = refused
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def render(self) -> bytes:
        """The text exposition format 0.0.4."""
        return generate_latest(self._registry)

    def describe(self) -> list[Metric]:
        """Nothing: registering must not ask for a view."""
        return []

    def collect(self) -> Iterator[Metric]:
        view = self._watch.view()
        yield running.alive(completes=self._watch.alive())
        refused = self._refused + Counter({} if view is None else view.dispatches_refused)
        yield running.dispatches_refused(refused)
        if view is None:
            return
        yield from power.families(view)
        yield from feeds.families(view, self._clock.now())
        yield from miners.families(view)
        yield from running.families(view)
        yield from obligations.families(view)
        yield from measured.families(view)
        yield from canaries.families(view)
        yield from groups.families(view)
        yield from links.families(view)
        yield from books.families(view)
        yield from revenue.families(view)
