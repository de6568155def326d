"""Day-ahead prices of Europe's bidding zones, from Energy-Charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints

from controller.model.samples import PriceSample, Sample
from controller.signals.polled.over import price_over_at
from controller.signals.polled.price_settings import KnownAt, PolledPriceSettings
from controller.signals.polled.settings import Address
from controller.signals.polled.source import Ask, Documents, Page
from controller.signals.reading.json_paths import find
from controller.signals.reading.json_text import parsed
from controller.signals.reading.numbers import scaled
from controller.signals.reading.times import time_reader

MARKET_DAYS = ZoneInfo("Europe/Berlin")
UNIT = "EUR/MWh"
MOST_ROWS = 5_000
LENGTHS = (15, 30, 60)
"""Minutes. A longer distance between two stamps is a gap."""


class PriceEnergyChartsSettings(PolledPriceSettings):
    """Day-ahead prices of a bidding zone, from Energy-Charts."""

    unverified: ClassVar[str] = "intervals of 15 minutes, and prices that are null"
    currency: ClassVar[str] = "EUR"

    adapter: Literal["price_energy_charts"]
    bidding_zone: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{2,16}$")] = Field(
        description="The bidding zone: DE-LU, FR, NO2."
    )
    day_ahead: bool = Field(
        default=False, description="They are beside the price that is paid, and not it."
    )
    base_url: Address = Field(
        "https://api.energy-charts.info", description="Another address of the same."
    )
    known_at: ClassVar[KnownAt] = "start"
    interval_minutes: ClassVar[int] = 60


class EnergyChartsSource(Documents):
    """One document of today and tomorrow: stamps and prices in two lists."""

    def __init__(self, settings: PriceEnergyChartsSettings) -> None:
        self._settings = settings

    def asks(self, now: datetime, /) -> Sequence[Ask]:
        today = now.astimezone(MARKET_DAYS).date()
        query = urlencode(
            {
                "bzn": self._settings.bidding_zone,
                "start": f"{today}",
                "end": f"{today + timedelta(days=1)}",
            }
        )
        return (Ask(f"{self._settings.base_url}/price?{query}"),)

    def read(self, page: Page, /) -> Sequence[PriceSample]:
        settings = self._settings
        return [
            PriceSample(
                start=start,
                end=end,
                price_per_mwh=scaled(price, settings.factor),
                published_at=page.published_at,
                day_ahead=settings.day_ahead,
            )
            for start, end, price in intervals(page.body)
        ]

    def over_at(self, sample: Sample, /) -> datetime | None:
        return price_over_at(sample, "start", self._settings.poll_s)


def intervals(body: bytes) -> list[tuple[datetime, datetime, Any]]:
    """Start, end and price; those that are null, not known yet, are left out.

    Raises:
        ValueError: it is in another unit, or the lists do not fit each other.
    """
    document = parsed(body)
    unit = str(find("unit", document, document))
    if unit.replace(" ", "") != UNIT:
        raise ValueError(f"is in {unit[:20]!r}, not {UNIT}")
    stamps = _listed("unix_seconds", document)
    prices = _listed("price", document)
    if len(stamps) != len(prices):
        raise ValueError(f"has {len(stamps)} stamps and {len(prices)} prices")
    starts = list(_starts(stamps))
    ends = _ends(starts)
    spans = zip(starts, ends, prices, strict=True)
    return [(start, end, price) for start, end, price in spans if price is not None]


def _listed(path: str, document: Any) -> list[Any]:
    found = find(path, document, document)
    if not isinstance(found, list) or len(found) > MOST_ROWS:
        raise ValueError(f"{path} is no list of at most {MOST_ROWS}")
    return found


def _starts(stamps: Sequence[Any]) -> Iterator[datetime]:
    read = time_reader("unix_s", "UTC")
    for number, stamp in enumerate(stamps):
        try:
            yield read(stamp).astimezone(UTC)
        except ValueError as error:
            raise ValueError(f"unix_seconds {number}: {str(stamp)[:40]!r} {error}") from error


def _ends(starts: Sequence[datetime]) -> list[datetime]:
    """Each interval lasts as long as the shortest distance before or after it."""
    steps = [after - before for before, after in pairwise(starts)]
    ends = []
    for number, start in enumerate(starts):
        near = steps[max(0, number - 1) : number + 1]
        step = min(near, default=timedelta(0))
        if step not in [timedelta(minutes=one) for one in LENGTHS]:
            raise ValueError(f"unix_seconds {number}: is {step} from the one beside it")
        try:
            ends.append(start + step)
        except OverflowError:
            raise ValueError(f"unix_seconds {number}: is outside the calendar") from None
    return ends
