"""Explanations, signals and what disturbs control: the same in API, metrics and page."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from controller.core.explaining.sentences import sentence
from controller.model.grid import SITE, ManualOrder
from controller.model.plan import Demand, Mode
from controller.model.quality import Fresh, Missing, Stale
from controller.surfaces.api_models import Severity
from controller.surfaces.present.attention import attention
from controller.surfaces.present.state import plan_now as plan_shown
from controller.surfaces.present.state import state
from tests.surfaces.browser import needs_chromium, visit
from tests.surfaces.conftest import Served
from tests.surfaces.exposition import key, samples_of, text_of
from tests.surfaces.views import NOW, ORDER, a_view, plan_now, seen_now

DISTURBED: dict[str, Any] = {
    "too_much_asked": {"ers": Demand(asked_w=60_000, within_s=60, measured_w=41_500)},
    "contested": {"b-30": NOW + timedelta(minutes=40)},
    "frozen_meters": ("container-a",),
}
OFF = (
    "Off: its power costs more than it earns. It saves 274.79 USD/h against running; "
    "back on below 73.90 USD/MWh."
)


def said(**seen: Any) -> list[tuple[Severity, str]]:
    view = a_view(seen=seen_now(**seen))
    return [(one.severity, one.text) for one in attention(view, alive=True)]


def an_order(**what: Any) -> dict[str, ManualOrder]:
    return {ORDER.id: msgspec.structs.replace(ORDER, limit_w=None, **what)}


def test_the_sentence_is_that_of_the_core_in_the_sites_time() -> None:
    view = a_view()
    shown = {group.id: group.explained for group in state(view, alive=True).groups}
    one = shown["container-b"]
    assert one is not None
    assert one.sentence == OFF == sentence(view.plan.explained["container-b"], "USD", NOW)
    held = shown["container-a"]
    assert held is not None
    assert "(ers-0906, until 16:03 CDT)" in held.sentence


def test_the_structure_is_the_plans() -> None:
    view = a_view()
    shown = plan_shown(view).explained
    one = shown["container-b"]
    assert (one.because.reason, one.source) == ("unprofitable", None)
    assert (one.runs_kw, one.curtailed_kw, one.miners, one.running) == (7.02, 92.4, 30, 0)
    amounts = (one.earns_per_hour, one.if_running_per_hour, one.if_stopped_per_hour)
    assert amounts == (-1.31, -276.1, -1.31)
    prices = (one.more_below_per_mwh, one.less_above_per_mwh, one.off_above_per_mwh)
    assert prices == (73.9, None, None)
    assert shown["container-a"].source == "ers-0906"
    assert (shown["container-a"].running, shown["container-a"].wanted) == (6, 7)
    assert shown["container-a"].earns_per_hour is None


def test_a_group_of_which_nothing_is_known_has_none() -> None:
    groups = state(a_view(plan=plan_now(explained={})), alive=True).groups
    assert [group.explained for group in groups] == [None, None]


def test_what_could_be_moved_and_what_is_in_the_way() -> None:
    shown = state(a_view(plan=plan_now(**DISTURBED)), alive=True)
    moved = [(one.within_s, one.shed_kw, one.shed_confidence) for one in shown.deliverable]
    assert moved == [(10, 0, 0), (60, 13.14, 0.97), (600, 13.14, 0.99), (1800, 13.14, 0.99)]
    assert [(one.program, one.measured_kw) for one in shown.too_much_asked] == [("ers", 41.5)]
    assert [one.miner for one in shown.contested] == ["b-30"]
    assert [(group.contested, group.cooling) for group in shown.groups] == [(0, None), (1, True)]
    assert shown.frozen_meters == ["container-a"]


def test_signals_and_conditions_have_their_quality() -> None:
    old = Stale(value=Decimal("59.98"), at=NOW - timedelta(minutes=2))
    seen = seen_now(
        signals={"hz": old, "wind_kw": Missing(why="never heard")},
        conditions={"area": Missing(why="no answer"), "grid": Stale(value="emergency", at=NOW)},
    )
    shown = state(a_view(seen=seen), alive=True)
    assert [(one.name, one.reading.quality, one.reading.value) for one in shown.signals] == [
        ("hz", "stale", 59.98),
        ("wind_kw", "missing", None),
    ]
    assert [(one.name, one.quality, one.says) for one in shown.conditions] == [
        ("area", "missing", "no answer"),
        ("grid", "stale", "emergency"),
    ]


@pytest.mark.parametrize(
    ("seen", "severity", "text"),
    [
        (
            {"signals": {"hz": Stale(value=Decimal(60), at=NOW - timedelta(seconds=95))}},
            Severity.WARNING,
            "The signal hz is silent: the last word is 95 s old.",
        ),
        (
            {"signals": {"hz": Missing(why="never heard")}},
            Severity.WARNING,
            "The signal hz is silent: never heard.",
        ),
        (
            {"orders": an_order(hold=True, scope=SITE)},
            Severity.NOTICE,
            "Nothing starts or stops for money: the site is held by R. Ortiz: "
            "a fan is being changed.",
        ),
        (
            {"orders": {"o": msgspec.structs.replace(ORDER, emergency=True)}},
            Severity.WARNING,
            "An emergency order limits container-b, set by R. Ortiz: a fan is being changed.",
        ),
    ],
)
def test_it_needs_attention(seen: dict[str, Any], severity: Severity, text: str) -> None:
    assert (severity, text) in said(**seen)


@pytest.mark.parametrize(
    "seen",
    [
        {"signals": {"hz": Fresh(value=Decimal(60), at=NOW)}},
        {"conditions": {"grid": Missing(why="no answer")}},
        {"orders": an_order(floor_w=5_000)},
        {"orders": an_order(hold=True, scope=SITE, until=NOW)},
    ],
)
def test_it_needs_no_attention(seen: dict[str, Any]) -> None:
    assert said(**seen) == said()


def test_contested_miners_need_attention_by_group() -> None:
    view = a_view(plan=plan_now(**DISTURBED))
    texts = [one.text for one in attention(view, alive=True)]
    assert any(
        text.startswith("Somebody else keeps waking 1 miner of container-b") for text in texts
    )


def test_metrics_of_groups_and_signals() -> None:
    found = samples_of(text_of(a_view(plan=plan_now(**DISTURBED))))
    money = {"group": "container-b", "currency": "USD"}
    assert found[key("group_net_revenue_per_hour", **money)] == -1.31
    assert found[key("group_starts_below_per_mwh", **money)] == 73.9
    other = {**money, "group": "container-a"}
    assert key("group_net_revenue_per_hour", **other) not in found
    assert found[key("contested_miners", group="container-b")] == 1
    assert found[key("contested_miners", group="container-a")] == 0
    assert found[key("cooling_demand", group="container-b")] == 1
    assert found[("curtaild_signal", frozenset({("name", "outdoor_c")}))] == 38.5
    assert found[key("feed_quality", kind="signal", scope="outdoor_c", quality="fresh")] == 1
    assert found[key("feed_age_seconds", kind="condition", scope="ercot")] == 1210


@needs_chromium
async def test_the_page_shows_the_sentence_and_what_could_be_moved(served: Served) -> None:
    async with visit(served.url, 360) as site:
        assert OFF in await site.text("#groups")
        moved = (await site.text("#deliverable")).replace("\t", " ")
        assert "1 min 13.1 kW 97 % 0.0 kW –" in moved
        assert "watch: reserves are low" in await site.text("#informs")
        assert await site.text("#demands") == ""
        held = an_order(hold=True, scope=SITE)
        plan = plan_now(mode=Mode.MANUAL, **DISTURBED)
        await served.watch.show(a_view(seen=seen_now(orders=held), plan=plan))
        await site.waits_for("#mode", "manual")
        assert "site held, nothing starts or stops for money" in await site.text("#asked")
        assert "held by R. Ortiz" in await site.text("#attention")
        assert "1 miner kept awake by somebody else" in await site.text("#groups")
        assert "ers may ask 60.0 kW within 1 min" in await site.text("#demands")
        assert await site.overflow() <= 0
        assert site.complaints == []


@needs_chromium
async def test_the_page_shows_orders_of_every_kind(served: Served) -> None:
    floor = msgspec.structs.replace(ORDER, id="a", limit_w=None, floor_w=20_000)
    urgent = msgspec.structs.replace(ORDER, id="b", limit_w=0, emergency=True)
    async with visit(served.url) as site:
        await served.watch.show(a_view(seen=seen_now(orders={"a": floor, "b": urgent})))
        await site.waits_for("#asked", "container-b at least 20.0 kW")
        assert "container-b at most 0.0 kW, an emergency" in await site.text("#asked")
