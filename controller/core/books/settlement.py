"""The books as a fold: cycles and counter readings go in, settlement intervals come out.

See docs/books.md for the formulas and for what is metered and what is estimated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Context, Decimal, localcontext

from msgspec.structs import replace

from controller.core.books.held import Held, Stretch, hold, stretches
from controller.core.books.intervals import (
    Part,
    Tally,
    interval_of,
    microseconds,
    pieces,
    start_of,
    with_energy,
)
from controller.core.books.work import worked
from controller.core.observations.metering import EnergyReading, MeterBounds, energy_between
from controller.model.base import Model
from controller.model.books import Interval
from controller.model.plan import Plan
from controller.model.seen import Snapshot
from controller.reasons import Reason

RESTATED_WITHIN = timedelta(days=1)
"""How long a closed interval waits for a counter that has fallen silent."""

_EXACT = Context(prec=60)
"""Sums of products of prices, watts and microseconds: no digit is lost."""
_FINEST_WH = Decimal("0.001")


class Rules(Model, frozen=True, kw_only=True):
    """How the books are kept."""

    bounds: MeterBounds
    interval_minutes: int = 15
    gap_s: int = 60
    """How long a cycle speaks for the time after it, and how near a reading of the counter has to
    lie to the end of an interval. Several cycles, in site time."""

    @property
    def gap(self) -> timedelta:
        return timedelta(seconds=self.gap_s)


class Accrual(Model, frozen=True, kw_only=True):
    """The intervals that are not closed, and what has to be remembered to go on with them."""

    rules: Rules
    held: Held | None = None
    reading: EnergyReading | None = None
    parts: tuple[Part, ...] = ()
    """By start."""
    closed_until: datetime | None = None


class Settled(Model, frozen=True, kw_only=True):
    """An interval to be recorded."""

    interval: Interval
    replaces: Interval | None = None
    """The version before it."""


def accrue(acc: Accrual, seen: Snapshot, plan: Plan) -> Accrual:
    """Add the time since the cycle before; from now on this cycle holds."""
    with localcontext(_EXACT):
        following = hold(seen, plan)
        if _set_back(acc, following.at):
            return Accrual(rules=acc.rules, held=following)
        if acc.held is None:
            return replace(acc, held=following)
        # A clock corrected by a little must not count the same time twice.
        following = replace(following, at=max(following.at, acc.held.at))
        parts = _Parts(acc)
        for stretch in stretches(acc.held, following, acc.rules.gap):
            for start, end in pieces(stretch.start, stretch.end, acc.rules.interval_minutes):
                part = parts.at(start)
                if part is not None:
                    piece = stretch._replace(start=start, end=end)
                    part = _add(part, piece, acc.held)
                    parts.put(worked(part, piece, acc.held, following))
        return replace(acc, held=following, parts=parts.all())


def count(acc: Accrual, reading: EnergyReading) -> Accrual:
    """Add what the site's energy counter grew by since the reading before."""
    last = acc.reading
    if last is not None and reading.at <= last.at:
        return acc
    acc = replace(acc, reading=reading)
    if last is None or energy_between(last, reading, acc.rules.bounds) is None:
        return acc
    parts = _Parts(acc)
    with localcontext(_EXACT):
        for start, end in pieces(last.at, reading.at, acc.rules.interval_minutes):
            part = parts.at(start)
            if part is None:
                continue
            grown_wh = _counter_wh(last, reading, end) - _counter_wh(last, reading, start)
            far = not (
                _near(start, last.at, reading.at, acc.rules.gap)
                and _near(end, last.at, reading.at, acc.rules.gap)
            )
            parts.put(
                replace(
                    part,
                    counted_us=part.counted_us + microseconds(start, end),
                    counted_wh=part.counted_wh + grown_wh,
                    split=part.split or far,
                )
            )
    return replace(acc, parts=parts.all())


def settle(acc: Accrual, now: datetime) -> tuple[Accrual, tuple[Settled, ...]]:
    """Close what can be closed, and restate what was closed too early."""
    kept: list[Part] = []
    settled: list[Settled] = []
    closed_until = acc.closed_until
    for part in acc.parts:
        if part.closed is not None:
            if part.counted_whole:
                settled.append(_restated(part, part.closed))
            elif now - part.end < RESTATED_WITHIN:
                kept.append(part)
        elif not _ready(acc, part, now):
            kept.append(part)
        else:
            interval = interval_of(part)
            settled.append(Settled(interval=interval))
            closed_until = part.end
            if not part.counted_whole:
                kept.append(replace(part, closed=interval))
    return replace(acc, parts=tuple(kept), closed_until=closed_until), tuple(settled)


def carried_on(acc: Accrual, closed_until: datetime) -> Accrual:
    """Leave alone what was closed before a restart."""
    parts = tuple(part for part in acc.parts if part.start >= closed_until)
    return replace(acc, parts=parts, closed_until=closed_until)


def amended(acc: Accrual, intervals: Iterable[Interval]) -> Accrual:
    """Go on from newer versions of closed intervals, where the counter may have more to say."""
    newest = {interval.start: interval for interval in intervals}
    parts = tuple(
        replace(part, closed=newest.get(part.start, part.closed)) if part.closed else part
        for part in acc.parts
    )
    return replace(acc, parts=parts)


class _Parts:
    """The parts of an accrual while they are being added to."""

    def __init__(self, acc: Accrual) -> None:
        self._acc = acc
        self._parts = {part.start: part for part in acc.parts}

    def at(self, at: datetime) -> Part | None:
        """The part that `at` lies in; None when it was closed for good."""
        minutes = self._acc.rules.interval_minutes
        start = start_of(at, minutes)
        if start in self._parts:
            return self._parts[start]
        closed_until = self._acc.closed_until
        if closed_until is not None and start < closed_until:
            return None
        return Part(start=start, end=start + timedelta(minutes=minutes))

    def put(self, part: Part) -> None:
        self._parts[part.start] = part

    def all(self) -> tuple[Part, ...]:
        return tuple(part for _, part in sorted(self._parts.items()))


def _add(part: Part, stretch: Stretch, held: Held) -> Part:
    us = microseconds(stretch.start, stretch.end)
    priced = stretch.priced
    price = None if priced is None else priced.price_per_mwh
    in_force = held.in_force(stretch.start, stretch.end)
    part = replace(part, dispatches=tuple(sorted({*part.dispatches, *in_force})))
    if priced is not None:
        part = _priced(part, priced, us)
    if not stretch.observed:
        return part
    return replace(
        part,
        observed_us=part.observed_us + us,
        power_us=part.power_us + held.power_w * us,
        revenue_us=part.revenue_us + held.revenue_per_day * us,
        hosting_us=part.hosting_us + held.hosting_per_day * us,
        curtailed={**part.curtailed, **dict(_tallies(part.curtailed, held, us, price))},
    )


def _priced(part: Part, priced: Held, us: int) -> Part:
    """With the prices of a stretch of time."""
    price, market, ahead = priced.price_per_mwh, priced.market_per_mwh, priced.day_ahead_per_mwh
    if price is not None:
        part = replace(part, priced_us=part.priced_us + us, price_us=part.price_us + price * us)
    if market is not None:
        part = replace(part, market_us=part.market_us + market * us)
    if ahead is not None:
        part = replace(part, ahead_us=part.ahead_us + ahead * us, dated_us=part.dated_us + us)
    return part


def _tallies(
    before: Mapping[Reason, Tally], held: Held, us: int, price: Decimal | None
) -> Iterator[tuple[Reason, Tally]]:
    for reason, rate in held.curtailed.items():
        tally = before.get(reason, Tally())
        yield (
            reason,
            Tally(
                power_us=tally.power_us + rate.power_w * us,
                cost_us=tally.cost_us + rate.power_w * us * (price or 0),
                revenue_us=tally.revenue_us + rate.revenue_per_day * us,
            ),
        )


def _counter_wh(last: EnergyReading, reading: EnergyReading, at: datetime) -> Decimal:
    """What the counter showed at a moment between two readings, if it grew evenly."""
    passed_us, all_us = microseconds(last.at, at), microseconds(last.at, reading.at)
    grown_wh = Decimal(reading.energy_wh - last.energy_wh) * passed_us / all_us
    return (last.energy_wh + grown_wh).quantize(_FINEST_WH).normalize()


def _near(cut: datetime, last: datetime, reading: datetime, gap: timedelta) -> bool:
    if cut in (last, reading):
        return True
    return cut - last <= gap and reading - cut <= gap


def _ready(acc: Accrual, part: Part, now: datetime) -> bool:
    """It is over, and the counter was read after its end or has had the time to be."""
    if now < part.end:
        return False
    read = acc.reading is not None and acc.reading.at >= part.end
    return read or now - part.end >= acc.rules.gap


def _restated(part: Part, closed: Interval) -> Settled:
    newer = with_energy(replace(closed, version=closed.version + 1), part)
    return Settled(interval=newer, replaces=closed)


def _set_back(acc: Accrual, now: datetime) -> bool:
    """Site time starts anew, as when a recorded day is played again: another history."""
    latest = acc.closed_until if acc.held is None else acc.held.at
    return latest is not None and now < latest - acc.rules.gap
