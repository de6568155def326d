"""From the form of a scenario to the words of the model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from controller.config.compose import Settings
from controller.config.site import to_site
from controller.model.fleet import Curve, Level
from controller.model.grid import MaintenanceLock, ManualOrder
from controller.model.site import Site
from tests.scenarios.form import (
    DispatchForm,
    GroupForm,
    LockForm,
    Number,
    OrderForm,
    Scenario,
    watts,
)
from tests.scenarios.model_fleet import ModelFleet, ModelMiner, curve_of

_KINDS = ("reduce_to_kw", "reduce_by_kw", "reduce_by_percent", "level", "follow_kw")
_RESPONSE_S = 7200
"""So long after its issue has power to show a dispatch, where a scenario does not say: whatever is
announced less than two hours ahead is told at its start."""
BEGIN = datetime(2023, 9, 6, 17, 0, tzinfo=UTC)


def at(minute: Number) -> datetime:
    return BEGIN + timedelta(seconds=round(minute * 60))


def decimal(number: Number) -> Decimal:
    return Decimal(str(number))


def site_of(scenario: Scenario) -> Site:
    """What the scenario declares, read as the configuration's own sections.

    Raises:
        pydantic.ValidationError: naming the key that does not fit.
    """
    groups = {name: _group(form) for name, form in scenario.groups.items()}
    programs = scenario.programs or {"program": {}}
    parts = {
        "site": {"id": "scenario", "currency": "USD", "zone": "UTC", **scenario.site},
        "groups": groups,
        "programs": {name: _program(declared) for name, declared in programs.items()},
        "economics": scenario.economics,
        "pacing": scenario.pacing,
        "breakers": scenario.breakers,
        "neighbours": scenario.neighbours,
        "rules": scenario.rules,
        "engine": scenario.engine,
        "calendar": scenario.calendar,
        "tariff": scenario.tariff,
        "schedules": scenario.schedules,
        "supply": scenario.supply,
    }
    said = {name: part for name, part in parts.items() if part}
    return to_site(Settings.model_validate({**said, "ledger": None, "state_dir": "unused"}))


def _group(form: GroupForm) -> dict[str, Any]:
    own = {"miners": None, "income_lost_after_minutes": None, "switches": form.switched or None}
    return {**own, **form.declared}


def _program(declared: Mapping[str, Any]) -> dict[str, Any]:
    return {"authority": "grid", "allowed": list(_KINDS), "response_s": _RESPONSE_S, **declared}


def curves_of(scenario: Scenario) -> dict[str, Curve]:
    """Those that a group has."""
    used = {group.curve for group in scenario.groups.values()}
    return {
        name: curve_of(
            Level(name=level, power_w=watts(form.kw), hashrate_ths=decimal(form.ths))
            for level, form in levels.items()
        )
        for name, levels in scenario.curves.items()
        if name in used
    }


def fleet_of(scenario: Scenario) -> ModelFleet:
    """Miners are named by group and number: hall-a-01."""
    curves = curves_of(scenario)
    miners = {}
    for name, group in scenario.groups.items():
        curve = curves[group.curve]
        for number in range(1, group.miners + 1):
            level = group.level or curve.top.name
            miners[f"{name}-{number:02}"] = ModelMiner(
                group=name,
                curve=group.curve,
                levels=curve,
                level=level,
                draw=decimal(group.draw_percent) / 100,
                reports_watts=group.watts == "own",
                switched=group.switched,
                firmware=group.firmware,
                stop_s=scenario.stop_s if group.stop_s is None else group.stop_s,
                start_s=scenario.start_s if group.start_s is None else group.start_s,
            )
    return ModelFleet(miners)


def body_of(form: DispatchForm, minute: Number) -> dict[str, Any]:
    """The dispatch as its sender writes it."""
    body = {
        "id": form.id,
        "version": form.version,
        "program": form.program,
        "issued_at": at(minute).isoformat(),
        "start": at(form.from_minute).isoformat(),
        "target": target_of(form),
    }
    if form.to_minute is not None:
        body["end"] = at(form.to_minute).isoformat()
    return body


def target_of(form: DispatchForm) -> dict[str, Any]:
    if form.level:
        return {"kind": "level", "level": form.level}
    if form.follow_kw is not None:
        return {"kind": "follow_kw", "kw": str(form.follow_kw)}
    if form.by_kw is not None:
        return {"kind": "reduce_by_kw", "kw": str(form.by_kw), "reference": form.reference}
    if form.by_percent is not None:
        percent = str(form.by_percent)
        return {"kind": "reduce_by_percent", "percent": percent, "reference": form.reference}
    return {"kind": "reduce_to_kw", "kw": str(form.kw)}


def order_of(form: OrderForm, minute: Number) -> ManualOrder:
    return ManualOrder(
        id=form.id,
        scope=form.scope,
        limit_w=None if form.kw is None else watts(form.kw),
        floor_w=None if form.floor_kw is None else watts(form.floor_kw),
        level=form.level,
        hold=form.hold,
        emergency=form.emergency,
        person=form.person,
        why=form.why,
        issued_at=at(minute),
        until=at(form.to_minute),
    )


def lock_of(form: LockForm, minute: Number) -> MaintenanceLock:
    return MaintenanceLock(
        id=f"lock {form.place}",
        place=form.place,
        person=form.person,
        why=form.why,
        since=at(minute),
    )
