"""Both meters of a site, quarter by quarter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from controller.core.books.revenue.proposal import Metered, Proposal, propose
from controller.core.books.revenue.rules import RevenueRules
from controller.model.books import Interval
from controller.model.revenue_meter import RevenueFile, RevenueReading, RevenueRow

T0 = datetime(2025, 7, 1, 5, 0, tzinfo=UTC)
NOW = T0 + timedelta(days=10)
LOAD = (100, 200, 300, 250, 50, 0, 10, 400, 120, 80, 60, 330)
"""kWh of each quarter: no two hours look alike."""


def at(quarter: int, minutes: int = 15) -> datetime:
    return T0 + timedelta(minutes=minutes * quarter)


def rules(**changes: Any) -> RevenueRules:
    fields: dict[str, Any] = {
        "minutes": 15,
        "interval_minutes": 15,
        "max_w": 10_000_000,
        "tolerance": Decimal("0.02"),
        "tolerance_wh": Decimal(1000),
        "oldest": timedelta(days=730),
    }
    return RevenueRules(**fields | changes)


def interval(quarter: int, kwh: object = 100, minutes: int = 15, **changes: Any) -> Interval:
    """At 50 per MWh."""
    energy_wh = Decimal(str(kwh)) * 1000
    fields: dict[str, Any] = {
        "start": at(quarter, minutes),
        "end": at(quarter + 1, minutes),
        "energy_wh": energy_wh,
        "price_per_mwh": Decimal(50),
        "energy_cost": energy_wh * 50 / 1_000_000,
    }
    return Interval(**fields | changes)


def reading(quarter: int, kwh: object = 100, minutes: int = 15, **changes: Any) -> RevenueReading:
    energy_wh = Decimal(str(kwh)) * 1000
    start = at(quarter, minutes)
    return RevenueReading(start=start, minutes=minutes, energy_wh=energy_wh, **changes)


def file(readings: Iterable[RevenueReading], **changes: Any) -> RevenueFile:
    rows = (RevenueRow(line, one) for line, one in enumerate(readings, start=2))
    return RevenueFile(tuple(rows), **changes)


def live(kwh: Sequence[object], first: int = 0) -> list[Interval]:
    return [interval(number, each) for number, each in enumerate(kwh, start=first)]


def billed(kwh: Sequence[object], first: int = 0) -> list[RevenueReading]:
    return [reading(number, each) for number, each in enumerate(kwh, start=first)]


def by_start(readings: Iterable[RevenueReading]) -> Mapping[datetime, RevenueReading]:
    return {one.start: one for one in readings}


def proposed(
    readings: Iterable[RevenueReading],
    intervals: Sequence[Interval] = (),
    known: Iterable[RevenueReading] = (),
    now: datetime = NOW,
    **changes: Any,
) -> Proposal:
    metered = Metered(intervals, by_start(known))
    return propose(file(readings, **changes), metered, rules(), now)
