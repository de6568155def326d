"""Miners that wait for the canary of their firmware, or are barred with it."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import Metric

from controller.model.view import View
from controller.surfaces.families.build import gauges


def families(view: View) -> Iterator[Metric]:
    yield gauges(
        "curtaild_canary_waiting_miners",
        "Miners of a firmware that wait for its canary; stage barred: that are told nothing.",
        ["firmware", "stage"],
        (
            ([firmware, one.stage.value], one.waiting)
            for firmware, one in view.plan.rehearsals.items()
        ),
    )
