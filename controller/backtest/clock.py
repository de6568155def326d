"""Site time that passes when it is told to."""

from __future__ import annotations

from datetime import datetime, timedelta


class VirtualClock:
    """Implements `Clock` for one task: whoever sleeps is there at once."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=max(0.0, seconds))

    def go(self, to: datetime) -> None:
        """Time passes until then; it never goes back."""
        self._now = max(self._now, to)
