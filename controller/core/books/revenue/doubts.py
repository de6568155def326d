"""What makes a whole file doubtful: it is refused unless a person insists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from controller.core.books.revenue.rules import RevenueRules
from controller.core.books.revenue.shift import shift
from controller.core.books.revenue.spans import Span
from controller.core.books.revenue.taking import Taken
from controller.core.books.revenue.words import at_text, kwh_text
from controller.model.revenue_meter import Comparison, RevenueFile, RevenueRow

LEAST_SCALE = 5
"""Who counts so many times as much as the other has a wrong factor."""
_FACTORS = "look at unit, multiplier, loss_factor and interval_minutes"


def of_file(file: RevenueFile, end: datetime, now: datetime, rules: RevenueRules) -> Iterator[str]:
    """Of its age and its end."""
    if now - end > rules.oldest:
        days = rules.oldest // timedelta(days=1)
        yield f"it ends at {at_text(end)}, more than {days} days ago (oldest_days)"
    if file.broken_off:
        yield f"it breaks off at {at_text(end)}, within a line and a day: fetch it again"


def of_rows(rows: Sequence[RevenueRow], rules: RevenueRules) -> Iterator[str]:
    """Of energies that the site cannot draw."""
    beyond = [row for row in rows if row.reading.energy_wh > rules.most_wh]
    if beyond:
        yield (
            f"{len(beyond)} rows, the first row {beyond[0].line} with "
            f"{kwh_text(beyond[0].reading.energy_wh)}, are more than the site can draw in "
            f"{rules.minutes} minutes, {kwh_text(rules.most_wh)}: {_FACTORS}"
        )


def of_changes(found: Taken) -> Iterator[str]:
    """Of what it would restate."""
    if found.weaker:
        yield (
            f"{len(found.weaker)} estimates, the first at {at_text(found.weaker[0].start)}, would "
            "restate what was metered: is it an older file?"
        )
    if found.contrary:
        yield (
            f"{len(found.contrary)} intervals, the first at {at_text(found.contrary[0].start)}, "
            f"have another energy under the revision that was imported: {_FACTORS}"
        )


def of_comparison(between: Comparison, around: Sequence[Span]) -> Iterator[str]:
    """Of the file beside our own meter; `around` goes beyond the file on both sides."""
    ours, theirs = between.live_wh, between.billed_wh
    if ours > 0 and theirs > 0 and max(ours, theirs) >= LEAST_SCALE * min(ours, theirs):
        yield f"its energy is {float(theirs / ours):.4g} times ours: {_FACTORS}"
    elif (by := shift(around)) is not None:
        hours = by / timedelta(hours=1)
        yield f"its energies fit ours {hours:+g} h from where they stand: look at zone and stamp"
