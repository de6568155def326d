"""The two whole answers: the site's state and the last plan."""

from __future__ import annotations

from collections import defaultdict

from controller.model.fleet import Command
from controller.model.grid import SITE
from controller.model.seen import Snapshot
from controller.model.view import View
from controller.reasons import Reason
from controller.surfaces import api_models as api
from controller.surfaces.present import ability, grid, miners, parts, revenue, running
from controller.surfaces.present.attention import attention
from controller.surfaces.present.explained import explained
from controller.surfaces.present.parts import kw


def state(view: View, *, alive: bool) -> api.SiteState:
    """Everything that the page shows."""
    seen, plan = view.seen, view.plan
    lowest = parts.lowest_limit(plan, SITE)
    return api.SiteState(
        at=plan.at,
        site=site(seen),
        mode=plan.mode,
        shadow=view.shadow,
        shadow_commands=view.shadow_commands,
        power_kw=miners.power(seen, SITE),
        price_per_mwh=parts.reading(seen.price_per_mwh, seen.now, float),
        price_feed=seen.price_feed,
        price_assumed_per_mwh=parts.maybe(parts.assumed_price(seen)),
        hashprice_per_ph_day=parts.reading(seen.hashprice_per_ph_day, seen.now, float),
        hashprice_feed=seen.hashprice_feed,
        disagreements=running.disagreements(view),
        marginal_price_per_mwh=parts.maybe(plan.marginal_price_per_mwh),
        limit=None if lowest is None else parts.limit(lowest),
        limit_kw=kw(plan.limit_w),
        target_kw=kw(plan.target_w),
        expected_kw=kw(plan.expected_w),
        shortfall_kw=kw(plan.shortfall_w),
        curtailed=parts.curtailed(plan),
        groups=miners.groups(view),
        dispatches=grid.dispatches(seen),
        recalled=grid.recalled(view.recalled, seen),
        orders=[grid.order(one) for _, one in sorted(seen.orders.items())],
        locks=[grid.lock(one) for _, one in sorted(seen.locks.items())],
        reserves=parts.reserves(plan),
        deliverable=ability.deliverable(plan),
        too_much_asked=ability.too_much_asked(plan),
        signals=ability.signals(view),
        conditions=ability.conditions(seen),
        frozen_meters=list(plan.frozen_meters),
        contested=ability.contested(plan),
        motions=miners.motions(view),
        outlook=parts.outlook(plan),
        money=running.money(view.totals),
        interval=None if view.interval is None else running.interval(view.interval),
        revenue_meter=None if view.imported is None else revenue.now(view.imported),
        adapters=running.adapters(view),
        ledger=running.ledger(view.ledger),
        fleet=running.fleet(view.fleet),
        attention=attention(view, alive=alive),
        about=running.about(view),
    )


def site(seen: Snapshot) -> api.SiteNow:
    one = seen.site
    return api.SiteNow(
        id=one.id, currency=one.currency, zone=one.zone, import_limit_kw=kw(one.import_limit_w)
    )


def plan_now(view: View) -> api.PlanNow:
    """The last decision, its commands put together where miners were told the same."""
    plan = view.plan
    return api.PlanNow(
        at=plan.at,
        mode=plan.mode,
        target_kw=kw(plan.target_w),
        expected_kw=kw(plan.expected_w),
        limit_kw=kw(plan.limit_w),
        shortfall_kw=kw(plan.shortfall_w),
        marginal_price_per_mwh=parts.maybe(plan.marginal_price_per_mwh),
        limits=[parts.limit(one) for one in plan.limits],
        floors=[parts.floor(one) for one in plan.floors],
        allocations=[parts.allocation(one) for one in plan.allocations.values()],
        commands=commands(plan.commands),
        curtailed=parts.curtailed(plan),
        explained=explained(plan, view.seen.site),
        reserves=parts.reserves(plan),
        deliverable=ability.deliverable(plan),
        too_much_asked=ability.too_much_asked(plan),
        cooling=dict(sorted(plan.cooling.items())),
        frozen_meters=list(plan.frozen_meters),
        contested=ability.contested(plan),
        unpaid_since=dict(plan.unpaid_since),
        outlook=parts.outlook(plan),
    )


def commands(every: tuple[Command, ...]) -> list[api.CommandsNow]:
    alike: dict[tuple[str, Reason, str, int], list[str]] = defaultdict(list)
    for one in every:
        alike[one.level, one.reason, one.dispatch, one.attempt].append(one.miner)
    return [
        api.CommandsNow(
            level=level,
            because=parts.because(reason),
            dispatch=dispatch,
            attempt=attempt,
            miners=sorted(told),
        )
        for (level, reason, dispatch, attempt), told in sorted(alike.items())
    ]


def readiness(view: View | None) -> api.Readiness:
    """Ready after the first cycle, with the fleet known and the ledger writable."""
    if view is None:
        return api.Readiness(ready=False, missing=["the first cycle has not completed"])
    missing = []
    if not view.seen.fleet_known:
        missing.append("the miners have not all been heard yet")
    if not view.ledger.writable:
        missing.append(f"the ledger cannot write: {view.ledger.last_error or 'unknown'}")
    return api.Readiness(ready=not missing, missing=missing)
