"""Where an axis of days has its marks, and what stands there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST = 13
_SHORT_DAYS = 100
"""Up to here single days are marked, beyond it months."""


def marks(days: Sequence[date]) -> tuple[list[int], list[str]]:
    """Ordinals of days and their labels, few enough to stand side by side."""
    if (days[-1] - days[0]).days <= _SHORT_DAYS:
        shown = _days(days)
        labels = [f"{day.day} {MONTHS[day.month - 1]}" for day in shown]
    else:
        shown = _months(days)
        labels = [MONTHS[day.month - 1] for day in shown]
    return [day.toordinal() for day in shown], _with_years(shown, labels)


def _days(days: Sequence[date]) -> list[date]:
    count = (days[-1] - days[0]).days + 2
    step = -(-count // _MOST)
    return [days[0] + timedelta(days=place) for place in range(0, count, step)]


def _months(days: Sequence[date]) -> list[date]:
    """First days of months within, each so many months that divide a year."""
    after = days[-1] + timedelta(days=1)
    every = [
        date(year, month, 1)
        for year in range(days[0].year, after.year + 1)
        for month in range(1, 13)
        if days[0] <= date(year, month, 1) <= after
    ]
    for step in (1, 2, 3, 6):
        shown = [day for day in every if (day.month - 1) % step == 0]
        if len(shown) <= _MOST:
            return shown
    januaries = [day for day in every if day.month == 1]
    return januaries[:: -(-len(januaries) // _MOST)]


def _with_years(days: Sequence[date], labels: Sequence[str]) -> list[str]:
    """The year below the first label and wherever it changes."""
    found, before = [], None
    for day, label in zip(days, labels, strict=True):
        found.append(label if day.year == before else f"{label}\n{day.year}")
        before = day.year
    return found
