"""Income that stopped and a reserve that is not there are said on the page and in the metrics."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from prometheus_client.core import Metric

from controller.model.grid import SITE, Limit
from controller.model.plan import Mode, Outlook, Reserve
from controller.model.seen import State
from controller.model.view import View
from controller.reasons import Reason
from controller.surfaces.families.obligations import families
from controller.surfaces.present.attention import attention
from tests.surfaces.conftest import Served
from tests.surfaces.views import NOW, a_view, plan_now

SHORT = {"ers": Reserve(sold_w=60_000, deliverable_w=41_500)}
SILENT = {"container-a": NOW - timedelta(minutes=12)}


def view(**plan: object) -> View:
    shown = {"container-b/s19j": {"340MHz": 1015}}
    learned = State(ratio_permille={"container-a/s19": 930}, level_permille=shown)
    return a_view(plan=plan_now(**plan), state=learned)


def said(one: View) -> list[str]:
    found = attention(one, alive=True)
    return [each.text for each in found if each.about in ("income", "reserve")]


def sampled(metrics: list[Metric], name: str) -> dict[str, float]:
    (family,) = [one for one in metrics if one.name == name]
    return {" ".join(sample.labels.values()): sample.value for sample in family.samples}


def test_a_person_is_told_at_once() -> None:
    assert said(view(unpaid_since=SILENT, reserves=SHORT)) == [
        "No share of container-a was accepted for 12 min: its hashes earn nothing. "
        "Look at its pools and its uplink.",
        "The reserve sold under ers cannot be delivered: of 60.0 kW only 41.5 kW run and could go.",
    ]


def test_nothing_is_said_of_a_reserve_that_is_there() -> None:
    whole = {"ers": Reserve(sold_w=40_000, deliverable_w=41_500)}
    assert said(view(reserves=whole)) == []


@pytest.mark.parametrize(("limit_kw", "told"), [(30, True), (52, False)])
def test_a_dispatch_that_money_goes_beyond_is_told_of(limit_kw: int, told: bool) -> None:
    weighed = Limit(
        scope=SITE,
        limit_w=limit_kw * 1000,
        source="fin-1",
        reason=Reason.DISPATCH,
        dispatch="fin-1",
        surcharge_per_mwh=Decimal(40),
    )
    found = attention(view(limits=(weighed,), target_w=52_000), alive=True)
    text = (
        "The site is planned to draw 22.0 kW more than fin-1 asks (30.0 kW), which is weighed "
        "against money."
    )
    assert (text in [one.text for one in found]) is told


def test_a_reserve_is_not_judged_before_the_miners_were_heard() -> None:
    assert said(view(reserves=SHORT, mode=Mode.STARTING)) == []


async def test_programs_read_the_same(served: Served) -> None:
    lost = Outlook(at=NOW, what="income counts as lost", source="container-a", step_w=-8_000)
    served.watch.shown = view(unpaid_since=SILENT, reserves=SHORT, outlook=(lost,))
    state = await (await served.http.get("/api/v1/state")).json()
    reserve = {"program": "ers", "sold_kw": 60, "deliverable_kw": 41.5, "short_kw": 18.5}
    assert state["reserves"] == [reserve]
    assert [one["unpaid_since"] for one in state["groups"]] == ["2023-09-06T19:53:00Z", None]
    assert [one["step_kw"] for one in state["outlook"]] == [-8]
    plan = await (await served.http.get("/api/v1/plan")).json()
    assert plan["unpaid_since"] == {"container-a": "2023-09-06T19:53:00Z"}
    assert plan["reserves"] == [reserve]


def test_metrics() -> None:
    metrics = list(families(view(unpaid_since=SILENT, reserves=SHORT)))
    lost = sampled(metrics, "curtaild_group_income_lost")
    assert lost == {"container-a": 1, "container-b": 0}
    assert sampled(metrics, "curtaild_program_reserve_watts") == {"ers": 60_000}
    assert sampled(metrics, "curtaild_program_deliverable_watts") == {"ers": 41_500}
    assert sampled(metrics, "curtaild_power_ratio") == {"container-a/s19": 0.93}
    assert sampled(metrics, "curtaild_level_power_ratio") == {"container-b/s19j 340MHz": 1.015}
