"""A hashprice that somebody else reckoned, from a JSON document."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from pydantic import Field

from controller.model.samples import HashpriceSample
from controller.signals.mining.facts import number_at
from controller.signals.polled.settings import HttpSourceSettings, JsonPath
from controller.signals.polled.source import OneDocument, Page
from controller.signals.reading.json_text import parsed

UNITS = {"per_ph_day": Decimal(1), "per_th_day": Decimal(1000)}


class HashpriceHttpSettings(HttpSourceSettings):
    """A hashprice from a JSON document that is fetched again and again."""

    adapter: Literal["hashprice_http"]
    value: JsonPath = Field(description="Path of the hashprice.")
    unit: Literal["per_ph_day", "per_th_day"] = Field(
        "per_ph_day", description="What it is for, in the site's currency."
    )
    factor: Decimal = Field(
        Decimal(1), gt=0, le=1_000_000, description="Multiplies it: a rate of exchange."
    )
    max_age_s: int = Field(
        21_600, ge=60, le=604_800, description="A hashprice older than this is stale."
    )


class HashpriceHttpSource(OneDocument):
    """A document at one address."""

    def __init__(self, settings: HashpriceHttpSettings) -> None:
        super().__init__(settings.url)
        self._settings = settings

    def read(self, page: Page, /) -> Sequence[HashpriceSample]:
        settings = self._settings
        value = number_at(settings.value, parsed(page.body, settings.expect))
        per_ph_day = value * UNITS[settings.unit] * settings.factor
        return (HashpriceSample(at=page.asked_at, per_ph_day=str(per_ph_day)),)
