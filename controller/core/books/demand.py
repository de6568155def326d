"""A month's highest demand against the power that is reserved, as tariffs bill it.

Demand is the mean power of a window: what was drawn in it over its length. Windows follow each
other without overlap, from the full hour on, of 15 minutes as a rule; a tariff names its own, such
as the hour of Georgia Power's schedule TOU-RD-9. Reserved power is paid whether it is drawn or not;
each kW of the highest demand above it costs the penalty on top. With nothing reserved that is a
demand charge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from controller.core.economics.tariff import in_band
from controller.model.books import Interval
from controller.model.tariff import Reserved

Clocked = tuple[Interval, datetime]
"""An interval, and what local clocks showed when it began."""


class Demand(NamedTuple):
    """Of one month by local clocks, and one reservation."""

    month: str
    hours: str
    """The reservation's name."""
    reserved_kw: Decimal
    highest_kw: Decimal | None
    """None where no window's energy is known."""
    at: datetime | None
    """When the window began that had it, aware UTC; of equal ones the first."""
    charge: Decimal
    """For what is reserved."""
    excess_kw: Decimal
    penalty: Decimal
    unknown: int
    """How many windows lack energy, or a part of it: any of them may have been higher."""


class _Window(NamedTuple):
    at: datetime
    clock: datetime
    kw: Decimal | None


class _Tally(NamedTuple):
    highest_kw: Decimal | None = None
    at: datetime | None = None
    unknown: int = 0


def demands(clocked: Iterable[Clocked], reserved: Sequence[Reserved], minutes: int) -> list[Demand]:
    """By month and reservation, of intervals in the order of time and windows of so many minutes.

    A window belongs to the hours in which it began; a month in which a reservation has none is left
    out.
    """
    tallies: dict[tuple[str, int], _Tally] = {}
    for window in _windows(clocked, minutes):
        for place, one in enumerate(reserved):
            if in_band(one.hours, window.clock):
                key = (f"{window.clock:%Y-%m}", place)
                tallies[key] = _with(tallies.get(key, _Tally()), window)
    return [
        _demand(month, reserved[place], tally) for (month, place), tally in sorted(tallies.items())
    ]


def _windows(clocked: Iterable[Clocked], minutes: int) -> Iterator[_Window]:
    length = timedelta(minutes=minutes)
    for (at, clock), parts in groupby(clocked, lambda one: _begins(one, minutes)):
        found = [part for part, _ in parts]
        known_wh = [part.paid_wh for part in found if part.paid_wh is not None]
        covered = sum((part.end - part.start for part in found), timedelta())
        whole = len(known_wh) == len(found) and covered == length
        mean_w = sum(known_wh, Decimal(0)) * 60 / minutes
        yield _Window(at, clock, mean_w / 1000 if whole else None)


def _begins(one: Clocked, minutes: int) -> tuple[datetime, datetime]:
    """When its window does, and what clocks show then."""
    interval, clock = one
    since = timedelta(minutes=clock.minute % minutes, seconds=clock.second)
    return interval.start - since, clock - since


def _with(tally: _Tally, window: _Window) -> _Tally:
    if window.kw is None:
        return tally._replace(unknown=tally.unknown + 1)
    if tally.highest_kw is None or window.kw > tally.highest_kw:
        return tally._replace(highest_kw=window.kw, at=window.at)
    return tally


def _demand(month: str, one: Reserved, tally: _Tally) -> Demand:
    reserved_kw = Decimal(one.power_w) / 1000
    excess_kw = max(Decimal(0), (tally.highest_kw or Decimal(0)) - reserved_kw)
    return Demand(
        month=month,
        hours=one.hours.name,
        reserved_kw=reserved_kw,
        highest_kw=tally.highest_kw,
        at=tally.at,
        charge=reserved_kw * one.per_kw_month,
        excess_kw=excess_kw,
        penalty=excess_kw * one.excess_per_kw,
        unknown=tally.unknown,
    )
