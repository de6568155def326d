"""Meters found to stand still, and how far power could be moved."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import Metric

from controller.model.view import View
from controller.surfaces.families.build import Row, gauges

WAYS = ("direction", "within_s")


def families(view: View) -> Iterator[Metric]:
    plan = view.plan
    yield gauges(
        "curtaild_meter_frozen",
        "1 while the meter did not show steps that were made behind it, and counts as stale.",
        ["scope"],
        (
            ([scope], float(scope in plan.frozen_meters))
            for scope in sorted({*view.state.watched, *plan.frozen_meters})
        ),
    )
    yield gauges(
        "curtaild_deliverable_watts",
        "How far power could be moved down (shed) or up (add) within so many seconds.",
        WAYS,
        (row for row, _ in _ways(view)),
    )
    yield gauges(
        "curtaild_deliverable_confidence",
        "From 0 to 1: how sure the record of earlier commands makes it.",
        WAYS,
        (row for _, row in _ways(view)),
    )
    yield gauges(
        "curtaild_program_beyond_measured_watts",
        "By how much a program may ask for more than the site was measured to shed in its time.",
        ["program"],
        (
            ([name], _beyond_w(view, name))
            for name, program in sorted(view.seen.site.programs.items())
            if program.reserve_w or program.capacity_w
        ),
    )


def _ways(view: View) -> Iterator[tuple[Row, Row]]:
    for one in view.plan.deliverable:
        shed, add = ("shed", str(one.within_s)), ("add", str(one.within_s))
        yield (shed, one.shed_w), (shed, float(one.shed_confidence))
        yield (add, one.add_w), (add, float(one.add_confidence))


def _beyond_w(view: View, program: str) -> int:
    one = view.plan.too_much_asked.get(program)
    return one.asked_w - one.measured_w if one else 0
