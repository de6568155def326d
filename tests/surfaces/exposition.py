"""Reading metrics back."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families

from controller.model.view import View
from controller.surfaces.metrics import Metrics
from tests.surfaces.fakes import FakeClock, FakeWatch
from tests.surfaces.views import NOW

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def text_of(view: View | None, *, alive: bool = True, refused: Counter[str] | None = None) -> str:
    """The exposition, ten seconds after the view."""
    watch = FakeWatch(view)
    watch.is_alive = alive
    clock = FakeClock(NOW + timedelta(seconds=10))
    return Metrics(watch, clock, refused or Counter()).render().decode()


def samples_of(text: str) -> Samples:
    """Every sample by name and labels."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def key(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return f"curtaild_{name}", frozenset(labels.items())
