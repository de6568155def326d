"""Prices for tests, on one day, with times written as HH:MM."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from controller.core.observations.quality import Range
from controller.core.observations.timeline import PriceTimeline
from controller.model.samples import PriceSample

BOUNDS = Range(low=Decimal(-500), high=Decimal(5000))


def clock(text: str, day: int = 6) -> datetime:
    hour, minute = text.split(":")
    return datetime(2023, 9, day, int(hour), int(minute), tzinfo=UTC)


def price(interval: str, value: str = "25", published: str | None = None) -> PriceSample:
    """`interval` is like "14:00-14:15"; published at its start unless told."""
    start, end = interval.split("-")
    return PriceSample(
        start=clock(start),
        end=clock(end),
        price_per_mwh=value,
        published_at=clock(published or start),
    )


def timeline(*samples: PriceSample, now: str = "00:00") -> PriceTimeline:
    """A timeline that took all of them, each at `now` or, if later, when it was published."""
    line = PriceTimeline(stale_after_s=900)
    for sample in samples:
        offered = line.offer(sample, max(clock(now), sample.published_at), BOUNDS)
        assert isinstance(offered, PriceTimeline), offered
        line = offered
    return line
