"""The comparison by days or months of a calendar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Literal

from controller.core.books.revenue.rules import RevenueRules
from controller.core.books.revenue.spans import Span, comparison
from controller.model.revenue_meter import Comparison

Period = Literal["day", "month"]
_WRITTEN: Mapping[Period, str] = {"day": "%Y-%m-%d", "month": "%Y-%m"}


def by_period(
    every: Iterable[Span], period: Period, rules: RevenueRules, zone: tzinfo
) -> dict[str, Comparison]:
    """In their order, by the day or month that spans start in, such as 2026-11-01 or 2026-11."""
    written = _WRITTEN[period]
    found: dict[str, list[Span]] = defaultdict(list)
    for span in every:
        found[span.start.astimezone(zone).strftime(written)].append(span)
    return {name: comparison(of_it, rules) for name, of_it in found.items()}
