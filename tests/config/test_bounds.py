"""Breakers, neighbours, rules and generators: read into the model, and refused where they do not
fit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from controller.config.load import load
from controller.config.site import to_board, to_site
from controller.core.observations.heard import SignalBounds
from controller.core.observations.quality import Range
from controller.model.rules import Engine, Neighbour, SignalRule, Threshold
from controller.model.site import Breaker
from controller.reasons import Reason
from controller.wiring import SETTINGS
from tests.config.conftest import Complaints, Spoil

SENSOR = (
    "  inlet: {adapter: signal_modbus, signal: inlet-a, host: 127.20.0.3, address: 100,"
    " least: -40, most: 120}\n"
)
GRID = (
    "  grid: {adapter: signal_http, signal: grid-state, url: https://grid.example/now.json,"
    " value: state, condition: true, max_age_s: 900}\n"
)
RULE = "rules:\n  hot: {scope: hall-a, signal: inlet-a, kind: temperature, safe_kw: 20, \
silent_after_s: 60, above: [{value: 32, limit_kw: 60}]}\n"
END = "state_dir: state\n"


def adding(*sections: str, feeds: str = SENSOR) -> tuple[str, ...]:
    return ("ledger: {adapter", f"{feeds}ledger: {{adapter", END, END + "".join(sections))


def test_all_of_it_reaches_the_model(spoil: Spoil) -> None:
    path = spoil(
        *adding(
            "breakers:\n  b1: {limit_kw: 80, stagger_s: 5, stagger_kw: 12.5}\n  b2: {}\n",
            "neighbours:\n  hall: {firm_kw: 40, meter: true, behind_site_meter: false,"
            " silent_after_s: 20}\n  lab: {firm_kw: 10}\n",
            "rules:\n  wind: {scope: site, signal: inlet-a, kind: available_power,"
            " kw_per_unit: 1.5, margin_kw: 10, safe_kw: 20, silent_after_s: 60, clear_by: 2,"
            " above: [{value: 90, limit_kw: 1}], below: [{value: 5, limit_kw: 0}]}\n",
            "engine: {most_kw: 95, least_kw: 15}\n",
            feeds=SENSOR + "  next-door: {adapter: meter_modbus, scope: hall, host: 127.20.0.4}\n",
        ),
        "    limit_kw: 120\n",
        "    limit_kw: 120\n    breaker: b1\n",
        "  hall-b:\n",
        "  hall-b:\n    breaker: b2\n",
    )
    settings = load(path, SETTINGS, {})
    site = to_site(settings)
    assert site.breakers == {
        "b1": Breaker(limit_w=80_000, stagger_s=5, stagger_w=12_500),
        "b2": Breaker(),
    }
    assert [site.groups[name].breaker for name in ("hall-a", "hall-b")] == ["b1", "b2"]
    assert site.neighbours == {
        "hall": Neighbour(firm_w=40_000, meter="hall", behind_site_meter=False, silent_after_s=20),
        "lab": Neighbour(firm_w=10_000),
    }
    assert site.rules == {
        "wind": SignalRule(
            scope="site",
            signal="inlet-a",
            reason=Reason.AVAILABLE_POWER,
            watts_per_unit=Decimal(1500),
            margin_w=10_000,
            above=(Threshold(value=Decimal(90), limit_w=1_000),),
            below=(Threshold(value=Decimal(5), limit_w=0),),
            clear_by=Decimal(2),
            safe_w=20_000,
            silent_after_s=60,
        )
    }
    assert site.engine == Engine(most_w=95_000, least_w=15_000)
    assert "hall" in to_board(settings).meters


def test_signals_and_conditions_reach_the_board(spoil: Spoil) -> None:
    board = to_board(load(spoil(*adding(RULE, feeds=SENSOR + GRID)), SETTINGS, {}))
    inlet = SignalBounds(range=Range(low=Decimal(-40), high=Decimal(120)), max_age_s=30)
    assert board.signals == {"inlet-a": inlet}
    assert board.conditions == {"grid-state": 900}


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("temperature", Reason.TEMPERATURE),
        ("frequency", Reason.FREQUENCY),
        ("available_power", Reason.AVAILABLE_POWER),
        ("state_of_charge", Reason.STATE_OF_CHARGE),
    ],
)
def test_the_kind_of_a_rule_is_the_reason_of_its_limit(
    spoil: Spoil, kind: str, reason: Reason
) -> None:
    settings = load(spoil(*adding(RULE.replace("temperature", kind))), SETTINGS, {})
    assert to_site(settings).rules["hot"].reason is reason


def rule(old: str, new: str) -> tuple[str, ...]:
    assert old in RULE
    return adding(RULE.replace(old, new))


MARK = "above: [{value: 32, limit_kw: 60}]"
CASES: dict[str, tuple[tuple[str, ...], str]] = {
    "a rule for nowhere": (
        rule("scope: hall-a", "scope: hall-c"),
        "rules.hot.scope: must be site, a breaker or a group: site, hall-a, hall-b; did you "
        "mean hall-b?",
    ),
    "a rule without a signal": (
        rule("signal: inlet-a", "signal: inlet-b"),
        "rules.hot.signal: no feed gives a signal inlet-b; did you mean inlet-a?",
    ),
    "a rule that follows a condition": (
        adding(RULE.replace("inlet-a", "grid-state"), feeds=GRID),
        "rules.hot.signal: grid-state is a public condition of feed grid: it informs and never "
        "orders",
    ),
    "a rule that limits nothing": (
        rule(", " + MARK, ""),
        "rules.hot: limits nothing: give kw_per_unit, droop, above or below",
    ),
    "a margin of nothing": (
        rule(MARK, MARK + ", margin_kw: 1"),
        "rules.hot: margin_kw says nothing without kw_per_unit",
    ),
    "a limit that rises with the heat": (
        rule(MARK, "above: [{value: 36, limit_kw: 60}, {value: 32, limit_kw: 60}]"),
        "rules.hot: above 36 allows 60 kW, no less than 60 kW at 32: the further out, the lower "
        "the limit has to be",
    ),
    "a limit that rises with the cold": (
        rule(MARK, "below: [{value: 5, limit_kw: 60}, {value: 0, limit_kw: 61}]"),
        "rules.hot: below 0 allows 61 kW, no less than 60 kW at 5: the further out, the lower "
        "the limit has to be",
    ),
    "no value at which nothing limits": (
        rule(MARK, "clear_by: 2, above: [{value: 12, limit_kw: 1}], "
             "below: [{value: 10, limit_kw: 1}]"),
        "rules.hot: above 12 and below 10 with clear_by 2 leave no value at which neither "
        "limits: set them further apart",
    ),
    "safe power above the import limit": (
        rule("safe_kw: 20", "safe_kw: 191"),
        "rules.hot.safe_kw: must not be above site.import_limit_kw",
    ),
    "a group on a breaker that is not there": (
        ("    limit_kw: 120\n", "    limit_kw: 120\n    breaker: b1\n"),
        "groups.hall-a.breaker: there is no breaker b1",
    ),
    "a breaker that feeds nothing": (
        adding("breakers:\n  b1: {limit_kw: 80}\n"),
        "breakers.b1: feeds no group: name it under breaker of one",
    ),
    "a breaker with the name of a group": (
        (*adding("breakers:\n  hall-b: {limit_kw: 80}\n"),
         "    limit_kw: 120\n", "    limit_kw: 120\n    breaker: hall-b\n"),
        "breakers.hall-b: hall-b is the name of a group already: take another",
    ),
    "a neighbour with the name of the site": (
        adding("neighbours:\n  site: {firm_kw: 80, meter: true}\n"),
        "neighbours.site: site is the name of the whole site already: take another",
    ),
    "a rule with the name of a neighbour": (
        adding("neighbours:\n  hot: {firm_kw: 80}\n", RULE),
        "rules.hot: hot is the name of one of neighbours already: take another",
    ),
    "a stagger without its time": (
        (*adding("breakers:\n  b1: {stagger_kw: 8}\n"),
         "    limit_kw: 120\n", "    limit_kw: 120\n    breaker: b1\n"),
        "breakers.b1: stagger_kw says nothing without stagger_s: give both, or neither",
    ),
    "a neighbour's meter without a feed": (
        adding("neighbours:\n  hall: {firm_kw: 80, meter: true}\n"),
        "neighbours.hall.meter: no feed has scope: hall, so its meter cannot be read",
    ),
    "a neighbour's feed without its meter": (
        adding("neighbours:\n  hall: {firm_kw: 80}\n",
               feeds="  next-door: {adapter: meter_modbus, scope: hall, host: 127.20.0.4}\n"),
        "neighbours.hall.meter: feed next-door has scope: hall: set it to true, or drop the feed",
    ),
    "neighbours that leave nothing": (
        adding("neighbours:\n  hall: {firm_kw: 100}\n  lab: {firm_kw: 90}\n"),
        "neighbours: together they may take all of site.import_limit_kw: nothing is left",
    ),
    "two feeds of one signal": (
        adding(feeds=SENSOR + SENSOR.replace("inlet:", "spare:")),
        "feeds.spare.signal: feed inlet gives inlet-a already",
    ),
    "an engine with its ends crossed": (
        adding("engine: {most_kw: 10, least_kw: 11}\n"),
        "engine: least_kw must not be above most_kw",
    ),
    "an engine that needs more than there is": (
        adding("engine: {most_kw: 300, least_kw: 191}\n"),
        "engine.least_kw: must not be above site.import_limit_kw",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), CASES.values(), ids=CASES.keys())
def test_what_does_not_fit_is_named(
    complaints: Complaints, changes: tuple[str, ...], said: str
) -> None:
    (found,) = complaints(*changes)
    place, _, rest = found.partition(": ")
    assert place.startswith("site.yaml:")
    assert rest == said
