"""Prices of ERCOT, the grid of Texas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from controller.model.samples import PriceSample, Sample
from controller.signals.markets.ercot_listing import listing, newest
from controller.signals.markets.ercot_settings import PRODUCTS, PriceErcotSettings
from controller.signals.markets.ercot_tables import intervals
from controller.signals.polled.over import price_over_at
from controller.signals.polled.source import Ask, Page
from controller.signals.reading.csv_rows import text_of
from controller.signals.reading.numbers import scaled
from controller.signals.reading.unzip import member

DOCUMENTS = 3
"""The last of each report: of quarters and runs one document each, of the day ahead each day."""


class ErcotSource:
    """A report's list of documents, then the last of them."""

    def __init__(self, settings: PriceErcotSettings) -> None:
        self._settings = settings

    def asks(self, _now: datetime, /) -> Sequence[Ask]:
        return (listing(self._settings.base_url, PRODUCTS[self._settings.product].report),)

    def listed(self, page: Page, _now: datetime, /) -> Sequence[Ask]:
        return newest(page.body, self._settings.base_url, DOCUMENTS)

    def read(self, page: Page, /) -> Sequence[PriceSample]:
        settings = self._settings
        _, content = member(page.body, (".csv",), settings.reply_limit_bytes)
        return [
            PriceSample(
                start=one.start,
                end=one.end,
                price_per_mwh=scaled(one.price, settings.factor),
                published_at=page.published_at,
                day_ahead=settings.day_ahead,
            )
            for one in intervals(text_of(content), settings)
        ]

    def over_at(self, sample: Sample, /) -> datetime | None:
        return price_over_at(sample, self._settings.known_at, self._settings.poll_s)
