"""Money, and how the controller itself is."""

from __future__ import annotations

from decimal import Decimal

from controller.model.books import Interval, Totals
from controller.model.view import AdapterHealth, FleetHealth, LedgerHealth, View
from controller.surfaces import api_models as api
from controller.surfaces.present.parts import maybe


def kwh(energy_wh: Decimal) -> float:
    return float(energy_wh / 1000)


def money(totals: Totals) -> api.Money:
    return api.Money(
        since=totals.since,
        energy_kwh=kwh(totals.energy_wh),
        energy_cost=float(totals.energy_cost),
        hash_revenue=float(totals.hash_revenue),
        hosting_revenue=float(totals.hosting_revenue),
        curtailed_kwh=kwh(totals.curtailed_wh),
        avoided_cost=float(totals.avoided_cost),
        foregone_revenue=float(totals.foregone_revenue),
    )


def interval(one: Interval) -> api.OpenInterval:
    energy_wh = one.energy_estimated_wh if one.energy_wh is None else one.energy_wh
    return api.OpenInterval(
        start=one.start,
        end=one.end,
        energy_kwh=None if energy_wh is None else kwh(energy_wh),
        estimated=one.energy_wh is None,
        price_per_mwh=maybe(one.price_per_mwh),
        energy_cost=maybe(one.energy_cost),
        hash_revenue=float(one.hash_revenue),
        hosting_revenue=float(one.hosting_revenue),
    )


def adapters(view: View) -> list[api.AdapterNow]:
    return [adapter(one) for _, one in sorted(view.adapters.items())]


def adapter(one: AdapterHealth) -> api.AdapterNow:
    return api.AdapterNow(
        name=one.name,
        kind=one.kind,
        running=one.running,
        errors=one.errors,
        last_error=one.last_error,
        last_error_at=one.last_error_at,
        refused=dict(one.refused),
        connected=None if one.link is None else one.link.connected,
        heard_at=one.heard_at,
        late=one.late,
    )


def disagreements(view: View) -> list[api.DisagreementNow]:
    return [
        api.DisagreementNow(
            about=one.about,
            acted_upon=one.acted_upon,
            other=one.other,
            value=float(one.value),
            other_value=float(one.other_value),
        )
        for one in view.disagreements
    ]


def ledger(one: LedgerHealth) -> api.LedgerNow:
    return api.LedgerNow(
        writable=one.writable,
        waiting=one.waiting,
        written=one.written,
        last_error=one.last_error,
    )


def fleet(one: FleetHealth) -> api.FleetNow:
    return api.FleetNow(
        known=one.known,
        reachable=one.reachable,
        refused_credentials=one.refused_credentials,
        probes=one.probes,
        sent=one.sent,
        abandoned_calls=one.abandoned_calls,
        failures=dict(one.failures),
    )


def about(view: View) -> api.About:
    return api.About(
        code_version=view.code_version,
        config_hash=view.config_hash,
        started_at=view.started_at,
        cycles=view.cycles,
        cycle_seconds=view.cycle_seconds,
    )
