"""Prices of a tariff by time of use: they need no network, and are known ahead."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from controller.core.economics.time_of_use import day_prices
from controller.model.samples import PriceSample
from controller.model.tariff import Band
from controller.ports import Clock

DAYS_AHEAD = 2


class PriceTariffSettings(BaseModel):
    """The energy prices of `tariff.energy`, by the clocks of `site.zone`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    adapter: Literal["price_tariff"]
    known_at: ClassVar[Literal["start", "end"]] = "start"
    day_ahead: ClassVar[bool] = False
    interval_minutes: ClassVar[int] = 60


class PriceTariff:
    """Says today's prices and those of the days that follow, then each day one more."""

    def __init__(self, name: str, bands: Sequence[Band], zone: str, clock: Clock) -> None:
        self.name = name
        self._bands = bands
        self._zone = ZoneInfo(zone)
        self._clock = clock

    async def samples(self) -> AsyncGenerator[PriceSample, None]:
        """By rising start; what is over is left out."""
        day = self._today()
        while True:
            while day <= self._today() + timedelta(days=DAYS_AHEAD):
                for price in self._prices(day):
                    yield price
                day += timedelta(days=1)
            await self._clock.sleep(self._until_midnight_s())

    def _prices(self, day: date) -> list[PriceSample]:
        now = self._clock.now()
        return [
            PriceSample(
                start=span.start,
                end=span.end,
                price_per_mwh=str(span.per_mwh),
                published_at=min(now, span.start),
            )
            for span in day_prices(self._bands, day, self._zone)
            if span.end > now
        ]

    def _today(self) -> date:
        return self._clock.now().astimezone(self._zone).date()

    def _until_midnight_s(self) -> float:
        tomorrow = datetime.combine(
            self._today() + timedelta(days=1), datetime.min.time(), self._zone
        )
        return (tomorrow.astimezone(UTC) - self._clock.now()).total_seconds()
