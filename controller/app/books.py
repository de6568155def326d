"""The books while they are open: cycles go in, closed intervals come out to be recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from msgspec.structs import replace

from controller.app.awaiting import Awaiting, Cycle
from controller.core.books.intervals import interval_of, start_of
from controller.core.books.settlement import (
    Accrual,
    Rules,
    Settled,
    accrue,
    amended,
    carried_on,
    count,
    settle,
)
from controller.core.observations.metering import EnergyReading
from controller.model.books import Interval, Totals
from controller.model.plan import Plan
from controller.model.records import RevenueImported
from controller.model.seen import Snapshot


class Books:
    """Keeps the intervals of a site. Goes on after a restart where it was."""

    def __init__(
        self,
        rules: Rules,
        *,
        cycles: Iterable[tuple[Snapshot, Plan]] = (),
        readings: Iterable[EnergyReading] = (),
        closed: Sequence[Interval] | None = None,
        awaiting: Awaiting | None = None,
        imported: RevenueImported | None = None,
    ) -> None:
        """`awaiting` holds cycles back whose price is published when it is over. `cycles` and
        `readings` of the counter are those of before a restart, in order.

        `closed` holds the recorded intervals that the totals go on from; () when there are none.
        What ended after the last of them and was not recorded is closed by the first cycle. When
        it is None, every interval that ended before the last cycle counts as recorded. `imported`
        is the last file of the revenue meter.
        """
        self.imported = imported
        self._acc = Accrual(rules=rules)
        self._awaiting = awaiting
        self._totals = Totals()
        self._unrecorded: list[Interval] = []
        for interval in _newest(closed or ()):
            self._totals = _added(self._totals, interval)
        until = max((interval.end for interval in closed or ()), default=None)
        self._replay(cycles, list(readings), until, guess=closed is None)

    def adopt(self, rules: Rules) -> None:
        """Go on by other rules. The interval's length is not among what may change."""
        self._acc = replace(self._acc, rules=rules)

    def amend(self, settled: Sequence[Settled], imported: RevenueImported) -> None:
        """Go on from intervals that the revenue meter has restated, once they are recorded."""
        self._settle(settled)
        self._acc = amended(self._acc, [each.interval for each in settled])
        self.imported = imported

    @property
    def open(self) -> Interval | None:
        """The one under way, as far as it is known; its energy is an estimate until it ends."""
        held, parts = self._acc.held, self._acc.parts
        now = held and start_of(held.at, self._acc.rules.interval_minutes)
        return next((interval_of(part) for part in parts if part.start == now), None)

    @property
    def totals(self) -> Totals:
        """Closed intervals, and those that are not closed yet, added up."""
        totals = self._totals
        for part in self._acc.parts:
            if part.closed is None:
                totals = _added(totals, interval_of(part))
        return totals

    def on_cycle(self, seen: Snapshot, plan: Plan, energy: EnergyReading | None) -> list[Interval]:
        """Take in a cycle and the last reading of the site's energy counter.

        Returns the intervals to be recorded: closed ones, and new versions of such.
        """
        cycle = Cycle(seen, plan, () if energy is None else (energy,))
        settled = self._take(cycle)
        self._settle(settled)
        intervals = [*self._unrecorded, *(each.interval for each in settled)]
        self._unrecorded = []
        return intervals

    def _take(self, cycle: Cycle) -> list[Settled]:
        ready = [cycle] if self._awaiting is None else self._awaiting.ready(cycle)
        return [settled for one in ready for settled in self._book(one)]

    def _book(self, cycle: Cycle) -> tuple[Settled, ...]:
        self._acc = accrue(self._acc, cycle.seen, cycle.plan)
        for reading in cycle.readings:
            self._acc = count(self._acc, reading)
        self._acc, settled = settle(self._acc, cycle.seen.now)
        return settled

    def _settle(self, settled: Iterable[Settled]) -> None:
        for each in settled:
            if each.replaces is not None:
                self._totals = _added(self._totals, each.replaces, sign=-1)
            self._totals = _added(self._totals, each.interval)

    def _replay(
        self,
        cycles: Iterable[tuple[Snapshot, Plan]],
        readings: list[EnergyReading],
        closed_until: datetime | None,
        *,
        guess: bool,
    ) -> None:
        settled: list[Settled] = []
        for seen, plan in cycles:
            known = [reading for reading in readings if reading.at <= seen.now]
            del readings[: len(known)]
            settled += self._take(Cycle(seen, plan, tuple(known)))
        for reading in readings:
            self._acc = count(self._acc, reading)
        held = self._acc.held
        if guess and held is not None:
            closed_until = start_of(held.at, self._acc.rules.interval_minutes)
        if closed_until is not None:
            self._acc = carried_on(self._acc, closed_until)
            settled = [each for each in settled if each.interval.start >= closed_until]
        self._settle(settled)
        self._unrecorded = [each.interval for each in settled]


def _newest(intervals: Iterable[Interval]) -> Iterable[Interval]:
    newest: dict[datetime, Interval] = {}
    for interval in intervals:
        known = newest.get(interval.start)
        if known is None or known.version <= interval.version:
            newest[interval.start] = interval
    return newest.values()


def _added(totals: Totals, interval: Interval, sign: int = 1) -> Totals:
    energy_wh = interval.paid_wh or Decimal(0)
    causes = interval.curtailed.values()
    since = totals.since
    return Totals(
        since=interval.start if since is None else min(since, interval.start),
        energy_wh=totals.energy_wh + sign * energy_wh,
        energy_cost=totals.energy_cost + sign * (interval.energy_cost or Decimal(0)),
        hash_revenue=totals.hash_revenue + sign * interval.hash_revenue,
        hosting_revenue=totals.hosting_revenue + sign * interval.hosting_revenue,
        curtailed_wh=totals.curtailed_wh + sign * sum(cause.energy_wh for cause in causes),
        avoided_cost=totals.avoided_cost + sign * sum(cause.avoided_cost for cause in causes),
        foregone_revenue=totals.foregone_revenue
        + sign * sum(cause.foregone_revenue for cause in causes),
        expected_th=totals.expected_th + sign * (interval.expected_th or 0),
        accepted_th=totals.accepted_th + sign * (interval.accepted_th or 0),
    )
