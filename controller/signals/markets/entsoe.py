"""Day-ahead prices of Europe's bidding zones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from controller.model.samples import PriceSample, Sample
from controller.signals.markets.entsoe_document import intervals
from controller.signals.markets.entsoe_settings import PriceEntsoeSettings
from controller.signals.polled.over import price_over_at
from controller.signals.polled.source import Ask, Documents, Page
from controller.signals.reading.numbers import scaled

MARKET_DAYS = ZoneInfo("Europe/Brussels")


class EntsoeSource(Documents):
    """One document of today and tomorrow, which comes about 13:00."""

    def __init__(self, settings: PriceEntsoeSettings) -> None:
        self._settings = settings

    def asks(self, now: datetime, /) -> Sequence[Ask]:
        today, area = now.astimezone(MARKET_DAYS).date(), self._settings.area
        first, last = (
            datetime.combine(today + timedelta(days=days), time(), MARKET_DAYS).astimezone(UTC)
            for days in (0, 2)
        )
        query = urlencode(
            {
                "documentType": "A44",
                "in_Domain": area,
                "out_Domain": area,
                "periodStart": f"{first:%Y%m%d%H%M}",
                "periodEnd": f"{last:%Y%m%d%H%M}",
            }
        )
        return (Ask(f"{self._settings.base_url}/api?{query}", accept="application/xml"),)

    def read(self, page: Page, /) -> Sequence[PriceSample]:
        settings = self._settings
        return [
            PriceSample(
                start=one.start,
                end=one.end,
                price_per_mwh=scaled(one.price, settings.factor),
                published_at=page.published_at,
                day_ahead=settings.day_ahead,
            )
            for one in intervals(page.body, settings)
        ]

    def over_at(self, sample: Sample, /) -> datetime | None:
        return price_over_at(sample, "start", self._settings.poll_s)
