"""Day-ahead prices of Nord Pool."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints

from controller.model.samples import PriceSample, Sample
from controller.signals.markets.entsoe_settings import Currency
from controller.signals.polled.over import price_over_at
from controller.signals.polled.price_settings import KnownAt, PolledPriceSettings
from controller.signals.polled.settings import Address
from controller.signals.polled.source import Ask, Documents, Page
from controller.signals.reading.json_paths import find
from controller.signals.reading.json_text import parsed
from controller.signals.reading.numbers import scaled
from controller.signals.reading.wall_times import zoned

MARKET_DAYS = ZoneInfo("Europe/Oslo")
NOT_YET = frozenset({204})
MOST_ROWS = 1_000


class PriceNordpoolSettings(PolledPriceSettings):
    """Day-ahead prices of a delivery area of Nord Pool."""

    unverified: ClassVar[str] = "intervals of 15 minutes, and a day that is not published yet"

    adapter: Literal["price_nordpool"]
    area: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,8}$")] = Field(
        description="The delivery area: NO1, SE3, NL."
    )
    currency: Currency = Field("EUR", description="What to ask for; prices in another are refused.")
    day_ahead: bool = Field(
        default=False, description="They are beside the price that is paid, and not it."
    )
    base_url: Address = Field(
        "https://dataportal-api.nordpoolgroup.com", description="Another address of the same."
    )
    known_at: ClassVar[KnownAt] = "start"
    interval_minutes: ClassVar[int] = 60


class NordpoolSource(Documents):
    """A document for each day by Central European clocks."""

    def __init__(self, settings: PriceNordpoolSettings) -> None:
        self._settings = settings

    def asks(self, now: datetime, /) -> Sequence[Ask]:
        """Today's, and tomorrow's, which comes about 12:45."""
        today = now.astimezone(MARKET_DAYS).date()
        return [self._ask(f"{today + timedelta(days=days)}") for days in (0, 1)]

    def _ask(self, date: str) -> Ask:
        settings = self._settings
        query = urlencode(
            {
                "date": date,
                "market": "DayAhead",
                "deliveryArea": settings.area,
                "currency": settings.currency,
            }
        )
        return Ask(f"{settings.base_url}/api/DayAheadPrices?{query}", nothing=NOT_YET)

    def read(self, page: Page, /) -> Sequence[PriceSample]:
        """A preliminary price is revised by a later `updatedAt`."""
        settings, document = self._settings, parsed(page.body)
        currency = find("currency", document, document)
        if currency != settings.currency:
            raise ValueError(f"is in {str(currency)[:8]!r}, not {settings.currency}")
        rows = find("multiAreaEntries", document, document)
        if not isinstance(rows, list) or len(rows) > MOST_ROWS:
            raise ValueError(f"multiAreaEntries is no list of at most {MOST_ROWS} prices")
        updated_at = min(_time(document, "updatedAt"), page.asked_at)
        return [self._sample(number, row, updated_at) for number, row in enumerate(rows)]

    def _sample(self, number: int, row: Any, updated_at: datetime) -> PriceSample:
        settings = self._settings
        try:
            price = find(f"entryPerArea.{settings.area}", row, row)
            start, end = _time(row, "deliveryStart"), _time(row, "deliveryEnd")
        except ValueError as error:
            raise ValueError(f"multiAreaEntries {number}: {error}") from error
        return PriceSample(
            start=start,
            end=end,
            price_per_mwh=scaled(price, settings.factor),
            published_at=updated_at,
            day_ahead=settings.day_ahead,
        )

    def over_at(self, sample: Sample, /) -> datetime | None:
        return price_over_at(sample, "start", self._settings.poll_s)


def _time(document: Any, path: str) -> datetime:
    """Nord Pool writes seven digits of a second's fraction, of which six are read."""
    written = str(find(path, document, document))
    return zoned(written)
