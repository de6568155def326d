"""The world around the decision while a scenario runs: what is seen, and what happens to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from controller.core.ceilings import Ceilings
from controller.model.fleet import OFF
from controller.model.grid import SITE, Dispatch, MaintenanceLock, ManualOrder
from controller.model.quality import Fresh, Missing, Observed, Stale
from controller.model.seen import Snapshot
from tests.scenarios.form import Event, Scenario, Wanted, watts
from tests.scenarios.site_of import (
    at,
    curves_of,
    dispatch_of,
    fleet_of,
    lock_of,
    order_of,
    site_of,
)

V = TypeVar("V")


class World:
    """One site from the scenario's first minute on."""

    def __init__(self, scenario: Scenario) -> None:
        self.fleet = fleet_of(scenario)
        self._scenario = scenario
        self._site = site_of(scenario)
        self._curves = curves_of(scenario)
        self._other_w = watts(scenario.other_load_kw)
        self._events = sorted(scenario.happens, key=lambda event: event.minute)
        self._dispatches: dict[str, Dispatch] = {}
        self._orders: dict[str, ManualOrder] = {}
        self._locks: dict[str, MaintenanceLock] = {}
        self._metered_w: dict[str, int] = {}
        self._metered_at = at(0)
        self._unpaid: set[str] = set()
        self._paid_at: dict[str, datetime] = {}

    def advance(self, now: datetime) -> None:
        """Let everything happen that is due."""
        self.fleet.advance(now)
        while self._events and at(self._events[0].minute) <= now:
            self._happen(self._events.pop(0))

    def next_event(self, now: datetime) -> datetime | None:
        """When the next thing happens that the daemon hears of at once."""
        scenario = self._scenario
        schedules = (scenario.price_per_mwh, scenario.hashprice_per_ph_day, scenario.meter)
        moments = [at(float(key)) for schedule in schedules for key in schedule]
        moments += [at(event.minute) for event in self._events]
        return min((moment for moment in moments if moment > now), default=None)

    @property
    def power_w(self) -> int:
        """What a meter at the connection would show."""
        return self.fleet.power_w() + self._other_w

    def _happen(self, event: Event) -> None:
        if event.dispatch is not None:
            self._dispatches[event.dispatch.id] = dispatch_of(event.dispatch, event.minute)
        if event.cancel is not None:
            del self._dispatches[event.cancel]
        if event.order is not None:
            self._orders[event.order.id] = order_of(event.order, event.minute)
        if event.lock is not None:
            self._locks[event.lock.place] = lock_of(event.lock, event.minute)
        if event.release is not None:
            del self._locks[event.release]
        if event.other_load_kw is not None:
            self._other_w = watts(event.other_load_kw)
        self._to_miners(event)

    def _to_miners(self, event: Event) -> None:
        if event.income_stops is not None:
            self._unpaid.add(event.income_stops)
        if event.income_returns is not None:
            self._unpaid.discard(event.income_returns)
        for name in event.miners:
            miner = self.fleet.miners[name]
            if event.begin_to is not None:
                miner.behaviour = event.begin_to
            if event.set_to is not None:
                miner.set_to(event.set_to)

    def look(self, now: datetime, moving: Collection[str]) -> Snapshot:
        """What the daemon would see now."""
        in_force = [order for order in self._orders.values() if order.in_force(now)]
        ceilings = Ceilings(in_force, self._curves)
        cohorts, seen = self.fleet.seen(now, moving, self._locks.keys(), ceilings)
        return Snapshot(
            now=now,
            site=self._site,
            price_per_mwh=_observed(self._scenario.price_per_mwh, now),
            hashprice_per_ph_day=_observed(self._scenario.hashprice_per_ph_day, now),
            meters_w=self._meters(now),
            dispatches={k: d for k, d in self._dispatches.items() if not d.over(now)},
            orders={k: o for k, o in self._orders.items() if now < o.until},
            locks=dict(self._locks),
            curves=self._curves,
            cohorts=cohorts,
            moving=seen,
            outcomes=self.fleet.outcomes(),
            paid_at=self._paid(now),
            fleet_known=at(self._scenario.fleet_known_from_minute) <= now,
        )

    def _meters(self, now: datetime) -> dict[str, Observed[int]]:
        """The site's and those of groups that have one."""
        groups = [name for name, form in self._scenario.groups.items() if form.metered]
        if _in_force(self._scenario.meter, now)[0] == "reads":
            own = {name: self.fleet.power_w(name) for name in groups}
            self._metered_w, self._metered_at = {SITE: self.power_w, **own}, now
        return {scope: self._meter(scope, now) for scope in (SITE, *groups)}

    def _meter(self, scope: str, now: datetime) -> Observed[int]:
        if scope not in self._metered_w:
            return Missing(why="the meter was never heard")
        kind = Fresh if self._metered_at == now else Stale
        return kind(value=self._metered_w[scope], at=self._metered_at)

    def _paid(self, now: datetime) -> dict[str, datetime]:
        """As the observer: where somebody runs a share is accepted at every look, or none is."""
        counting = [n for n, g in self._scenario.groups.items() if g.income_lost_after_minutes]
        running = {one.group for one in self.fleet.miners.values() if one.level != OFF}
        self._paid_at = {
            name: self._paid_at.get(name, now) if name in self._unpaid else now
            for name in counting
            if name in running
        }
        return dict(self._paid_at)


def _in_force(schedule: Mapping[str, V], now: datetime) -> tuple[V, datetime]:
    """The entry of a schedule that holds now, and from when it does."""
    since = max(moment for key in schedule if (moment := at(float(key))) <= now)
    return next((value, since) for key, value in schedule.items() if at(float(key)) == since)


def _observed(schedule: Mapping[str, Wanted], now: datetime) -> Observed[Decimal]:
    value, since = _in_force(schedule, now)
    if value == "missing":
        return Missing(why="the source says nothing")
    if value == "stale":
        numbers = {k: v for k, v in schedule.items() if not isinstance(v, str)}
        last, said_at = _in_force(numbers, now)
        return Stale(value=Decimal(str(last)), at=said_at)
    until = min((moment for key in schedule if (moment := at(float(key))) > now), default=None)
    return Fresh(value=Decimal(str(value)), at=since, until=until)
