"""Prices from a JSON document on the web."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from controller.model.samples import PriceSample, Sample
from controller.signals.polled.over import price_over_at
from controller.signals.polled.source import OneDocument, Page
from controller.signals.prices.http_settings import PriceHttpSettings
from controller.signals.prices.json_rows import read_prices


class PriceHttpSource(OneDocument):
    """A document at one address, whose rows are prices."""

    def __init__(self, settings: PriceHttpSettings) -> None:
        super().__init__(settings.url)
        self._settings = settings

    def read(self, page: Page, /) -> Sequence[PriceSample]:
        """Prices that do not say when they were published bear Last-Modified, or the fetch."""
        return read_prices(page.body, self._settings, page.published_at)

    def over_at(self, sample: Sample, /) -> datetime | None:
        return price_over_at(sample, self._settings.known_at, self._settings.poll_s)
