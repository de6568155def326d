"""Single values out of what /metrics says."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families


def metric(exposition: str, name: str, **labels: str) -> float | None:
    """The sample of that name and at least these labels; None where there is none."""
    for family in text_string_to_metric_families(exposition):
        for sample in family.samples:
            if sample.name == name and labels.items() <= sample.labels.items():
                return float(sample.value)
    return None


def failures(exposition: str, kind: str) -> float:
    """Failed reads and commands of this kind."""
    return metric(exposition, "curtaild_fleet_failures_total", failure=kind) or 0
