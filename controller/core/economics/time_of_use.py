"""The energy price of a tariff by time of use, day by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from controller.core.economics.tariff import in_band
from controller.model.tariff import Band

STEP = timedelta(minutes=30)
"""Clocks are changed at whole or half hours (IANA time zone database), so that a change of them is
an edge as well."""


class Span(NamedTuple):
    """A price from a moment to just before another, both aware UTC."""

    start: datetime
    end: datetime
    per_mwh: Decimal


def day_prices(bands: Sequence[Band], day: date, zone: tzinfo) -> list[Span]:
    """The prices of a local day, of 23 or 25 hours where clocks are changed; a moment at which no
    band holds has none."""
    found: list[Span] = []
    for start, end in pairwise(_edges(bands, day, zone)):
        price = _price(bands, start, zone)
        if price is None:
            continue
        last = found[-1] if found else None
        if last is not None and last.end == start and last.per_mwh == price:
            found[-1] = last._replace(end=end)
        else:
            found.append(Span(start, end, price))
    return found


def _price(bands: Sequence[Band], at: datetime, zone: tzinfo) -> Decimal | None:
    clock = at.astimezone(zone).replace(tzinfo=UTC)
    return next((band.per_mwh for band in bands if in_band(band, clock)), None)


def _edges(bands: Sequence[Band], day: date, zone: tzinfo) -> list[datetime]:
    """Moments of a local day at which another price may hold, its first and its last among them."""
    first, last = (_midnight(day + timedelta(days=days), zone) for days in (0, 1))
    edges = {first, last, *_steps(first, last)}
    for minute in {one for band in bands for one in (band.from_minute, band.to_minute)}:
        wall = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
        for fold in (0, 1):
            edges.add(wall.replace(tzinfo=zone, fold=fold).astimezone(UTC))
    return sorted(edge for edge in edges if first <= edge <= last)


def _steps(first: datetime, last: datetime) -> Iterator[datetime]:
    at = first
    while at < last:
        yield at
        at += STEP


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)
