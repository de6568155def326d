"""What clocks at the site show, and when they are changed: the core reads tariffs by it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

LOOK_AHEAD_S = 4 * 86_400
"""Longer than the core looks ahead for changes of adders."""
_STRIDE_S = 6 * 3600
"""No zone changes its clocks twice within a quarter of a day,"""
_QUARTER_S = 900
"""and since 1973 none has but at a quarter of an hour."""


class LocalTime(NamedTuple):
    """Seconds of local time less UTC: now, and from the next change on."""

    offset_s: int
    changes_at: datetime | None
    """The first second with another offset, if within four days."""
    after_s: int


def local_time(zone: str, now: datetime) -> LocalTime:
    """The offset of an IANA zone now, and its next change."""
    return _within_quarter(zone, int(now.timestamp()) // _QUARTER_S * _QUARTER_S)


@lru_cache(maxsize=16)
def _within_quarter(zone: str, begin: int) -> LocalTime:
    place = ZoneInfo(zone)
    offset_s = _offset_s(place, begin)
    for low in range(begin, begin + LOOK_AHEAD_S, _STRIDE_S):
        if _offset_s(place, low + _STRIDE_S) != offset_s:
            at = _first_change(place, low, low + _STRIDE_S)
            return LocalTime(offset_s, datetime.fromtimestamp(at, UTC), _offset_s(place, at))
    return LocalTime(offset_s, None, 0)


def _first_change(place: ZoneInfo, low: int, high: int) -> int:
    """The first second after `low` with another offset; `high` has another one."""
    before_s = _offset_s(place, low)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_s(place, middle) == before_s:
            low = middle
        else:
            high = middle
    return high


def _offset_s(place: ZoneInfo, epoch_s: int) -> int:
    offset = datetime.fromtimestamp(epoch_s, place).utcoffset()
    return 0 if offset is None else round(offset.total_seconds())
