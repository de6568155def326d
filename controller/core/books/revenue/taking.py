"""Which readings of a file are new, and which restate what was imported before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from controller.core.books.revenue.words import at_text, kwh_text
from controller.model.revenue_meter import RevenueReading, RevenueRow


class Taken(NamedTuple):
    """What a file says beyond what is known."""

    new: tuple[RevenueReading, ...] = ()
    revised: tuple[RevenueReading, ...] = ()
    older: int = 0
    """Readings of a revision before the known one: they are left."""
    weaker: tuple[RevenueReading, ...] = ()
    """Of the revised: estimates in the place of what was metered, without a newer revision."""
    contrary: tuple[RevenueReading, ...] = ()
    """Of the revised: another energy under the revision that is known."""

    def by_start(self) -> dict[datetime, RevenueReading]:
        """All that is to be recorded."""
        return {one.start: one for one in (*self.new, *self.revised)}


def one_each(rows: Iterable[RevenueRow]) -> dict[datetime, RevenueReading]:
    """By start, of each interval the newest revision. The same row twice counts once.

    Raises:
        ValueError: two rows contradict each other under one revision.
    """
    newest: dict[datetime, RevenueRow] = {}
    for row in rows:
        known = newest.setdefault(row.reading.start, row)
        order = _order(row.reading, known.reading)
        if order > 0:
            newest[row.reading.start] = row
        elif order == 0 and row.reading != known.reading:
            raise ValueError(_contradiction(known, row))
    return {start: newest[start].reading for start in sorted(newest)}


def _contradiction(first: RevenueRow, second: RevenueRow) -> str:
    return (
        f"rows {first.line} and {second.line} say {kwh_text(first.reading.energy_wh)} and "
        f"{kwh_text(second.reading.energy_wh)} for the interval from "
        f"{at_text(first.reading.start)}: keep one of them, or name the column of the revision "
        "(revision_column), of the meter or of the direction (only)"
    )


def taken(
    read: Mapping[datetime, RevenueReading], known: Mapping[datetime, RevenueReading]
) -> Taken:
    """What `read` changes. Without revisions the later import counts."""
    other = [(one, known[at]) for at, one in read.items() if at in known and one != known[at]]
    revised = [(one, before) for one, before in other if _order(one, before) >= 0]
    again = [(one, before) for one, before in revised if _order(one, before) == 0]
    return Taken(
        new=tuple(one for at, one in read.items() if at not in known),
        revised=tuple(one for one, _ in revised),
        older=len(other) - len(revised),
        weaker=tuple(one for one, before in again if one.estimated and not before.estimated),
        contrary=tuple(one for one, _ in again if one.revision is not None),
    )


def _order(one: RevenueReading, before: RevenueReading) -> int:
    """Above 0 where `one` is of a later revision; what names none comes before any."""
    return (one.revision or 0) - (before.revision or 0)
