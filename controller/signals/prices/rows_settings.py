"""How rows of prices stand in a JSON document."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Field, field_validator, model_validator

from controller.signals.polled.price_settings import KnownAt
from controller.signals.polled.settings import JsonPath
from controller.signals.reading.json_paths import parse_path
from controller.signals.reading.local_times import ZoneName

UNITS = {"per_mwh": Decimal(1), "per_kwh": Decimal(1000), "cents_per_kwh": Decimal(10)}
"""What a price is multiplied with to be per MWh."""


class PriceRowsSettings(BaseModel):
    """Where prices stand, of what times, in what unit."""

    expect: dict[JsonPath, str] = Field(
        default_factory=dict,
        description="Paths and what has to stand there, such as `$.currency: EUR`.",
    )
    factor: Decimal = Field(
        Decimal(1), gt=0, le=1_000_000, description="Multiplies every price: tax, rate of exchange."
    )
    rows: JsonPath = Field(
        description="Path of the list of prices, or of a single one; `$` is the whole document."
    )
    start: JsonPath = Field(description="Path of an interval's start, from its row.")
    end: JsonPath | None = Field(None, description="Path of its end; or give `interval_minutes`.")
    interval_minutes: int | None = Field(
        None, ge=1, le=1440, description="Length of every interval, where no end is written."
    )
    price: JsonPath = Field(description="Path of the price, from its row.")
    published_at: JsonPath | None = Field(
        None, description="Path of the time of publication; else Last-Modified, else the fetch."
    )
    known_at: KnownAt = Field(
        "start",
        description=(
            "`start`: a price holds in its interval. `end`: it is settled only when its interval "
            "is over, and is acted upon until the next one is."
        ),
    )
    day_ahead: bool = Field(
        default=False, description="They are the day-ahead market's, and not what is paid."
    )
    time_format: Literal["iso8601", "unix_s", "unix_ms"] = Field(
        "iso8601", description="How times are written."
    )
    zone: ZoneName = Field("UTC", description="Zone of times that are written without an offset.")
    unit: Literal["per_mwh", "per_kwh", "cents_per_kwh"] = Field(
        "per_mwh", description="What the price is for, in the site's currency."
    )

    @field_validator("rows", "start", "end", "price", "published_at")
    @classmethod
    def _whole_path(cls, path: str | None) -> str | None:
        if path is not None:
            parse_path(path)
        return path

    @model_validator(mode="after")
    def _whole(self) -> PriceRowsSettings:
        if (self.end is None) == (self.interval_minutes is None):
            raise ValueError("give either end or interval_minutes")
        return self
