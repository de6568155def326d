"""What a signal from a JSON document has to be told."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, field_validator, model_validator

from controller.signals.local.range import SignalName, check_range
from controller.signals.polled.settings import HttpSourceSettings, JsonPath
from controller.signals.reading.json_paths import parse_path
from controller.signals.reading.local_times import ZoneName


class SignalHttpSettings(HttpSourceSettings):
    """A number, or what the grid says of itself, from a JSON document."""

    adapter: Literal["signal_http"]
    signal: SignalName = Field(description="The name by which rules and floors follow it.")
    value: JsonPath = Field(description="Path of the number, or of the word.")
    condition: bool = Field(
        default=False,
        description=(
            "It is a word of the grid about itself, such as `watch`: it is shown, and nothing "
            "ever follows it."
        ),
    )
    factor: Decimal = Field(
        Decimal(1), gt=0, le=1_000_000, description="Multiplies the number: 1000 for MW to kW."
    )
    least: Decimal | None = Field(
        None, description="The lowest number that is believed, after `factor`; not of a condition."
    )
    most: Decimal | None = Field(None, description="The highest one.")
    max_age_s: int = Field(
        120, ge=1, le=604_800, description="A word older than this is stale: nothing starts on it."
    )
    at: JsonPath | None = Field(
        None,
        description=(
            "Path of the time at which it was measured. Without one the fetch counts, and a "
            "source that stands still looks alive."
        ),
    )
    time_format: Literal["iso8601", "unix_s", "unix_ms"] = Field(
        "iso8601", description="How that time is written."
    )
    zone: ZoneName = Field("UTC", description="Zone of a time that is written without an offset.")
    poll_s: float = Field(
        30.0, ge=1, le=86_400, description="Site seconds between two requests, give or take 10 %."
    )

    @field_validator("value", "at")
    @classmethod
    def _whole_path(cls, path: str | None) -> str | None:
        if path is not None:
            parse_path(path)
        return path

    @model_validator(mode="after")
    def _whole(self) -> SignalHttpSettings:
        if not self.condition:
            check_range(self.least, self.most)
        elif self.least is not None or self.most is not None:
            raise ValueError("a condition is a word: drop least and most")
        if self.max_age_s <= self.poll_s * 1.1:
            raise ValueError("max_age_s has to be above poll_s: it would be stale between two")
        return self
