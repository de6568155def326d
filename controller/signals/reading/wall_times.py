"""Moments that a market writes by its own clocks, with a word on the hour that is repeated."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, UTC, datetime
from zoneinfo import ZoneInfo


def moment(wall: datetime, zone: ZoneInfo, *, second: bool) -> datetime:
    """What clocks show as UTC; `second` says that it is the second of two hours of that name.

    Raises:
        ValueError: clocks skip this hour, it is not repeated though it says so, or it is of the
            first or the last year, which leave no room for an interval.
    """
    if not MINYEAR < wall.year < MAXYEAR:
        raise ValueError(f"{wall:%Y-%m-%d %H:%M} is outside the calendar")
    here = wall.replace(tzinfo=zone, fold=int(second))
    other = here.replace(fold=int(not second))
    repeated = here.utcoffset() != other.utcoffset()
    at = here.astimezone(UTC)
    if repeated and at.astimezone(zone).replace(tzinfo=None) != wall:
        raise ValueError(f"{wall:%Y-%m-%d %H:%M} does not exist in {zone.key}: clocks skip it")
    if second and not repeated:
        raise ValueError(f"{wall:%Y-%m-%d %H:%M} is not repeated in {zone.key}, as it says")
    return at


def zoned(written: str) -> datetime:
    """A time of ISO 8601 that says its zone, as UTC.

    Raises:
        ValueError: it is none.
    """
    try:
        at = datetime.fromisoformat(written)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"{written[:40]!r} is no time with a zone, like 2026-09-29T17:00:00Z")
