"""The world around the decision while a scenario runs: what is seen, and what happens to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from msgspec.structs import replace

from controller.core.dispatches.acceptance import judge
from controller.core.limits.ceilings import Ceilings
from controller.core.limits.claims import kept_off_w
from controller.model.fleet import OFF
from controller.model.grid import (
    SITE,
    Dispatch,
    MaintenanceLock,
    ManualOrder,
    OptOut,
    Recall,
)
from controller.model.plan import Plan
from controller.model.quality import Fresh, Missing, Observed, Stale
from controller.model.seen import Snapshot
from tests.scenarios.form import DispatchForm, Event, Number, Scenario, Wanted, watts
from tests.scenarios.site_of import (
    at,
    body_of,
    curves_of,
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
        self._metered: dict[str, Fresh[int]] = {}
        self._kept_off_w: int | None = None
        self._unpaid: set[str] = set()
        self._paid_at: dict[str, datetime] = {}

    def advance(self, now: datetime) -> None:
        """Let everything happen that is due."""
        self.fleet.advance(now)
        while self._events and at(self._events[0].minute) <= now:
            self._happen(self._events.pop(0))

    def heed(self, plan: Plan) -> None:
        """As the inbox: what dispatches keep off counts where a reference is frozen."""
        self._kept_off_w = kept_off_w(plan)

    def next_event(self, now: datetime) -> datetime | None:
        """When the next thing happens that the daemon hears of at once."""
        scenario = self._scenario
        schedules: list[Mapping[str, Any]] = [
            scenario.price_per_mwh,
            scenario.hashprice_per_ph_day,
            scenario.meter,
            scenario.group_meters,
            scenario.local_time,
            *scenario.signals.values(),
            *scenario.conditions.values(),
            *scenario.neighbour_kw.values(),
        ]
        moments = [at(float(key)) for schedule in schedules for key in schedule]
        moments += [at(event.minute) for event in self._events]
        return min((moment for moment in moments if moment > now), default=None)

    def power_w(self, now: datetime) -> int:
        """What a meter at the connection would show."""
        neighbours = self._site.neighbours.items()
        behind = [name for name, one in neighbours if one.behind_site_meter]
        drawn = sum(self._neighbour_w(name, now) for name in behind)
        return self.fleet.power_w() + self._other_w + drawn

    def _neighbour_w(self, name: str, now: datetime) -> int:
        """What it draws, whether its meter says so or not."""
        schedule = self._scenario.neighbour_kw.get(name, {"0": 0})
        numbers = {key: one for key, one in schedule.items() if not isinstance(one, str)}
        return watts(_in_force(numbers, now)[0])

    def _happen(self, event: Event) -> None:
        minute = event.minute
        if event.dispatch is not None:
            self._ask(event.dispatch, minute)
        self._end(event)
        if event.order is not None:
            self._orders[event.order.id] = order_of(event.order, minute)
        if event.end_order is not None:
            del self._orders[event.end_order]
        if event.lock is not None:
            self._locks[event.lock.place] = lock_of(event.lock, event.minute)
        if event.release is not None:
            del self._locks[event.release]
        if event.other_load_kw is not None:
            self._other_w = watts(event.other_load_kw)
        self._to_miners(event)

    def _ask(self, form: DispatchForm, minute: Number) -> None:
        """As the inbox: judged by its program, its reference frozen."""
        judged = judge(
            body_of(form, minute),
            self._site.programs[form.program].authority,
            site=self._site,
            known=self._dispatches,
            now=at(minute),
            power_w=self._meter_of(SITE, self._scenario.meter, at(minute)),
            kept_off_w=self._kept_off_w,
        )
        assert isinstance(judged, Dispatch), judged
        self._dispatches[judged.id] = judged

    def _end(self, event: Event) -> None:
        now = at(event.minute)
        if event.cancel is not None:
            self._change(event.cancel, cancelled=True)
        if event.recall is not None:
            recall = Recall(person="Ada", authority="control room", reference="call 1", at=now)
            self._change(event.recall, cancelled=True, recall=recall)
        if (form := event.opt_out) is not None:
            out = OptOut(person=form.person, why=form.why, penalty=Decimal(0), at=now)
            self._change(form.dispatch, opted_out=out)

    def _change(self, dispatch: str, **changes: Any) -> None:
        self._dispatches[dispatch] = replace(self._dispatches[dispatch], **changes)

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
            if event.flash is not None:
                miner.firmware = event.flash

    def look(
        self, now: datetime, moving: Collection[str], canaries: Iterable[str] = ()
    ) -> Snapshot:
        """What the daemon would see now."""
        in_force = [order for order in self._orders.values() if order.in_force(now)]
        ceilings = Ceilings(in_force, self._curves)
        cohorts, seen = self.fleet.seen(now, moving, self._locks.keys(), ceilings)
        return Snapshot(
            now=now,
            site=self._site,
            price_per_mwh=_observed(self._scenario.price_per_mwh, now),
            price_assumed_per_mwh=_decimal(self._scenario.price_assumed_per_mwh),
            price_interval_s=round(self._scenario.price_interval_minutes * 60),
            hashprice_per_ph_day=_observed(self._scenario.hashprice_per_ph_day, now),
            meters_w=self._meters(now),
            dispatches={k: d for k, d in self._dispatches.items() if not d.over(now)},
            orders={k: o for k, o in self._orders.items() if now < o.until},
            locks=dict(self._locks),
            curves=self._curves,
            cohorts=cohorts,
            moving=seen,
            canaries=self.fleet.each(now, canaries, self._locks.keys(), ceilings),
            outcomes=self.fleet.outcomes(),
            paid_at=self._paid(now),
            signals={
                name: _signal(schedule, now) for name, schedule in self._scenario.signals.items()
            },
            conditions={
                name: Fresh(value=said, at=since)
                for name, schedule in self._scenario.conditions.items()
                for said, since in [_in_force(schedule, now)]
            },
            **self._local_time(now),
            fleet_known=at(self._scenario.fleet_known_from_minute) <= now,
        )

    def _local_time(self, now: datetime) -> dict[str, Any]:
        schedule = self._scenario.local_time
        hours, _ = _in_force(schedule, now)
        later = [moment for key in schedule if (moment := at(float(key))) > now]
        changes_at = min(later, default=None)
        after = 0 if changes_at is None else _in_force(schedule, changes_at)[0]
        return {
            "utc_offset_s": round(hours * 3600),
            "offset_changes_at": changes_at,
            "utc_offset_after_s": round(after * 3600),
        }

    def _meters(self, now: datetime) -> dict[str, Observed[int]]:
        """The site's, those of groups that have one, and of neighbours that have one."""
        scenario = self._scenario
        groups = [name for name, form in scenario.groups.items() if form.metered]
        found = {name: self._meter_of(name, scenario.group_meters, now) for name in groups}
        for name, one in self._site.neighbours.items():
            if one.meter:
                found[one.meter] = self._meter_of(one.meter, self._heard_of(name), now)
        return {SITE: self._meter_of(SITE, scenario.meter, now), **found}

    def _heard_of(self, neighbour: str) -> Mapping[str, str]:
        schedule = self._scenario.neighbour_kw.get(neighbour, {"0": 0})
        return {key: "silent" if one == "stale" else "reads" for key, one in schedule.items()}

    def _meter_of(self, scope: str, schedule: Mapping[str, str], now: datetime) -> Observed[int]:
        does, _ = _in_force(schedule, now)
        last = self._metered.get(scope)
        if does == "reads":
            self._metered[scope] = Fresh(value=self._shown_w(scope, now), at=now)
        elif last is None:
            return Missing(why="the meter was never heard")
        elif does == "silent":
            return Stale(value=last.value, at=last.at)
        return replace(self._metered[scope], at=now)

    def _shown_w(self, scope: str, now: datetime) -> int:
        drawn_w, last = self._drawn_w(scope, now), self._metered.get(scope)
        off_w = self._scenario.meters_waver_w
        return drawn_w - off_w if last is not None and last.value > drawn_w else drawn_w + off_w

    def _drawn_w(self, scope: str, now: datetime) -> int:
        """What a meter of this scope would show."""
        if scope == SITE:
            return self.power_w(now)
        for name, one in self._site.neighbours.items():
            if one.meter == scope:
                return self._neighbour_w(name, now)
        return self.fleet.power_w(scope)

    def _paid(self, now: datetime) -> dict[str, datetime]:
        """As the observer: where somebody runs a share is accepted at every look, or none is."""
        counting = [
            name
            for name, form in self._scenario.groups.items()
            if form.declared.get("income_lost_after_minutes")
        ]
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


def _signal(schedule: Mapping[str, Wanted], now: datetime) -> Observed[Decimal]:
    """As a feed that reads it at every look until it falls silent."""
    found = _observed(schedule, now)
    if isinstance(found, Fresh):
        return Fresh(value=found.value, at=now)
    if isinstance(found, Stale):
        return Stale(value=found.value, at=_in_force(schedule, now)[1])
    return found


def _decimal(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(number))


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
