"""The clock of a site: real time, or history replayed at a rate.

A site on history has an epoch (where its time starts), an anchor (the real moment at which it
starts) and a rate (site seconds in a real second). Processes that are given the same three agree
on the time without talking to each other.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field, model_validator


class ClockSettings(BaseModel):
    """Leave all of it out for real time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    epoch: datetime | None = Field(None, description="Site time at the anchor, with a zone.")
    anchor: datetime | None = Field(None, description="Real time of the epoch; default: now.")
    rate: float = Field(1.0, gt=0, le=3600, description="Site seconds in a real second.")

    @model_validator(mode="after")
    def _whole(self) -> ClockSettings:
        for name in ("epoch", "anchor"):
            value = getattr(self, name)
            if value is not None and value.tzinfo is None:
                raise ValueError(f"{name} needs a zone, for example 2023-09-06T17:35:00Z")
        if self.epoch is None and (self.rate != 1.0 or self.anchor is not None):
            raise ValueError("rate and anchor need an epoch: real time runs at its own rate")
        return self


def anchored(settings: ClockSettings) -> ClockSettings:
    """The settings with an anchor, for processes that are to agree on the time."""
    if settings.epoch is None or settings.anchor is not None:
        return settings
    return settings.model_copy(update={"anchor": datetime.now(UTC)})


class SiteClock:
    """Aware UTC time, and waiting in site time. Steps of the system clock do not move it."""

    def __init__(self, settings: ClockSettings | None = None) -> None:
        settings = settings or ClockSettings()
        real = datetime.now(UTC)
        self.rate = settings.rate
        self.anchor = settings.anchor or real
        start = real
        if settings.epoch is not None:
            start = settings.epoch + (real - self.anchor) * settings.rate
        self._start = start.astimezone(UTC)
        self._monotonic = time.monotonic()

    def now(self) -> datetime:
        """Site time, aware UTC."""
        elapsed_s = (time.monotonic() - self._monotonic) * self.rate
        return self._start + timedelta(seconds=elapsed_s)

    async def sleep(self, seconds: float) -> None:
        """Wait for `seconds` of site time."""
        await asyncio.sleep(max(0.0, seconds) / self.rate)
