"""When a price says nothing of now any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from controller.model.samples import PriceSample, Sample
from controller.signals.polled.price_settings import KnownAt


def price_over_at(sample: Sample, known_at: KnownAt, poll_s: float) -> datetime | None:
    """At its end. One that is settled when it is over stands in for what follows until the next
    is: for as long again, and for two polls. None: it is no price."""
    if not isinstance(sample, PriceSample):
        return None
    if known_at == "start" or sample.day_ahead:
        return sample.end
    return sample.end + (sample.end - sample.start) + timedelta(seconds=2 * poll_s)
