"""What importing a file would come to, before anything is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from controller.core.books.revenue import doubts
from controller.core.books.revenue.restating import restated
from controller.core.books.revenue.rules import RevenueRules
from controller.core.books.revenue.sides import billed, live
from controller.core.books.revenue.spans import comparison, spans
from controller.core.books.revenue.taking import Taken, one_each, taken
from controller.core.books.revenue.words import at_text, kwh_text
from controller.core.books.settlement import Settled
from controller.model.base import Model
from controller.model.books import Interval
from controller.model.revenue_meter import Comparison, RevenueFile, RevenueReading, RevenueRow

AHEAD = timedelta(minutes=1)
"""How far the end of an interval may be ahead of our clock."""


class Metered(NamedTuple):
    """What the ledger knows of a stretch of time."""

    intervals: Sequence[Interval] = ()
    """Of each the newest version."""
    readings: Mapping[datetime, RevenueReading] = {}
    """By start, as the revenue meter's files have them by now."""


class Proposal(Model, frozen=True, kw_only=True):
    start: datetime
    end: datetime
    read: int
    """Intervals in the file."""
    gaps: int
    """Intervals between the first and the last that are not in it."""
    taken: Taken
    doubts: tuple[str, ...]
    restated: tuple[Settled, ...]
    difference: Comparison

    @property
    def changes(self) -> bool:
        """Whether there is anything to record."""
        return bool(self.taken.new or self.taken.revised or self.restated)


def propose(file: RevenueFile, known: Metered, rules: RevenueRules, now: datetime) -> Proposal:
    """What the file says beyond `known`, which reaches `FURTHEST` beyond it on both sides.

    Raises:
        ValueError: a row cannot be true, or two contradict each other.
    """
    read = _read(file.rows, rules, now)
    start, end = min(read), max(read) + rules.length
    _check_length(known, start, end, rules)
    changes = taken(read, known.readings)
    theirs = billed({**known.readings, **changes.by_start()}.values(), rules.minutes)
    around = spans(live(known.intervals, rules.interval_minutes), theirs, rules)
    between = comparison((one for one in around if one.start < end and start < one.end), rules)
    return Proposal(
        start=start,
        end=end,
        read=len(read),
        gaps=(end - start) // rules.length - len(read),
        taken=changes,
        doubts=(
            *doubts.of_file(file, end, now, rules),
            *doubts.of_rows(file.rows, rules),
            *doubts.of_changes(changes),
            *doubts.of_comparison(between, around),
        ),
        restated=tuple(restated(known.intervals, theirs, rules)),
        difference=between,
    )


def _check_length(known: Metered, start: datetime, end: datetime, rules: RevenueRules) -> None:
    for at, one in known.readings.items():
        if one.minutes != rules.minutes and start <= at < end:
            raise ValueError(
                f"has intervals of {rules.minutes} minutes, and one of {one.minutes} is imported "
                f"at {at_text(at)}: interval_minutes cannot change for a time that is imported"
            )


def _read(
    rows: Iterable[RevenueRow], rules: RevenueRules, now: datetime
) -> Mapping[datetime, RevenueReading]:
    rows = tuple(rows)
    for row in rows:
        end = row.reading.start + rules.length
        if end > now + AHEAD:
            raise ValueError(f"row {row.line} ends at {at_text(end)}, after now: look at zone")
        if row.reading.energy_wh < 0:
            raise ValueError(
                f"row {row.line} is {kwh_text(row.reading.energy_wh)}, below nothing: set sign: -1 "
                "or name the column of the direction (only)"
            )
    read = one_each(rows)
    if not read:
        raise ValueError("has no row with an energy of this meter")
    return read
