"""Our meter beside the revenue meter, in the last file that was imported."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import Metric

from controller.model.view import View
from controller.surfaces.families.build import gauge


def families(view: View) -> Iterator[Metric]:
    found = None if view.imported is None else view.imported.difference
    ratio = None if found is None else found.ratio
    end = None if found is None else found.end
    yield gauge(
        "curtaild_revenue_meter_difference_ratio",
        "How much more our meter counted than the revenue meter, as a part of the latter.",
        None if ratio is None else float(ratio),
    )
    yield gauge(
        "curtaild_revenue_meter_apart_intervals",
        "Intervals in which the two differ by more than the tolerance.",
        None if found is None else found.apart,
    )
    yield gauge(
        "curtaild_revenue_meter_end_timestamp_seconds",
        "To when the last file of the revenue meter reaches.",
        None if end is None else end.timestamp(),
    )
