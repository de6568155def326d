"""From the form of a scenario to the words of the model."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from controller.model.fleet import Curve, Level
from controller.model.grid import Dispatch, MaintenanceLock, ManualOrder, ReduceTo
from controller.model.site import Economics, Group, MeterSilence, Pacing, Site
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

BEGIN = datetime(2023, 9, 6, 17, 0, tzinfo=UTC)


def at(minute: Number) -> datetime:
    return BEGIN + timedelta(seconds=round(minute * 60))


def decimal(number: Number) -> Decimal:
    return Decimal(str(number))


def site_of(scenario: Scenario) -> Site:
    declared = scenario.site
    silence = None
    if declared.safe_kw is not None and declared.meter_silent_after_s is not None:
        safe_w = watts(declared.safe_kw)
        silence = MeterSilence(safe_w=safe_w, after_s=declared.meter_silent_after_s)
    return Site(
        id="scenario",
        currency="USD",
        zone="UTC",
        import_limit_w=watts(declared.import_limit_kw),
        groups={name: _group(form) for name, form in scenario.groups.items()},
        pacing=_pacing(scenario),
        economics=_economics(scenario),
        headroom=decimal(declared.headroom_percent) / 100,
        meter_silence=silence,
        settle_s=declared.settle_s,
    )


def _group(form: GroupForm) -> Group:
    lost_after = form.income_lost_after_minutes
    return Group(
        limit_w=None if form.limit_kw is None else watts(form.limit_kw),
        floor_w=watts(form.floor_kw),
        floor_source=form.floor_source,
        adder_per_mwh=decimal(form.adder_per_mwh),
        income_lost_after_s=None if lost_after is None else lost_after * 60,
    )


def _pacing(scenario: Scenario) -> Pacing:
    form = scenario.pacing
    return Pacing(
        minimum_on_s=form.minimum_on_s,
        minimum_off_s=form.minimum_off_s,
        restore_w_per_minute=watts(form.restore_kw_per_minute),
        stop_within_s=form.stop_within_s,
        start_within_s=form.start_within_s,
        attempts=form.attempts,
        retry_after_s=form.retry_after_s,
    )


def _economics(scenario: Scenario) -> Economics:
    form = scenario.economics
    return Economics(
        adder_per_mwh=decimal(form.adder_per_mwh),
        pool_fee=decimal(form.pool_fee_percent) / 100,
        start_margin_per_mwh=decimal(form.start_margin_per_mwh),
    )


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
            )
    return ModelFleet(miners, scenario.stop_s, scenario.start_s)


def dispatch_of(form: DispatchForm, minute: Number) -> Dispatch:
    return Dispatch(
        id=form.id,
        version=form.version,
        program="program",
        authority="grid",
        issued_at=at(minute),
        received_at=at(minute),
        start=at(form.from_minute),
        end=None if form.to_minute is None else at(form.to_minute),
        target=ReduceTo(kw=decimal(form.kw)),
        limit_w=watts(form.kw),
    )


def order_of(form: OrderForm, minute: Number) -> ManualOrder:
    return ManualOrder(
        id=form.id,
        scope=form.scope,
        limit_w=None if form.kw is None else watts(form.kw),
        level=form.level,
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
