"""From what adapters say last to the snapshot that a decision is made on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from controller.app.accepted_work import AcceptedWork
from controller.app.board import Board
from controller.app.inbox import Desk
from controller.app.income import Shares
from controller.app.local_time import local_time
from controller.app.shadow import ShadowFleet
from controller.core.limits.ceilings import Ceilings
from controller.core.pools.cohorts import cohorts
from controller.model.fleet import Cohort, Curve, MinerReading, MinerSeen
from controller.model.grid import ManualOrder
from controller.model.seen import Snapshot
from controller.model.site import Site
from controller.ports import Clock, Fleet

HOUR = timedelta(hours=1)
"""How far ahead the day-ahead market is asked."""


class Gathering:
    """Gathers miners at rest into cohorts. One that has not changed stays the very object it was,
    so that recording it costs nothing."""

    def __init__(self) -> None:
        self._before: dict[str, Cohort] = {}

    def cohorts(self, at_rest: Mapping[str, MinerSeen]) -> dict[str, Cohort]:
        found = cohorts(at_rest)
        for key, cohort in found.items():
            before = self._before.get(key)
            if before == cohort:
                found[key] = before
        self._before = found
        return found


def miners(
    readings: Mapping[str, MinerReading],
    curves: Mapping[str, Curve],
    locked: Collection[str],
    *,
    fleet_known: bool,
    orders: Iterable[ManualOrder] = (),
) -> dict[str, MinerSeen]:
    """Every miner as the decision sees it; `orders` are those in force.

    One that never answered counts with the top of its curve; while the process is still asking for
    the first time, the meter alone says what it draws.
    """
    found = {}
    ceilings = Ceilings(orders, curves)
    unheard = fleet_known and any(reading.at is None for reading in readings.values())
    tops = _tops(readings.values(), curves) if unheard else {}
    for name, reading in readings.items():
        power_w = reading.power_w
        if reading.at is None and fleet_known:
            known = curves.get(reading.curve)
            power_w = known.top.power_w if known else tops.get(reading.group, 0)
        found[name] = MinerSeen(
            group=reading.group,
            curve=reading.curve,
            level=reading.level,
            power_w=power_w,
            at=reading.at,
            reachable=reading.reachable,
            locked=name in locked or reading.group in locked,
            grade=reading.grade,
            ceiling=ceilings.of(name, reading.group, reading.curve),
            firmware=reading.firmware,
            settings=reading.settings,
        )
    return found


def _tops(readings: Iterable[MinerReading], curves: Mapping[str, Curve]) -> dict[str, int]:
    """By group, the most that one of its miners can draw, as far as its curve is known."""
    tops: dict[str, int] = {}
    for reading in readings:
        if (curve := curves.get(reading.curve)) is not None:
            tops[reading.group] = max(tops.get(reading.group, 0), curve.top.power_w)
    return tops


def heard(readings: Mapping[str, MinerReading]) -> bool:
    """Whether every miner has answered, or failed to, since the process began."""
    return all(reading.at is not None or reading.failure for reading in readings.values())


class Observer:
    """Puts the snapshot together."""

    def __init__(
        self,
        *,
        site: Site,
        clock: Clock,
        fleet: Fleet,
        board: Board,
        desk: Desk,
        start_grace_s: float,
        shadow: ShadowFleet | None = None,
    ) -> None:
        """`start_grace_s` is how long every miner is given to be heard for the first time."""
        self._site = site
        self._clock = clock
        self._fleet = fleet
        self._board = board
        self._desk = desk
        self._shadow = shadow
        self._gathering = Gathering()
        self._shares = Shares()
        self._work = AcceptedWork()
        self._patience = clock.now() + timedelta(seconds=start_grace_s)
        self._fleet_known = False

    def adopt(self, site: Site, fleet: Fleet) -> None:
        """See these from now on."""
        self._site = site
        self._fleet = fleet

    def priced(self, seen: Snapshot) -> Snapshot:
        """What was seen, with the time and the prices of now: where nothing else can be new."""
        now = self._clock.now()
        return replace(seen, now=now, **self._prices(now))

    def _prices(self, now: datetime) -> dict[str, Any]:
        board = self._board
        price, hashprice = board.price(now), board.hashprice(now)
        return {
            "price_per_mwh": price.observed,
            "price_feed": price.feed,
            "price_interval_s": board.price_interval_s(price.feed, now),
            "price_assumed_per_mwh": board.price_assumed,
            "day_ahead_per_mwh": board.day_ahead(now),
            "day_ahead_next_per_mwh": board.day_ahead(now + HOUR),
            "hashprice_per_ph_day": hashprice.observed,
            "hashprice_feed": hashprice.feed,
        }

    def look(self, moving: Collection[str], canaries: Collection[str] = ()) -> Snapshot:
        """Everything that may influence the decision, as of now. `moving` are the miners that are
        to be seen each by itself, and so are `canaries`, though they may be at rest."""
        now = self._clock.now()
        readings = self._fleet.readings()
        self._fleet_known = self._fleet_known or now >= self._patience or heard(readings)
        curves = self._fleet.curves()
        locks = self._desk.locks
        orders = self._desk.active_orders(now)
        everyone = miners(
            readings,
            curves,
            locks.keys(),
            fleet_known=self._fleet_known,
            orders=[order for order in orders.values() if order.in_force(now)],
        )
        meters = self._board.meters(now)
        clocks = local_time(self._site.zone, now)
        return Snapshot(
            now=now,
            site=self._site,
            **self._prices(now),
            meters_w=self._shadow.meters(meters, self._site) if self._shadow else meters,
            signals=self._board.signals(now),
            conditions=self._board.conditions(now),
            utc_offset_s=clocks.offset_s,
            offset_changes_at=clocks.changes_at,
            utc_offset_after_s=clocks.after_s,
            dispatches=self._desk.active_dispatches(now),
            orders=orders,
            locks=locks,
            curves=curves,
            cohorts=self._gathering.cohorts(
                {name: miner for name, miner in everyone.items() if name not in moving}
            ),
            moving={name: everyone[name] for name in sorted(moving) if name in everyone},
            canaries={name: everyone[name] for name in sorted(canaries) if name in everyone},
            outcomes={outcome.command: outcome for outcome in self._fleet.outcomes()},
            paid_at=self._shares.look(readings, now),
            accepted_th=self._work.look(readings),
            fleet_known=self._fleet_known,
        )
