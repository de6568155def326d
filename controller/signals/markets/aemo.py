"""Dispatch prices of Australia's National Electricity Market, every five minutes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import ClassVar, Literal
from urllib.parse import unquote

from pydantic import Field

from controller.model.samples import PriceSample, Sample
from controller.signals.markets.aemo_rows import csv_rows, dispatch_prices, published
from controller.signals.polled.over import price_over_at
from controller.signals.polled.price_settings import PolledPriceSettings
from controller.signals.polled.settings import Address
from controller.signals.polled.source import Ask, Page
from controller.signals.reading.csv_rows import text_of
from controller.signals.reading.numbers import scaled
from controller.signals.reading.unzip import member

FOLDER = "Reports/Current/DispatchIS_Reports"
DOCUMENTS = 2
LENGTH = timedelta(minutes=5)

_NAME = re.compile(r"PUBLIC_DISPATCHIS_(\d{12})_(\d{1,20})\.zip", re.IGNORECASE)


class PriceAemoSettings(PolledPriceSettings):
    """Five-minute dispatch prices of a region of the National Electricity Market."""

    unverified: ClassVar[str] = (
        "the folder's page, a whole file with all columns, and rows of an intervention"
    )
    currency: ClassVar[str] = "AUD"

    adapter: Literal["price_aemo"]
    region: Literal["NSW1", "QLD1", "SA1", "TAS1", "VIC1"] = Field(
        description="The region whose regional reference price is paid."
    )
    base_url: Address = Field("https://nemweb.com.au", description="Another address of the same.")
    poll_s: float = Field(
        30.0, ge=5, le=86_400, description="Site seconds between two requests, give or take 10 %."
    )
    cadence_s: float | None = Field(
        300.0, gt=0, le=864_000, description="How often something new is expected."
    )
    known_at: ClassVar[Literal["start", "end"]] = "start"
    day_ahead: ClassVar[bool] = False
    interval_minutes: ClassVar[int] = 5


class AemoSource:
    """The page of a folder, then the last files in it."""

    def __init__(self, settings: PriceAemoSettings) -> None:
        self._settings = settings

    def asks(self, _now: datetime, /) -> Sequence[Ask]:
        return (Ask(f"{self._settings.base_url}/{FOLDER}/", accept="text/html", listing=True),)

    def listed(self, page: Page, _now: datetime, /) -> Sequence[Ask]:
        """By the names alone: where a link leads is not asked."""
        names = {found.group() for found in _NAME.finditer(unquote(text_of(page.body)))}
        if not names:
            raise ValueError("names no file PUBLIC_DISPATCHIS_….zip")
        base = f"{self._settings.base_url}/{FOLDER}"
        return [
            Ask(f"{base}/{name}", accept="application/zip", lasting=True)
            for name in sorted(names, key=str.upper)[-DOCUMENTS:]
        ]

    def read(self, page: Page, /) -> Sequence[PriceSample]:
        settings = self._settings
        _, content = member(page.body, (".csv",), settings.reply_limit_bytes)
        rows = csv_rows(text_of(content))
        first = next(rows, [])
        published_at = min(published(first), page.asked_at)
        return [
            PriceSample(
                start=end - LENGTH,
                end=end,
                price_per_mwh=scaled(price, settings.factor),
                published_at=published_at,
            )
            for end, price in dispatch_prices(chain([first], rows), settings.region)
        ]

    def over_at(self, sample: Sample, /) -> datetime | None:
        return price_over_at(sample, "start", self._settings.poll_s)
