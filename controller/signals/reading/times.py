"""Times of a JSON document: text with or without an offset, or a count since 1970."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from controller.signals.reading.local_times import LocalTimes

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICKS = {"unix_s": 1_000_000, "unix_ms": 1_000}
"""Microseconds in one."""
_LONGEST = 40
MOST_DIGITS = 15
"""Written out, 1E+999999999 fills the memory."""


def time_reader(time_format: str, zone: str) -> Callable[[Any], datetime]:
    """Reads times of one kind, in the order in which they are written, as UTC.

    It raises ValueError, saying what is wrong with the time.
    """
    if time_format in _TICKS:
        return lambda value: _counted(value, _TICKS[time_format])
    local = LocalTimes(zone)
    return lambda value: local.read(_text(value))


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ValueError("is not a time")
    return value


def _counted(value: Any, ticks: int) -> datetime:
    try:
        count = Decimal(_text(value))
    except InvalidOperation:
        raise ValueError("is not a number of seconds (unix_s) or milliseconds (unix_ms)") from None
    if not count.is_finite() or count.adjusted() > MOST_DIGITS:
        raise ValueError("is outside the calendar")
    try:
        return _EPOCH + timedelta(microseconds=int(count * ticks))
    except OverflowError:
        raise ValueError("is outside the calendar: is it in milliseconds (unix_ms)?") from None
