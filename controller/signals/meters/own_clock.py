"""The time that a meter gives its readings, as far as its clock can be trusted."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

REMEMBERED = 60
"""Readings. The shortest way that one of them took says how far the clock is off."""


class OwnClock:
    """Moves a meter's stamps by what its clock is off, if that is no more than is tolerated.

    What is subtracted is the shortest delay between stamp and arrival of the last readings: a clock
    that drifts is followed, and a stamp that stands still grows old all the same.
    """

    def __init__(self, tolerated_s: float) -> None:
        self._tolerated = timedelta(seconds=tolerated_s)
        self._delays: deque[timedelta] = deque(maxlen=REMEMBERED)
        self._last: datetime | None = None

    @property
    def off_s(self) -> float:
        """Seconds that its clock is behind ours; below 0: ahead."""
        return min(self._delays, default=timedelta(0)).total_seconds()

    def moved(self, stamp: datetime, arrived_at: datetime) -> datetime:
        """When a reading was taken, by our clock.

        Raises:
            ValueError: its clock is off by more than is tolerated.
        """
        if stamp != self._last:
            self._delays.append(arrived_at - stamp)
        self._last = stamp
        off = min(self._delays)
        if not self._tolerated:
            return stamp
        if abs(off) > self._tolerated:
            raise ValueError(
                f"bears {stamp:%Y-%m-%dT%H:%M:%SZ}: its clock is {off.total_seconds():.0f} s "
                "behind ours: set it, or raise clock_tolerance_s"
            )
        return min(stamp + off, arrived_at)
