"""Frozen meters and what programs ask too much are said on the page and in the metrics."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace
from prometheus_client.core import Metric

from controller.core.counting.frozen import believed
from controller.model.grid import SITE
from controller.model.plan import Deliverable, Demand
from controller.model.quality import Fresh
from controller.model.remembered import MeterWatch
from controller.model.seen import State
from controller.model.site import Program
from controller.model.view import View
from controller.surfaces.api_models import Severity
from controller.surfaces.families import power
from controller.surfaces.families.measured import families
from controller.surfaces.present.attention import attention
from tests.surfaces.views import NOW, SITE_DECLARED, a_view, plan_now, seen_now

WATCHED = MeterWatch(
    value_w=95_000, at=NOW, shown_w=95_000, same_since=NOW, stepped_w=-90_000, frozen=True
)
ASKED = {"ers": Demand(asked_w=500_000, within_s=600, measured_w=320_000)}
TEN = Deliverable(
    within_s=10,
    shed_w=320_000,
    add_w=40_000,
    shed_confidence=Decimal("0.83"),
    add_confidence=Decimal(0),
)
CAPABLE = replace(
    SITE_DECLARED,
    programs={"ers": Program(authority="utility", allowed=("reduce_to_kw",), capacity_w=500_000)},
)


def view(*scopes: str, **plan: object) -> View:
    """As the loop shows it: a frozen meter is stale."""
    meters = {
        SITE: Fresh(value=95_000, at=NOW - timedelta(seconds=2)),
        "container-a": Fresh(value=60_000, at=NOW - timedelta(seconds=2)),
    }
    return a_view(
        seen=believed(seen_now(meters_w=meters, site=CAPABLE), scopes),
        plan=plan_now(frozen_meters=scopes, **plan),
        state=State(watched=dict.fromkeys((SITE, "container-a"), WATCHED)),
    )


def said(one: View) -> list[tuple[Severity, str]]:
    found = attention(one, alive=True)
    return [
        (each.severity, each.text) for each in found if each.about.startswith(("meter", "prog"))
    ]


def sampled(metrics: list[Metric], name: str) -> dict[tuple[str, ...], float]:
    (family,) = [one for one in metrics if one.name == name]
    return {tuple(sample.labels.values()): sample.value for sample in family.samples}


@pytest.mark.parametrize(
    ("scope", "severity", "name"),
    [
        (SITE, Severity.ALARM, "The site's meter"),
        ("container-a", Severity.WARNING, "The meter of container-a"),
    ],
)
def test_a_frozen_meter_is_said_once_and_as_what_it_is(
    scope: str, severity: Severity, name: str
) -> None:
    text = (
        f"{name} stands still: it did not show 90.0 kW that miners behind it moved. It counts as "
        "silent until it moves."
    )
    assert said(view(scope)) == [(severity, text)]
    assert said(view()) == []


def test_no_number_is_shown_that_is_not_believed() -> None:
    assert power.metered(view(SITE), SITE) is None
    assert power.metered(view(), SITE) == 95_000


def test_a_program_that_asks_too_much_is_said() -> None:
    assert said(view(too_much_asked=ASKED)) == [
        (
            Severity.WARNING,
            "Program ers may ask for 500.0 kW within 600 s; the site has been measured to shed "
            "320.0 kW in that time.",
        )
    ]


def test_metrics_say_the_same() -> None:
    found = list(families(view(SITE, too_much_asked=ASKED, deliverable=(TEN,))))
    assert sampled(found, "curtaild_meter_frozen") == {("container-a",): 0, ("site",): 1}
    assert sampled(found, "curtaild_deliverable_watts") == {
        ("shed", "10"): 320_000,
        ("add", "10"): 40_000,
    }
    assert sampled(found, "curtaild_deliverable_confidence") == {
        ("shed", "10"): 0.83,
        ("add", "10"): 0,
    }
    assert sampled(found, "curtaild_program_beyond_measured_watts") == {("ers",): 180_000}
    calm = list(families(view()))
    assert sampled(calm, "curtaild_program_beyond_measured_watts") == {("ers",): 0}
