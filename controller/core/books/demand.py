"""A month's highest demand against the power that is reserved, as tariffs bill it.

Demand is the mean power of a settlement interval, 15 minutes as a rule: the window that meters of
such tariffs average over (for ANDE its Pliego de Tarifas N° 21; for US utilities their schedules'
`billing demand`). Reserved power is paid whether it is drawn or not; each kW of the highest demand
above it costs the penalty on top.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from controller.core.economics.tariff import in_band
from controller.model.books import Interval
from controller.model.tariff import Reserved


class Demand(NamedTuple):
    """Of one month by local clocks, and one reservation."""

    month: str
    hours: str
    """The reservation's name."""
    reserved_kw: Decimal
    highest_kw: Decimal
    at: datetime
    """When the interval began that had it, aware UTC."""
    charge: Decimal
    """For what is reserved."""
    excess_kw: Decimal
    penalty: Decimal


def demands(
    clocked: Iterable[tuple[Interval, datetime]], reserved: Sequence[Reserved]
) -> list[Demand]:
    """By month and reservation, of intervals with what local clocks showed at their start.

    An interval belongs to the hours in which it began. One without energy counts for nothing.
    """
    highest: dict[tuple[str, int], tuple[Decimal, datetime]] = {}
    for interval, clock in clocked:
        kw = _kw(interval)
        for place, one in enumerate(reserved):
            if kw is None or not in_band(one.hours, clock):
                continue
            key = (f"{clock:%Y-%m}", place)
            if key not in highest or kw > highest[key][0]:
                highest[key] = (kw, interval.start)
    return [
        _demand(month, reserved[place], *found) for (month, place), found in sorted(highest.items())
    ]


def _kw(interval: Interval) -> Decimal | None:
    if interval.paid_wh is None:
        return None
    seconds = Decimal((interval.end - interval.start).total_seconds())
    return interval.paid_wh * 3600 / seconds / 1000


def _demand(month: str, one: Reserved, kw: Decimal, at: datetime) -> Demand:
    reserved_kw = Decimal(one.power_w) / 1000
    excess_kw = max(Decimal(0), kw - reserved_kw)
    return Demand(
        month=month,
        hours=one.hours.name,
        reserved_kw=reserved_kw,
        highest_kw=kw,
        at=at,
        charge=reserved_kw * one.per_kw_month,
        excess_kw=excess_kw,
        penalty=excess_kw * one.excess_per_kw,
    )
