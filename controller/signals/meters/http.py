"""A meter with a JSON interface over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from controller.model.samples import MeterSample
from controller.signals.meters.json_reading import JsonMeter, MeterReadingSettings
from controller.signals.polled.settings import HttpSourceSettings, JsonPath
from controller.signals.polled.source import OneDocument, Page
from controller.signals.reading.json_paths import find
from controller.signals.reading.json_text import parsed


class MeterHttpSettings(HttpSourceSettings, MeterReadingSettings):
    """A meter whose readings are JSON documents."""

    adapter: Literal["meter_http"]
    value: JsonPath = Field(description="Path of the power.")
    poll_s: float = Field(
        5.0, ge=1, le=3600, description="Site seconds between two requests, give or take 10 %."
    )


class MeterHttpSource(OneDocument):
    """A document at one address."""

    def __init__(self, settings: MeterHttpSettings) -> None:
        super().__init__(settings.url)
        self._settings = settings
        self._meter = JsonMeter(settings)

    def read(self, page: Page, /) -> Sequence[MeterSample]:
        document = parsed(page.body, self._settings.expect)
        power = find(self._settings.value, document, document)
        return (self._meter.sample(power, document, page.asked_at),)
