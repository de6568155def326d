"""Messages that hold one value: a hashprice, a meter's reading, a signal, a word of the grid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field, model_validator

from controller.model.samples import (
    ConditionSample,
    HashpriceSample,
    Sample,
    SignalSample,
)
from controller.signals.local.range import SignalName, check_range
from controller.signals.meters.json_reading import JsonMeter, MeterReadingSettings
from controller.signals.reading.json_paths import find
from controller.signals.reading.json_text import parsed
from controller.signals.reading.numbers import scaled
from controller.signals.reading.times import time_reader
from controller.signals.subscribed.settings import ValueSettings

LONGEST = 64
"""Characters of a message that is the number itself."""


class HashpriceMqttSettings(ValueSettings):
    """A hashprice in each message."""

    adapter: Literal["hashprice_mqtt"]
    factor: Decimal = Field(
        Decimal(1), gt=0, le=1_000_000, description="Makes it currency per PH/s and day."
    )
    max_age_s: int = Field(
        21_600, ge=60, le=604_800, description="A hashprice older than this is stale."
    )


class SignalMqttSettings(ValueSettings):
    """A number, or what the grid says of itself, in each message."""

    adapter: Literal["signal_mqtt"]
    signal: SignalName = Field(description="The name by which rules and floors follow it.")
    condition: bool = Field(
        default=False, description="It is a word of the grid about itself: nothing follows it."
    )
    factor: Decimal = Field(Decimal(1), gt=0, le=1_000_000, description="Multiplies the number.")
    least: Decimal | None = Field(
        None, description="The lowest number that is believed, after `factor`; not of a condition."
    )
    most: Decimal | None = Field(None, description="The highest one.")
    max_age_s: int = Field(
        30, ge=1, le=604_800, description="A word older than this is stale: nothing starts on it."
    )

    @model_validator(mode="after")
    def _whole(self) -> SignalMqttSettings:
        if not self.condition:
            check_range(self.least, self.most)
        elif self.least is not None or self.most is not None:
            raise ValueError("a condition is a word: drop least and most")
        return self


class MeterMqttSettings(ValueSettings, MeterReadingSettings):
    """A meter's reading in each message."""

    adapter: Literal["meter_mqtt"]

    @model_validator(mode="after")
    def _whole(self) -> MeterMqttSettings:
        if self.energy is not None and self.value is None:
            raise ValueError("energy stands in a JSON document: give value too")
        return self


class ValueReader:
    """One value, and when it was measured."""

    def __init__(self, settings: ValueSettings) -> None:
        self._settings = settings
        self._meter = JsonMeter(settings) if isinstance(settings, MeterMqttSettings) else None

    def read(self, payload: bytes, at: datetime, *, retained: bool) -> Sequence[Sample]:
        settings = self._settings
        if retained and settings.at is None:
            return ()
        if settings.value is None:
            document, value = None, _plain(payload)
        else:
            document = parsed(payload)
            value = find(settings.value, document, document)
        if self._meter is not None:
            return (self._meter.sample(value, document, at),)
        if settings.at is not None:
            at = self._time(document if document is not None else parsed(payload))
        return (self._sample(value, at),)

    def _time(self, document: Any) -> datetime:
        settings = self._settings
        path = settings.at or ""
        written = find(path, document, document)
        try:
            return time_reader(settings.time_format, settings.zone)(written).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise ValueError(f"path {path}: {str(written)[:40]!r} {error}") from error

    def _sample(self, value: Any, at: datetime) -> Sample:
        settings = self._settings
        match settings:
            case HashpriceMqttSettings():
                return HashpriceSample(at=at, per_ph_day=scaled(value, settings.factor))
            case SignalMqttSettings(condition=True):
                return ConditionSample(name=settings.signal, at=at, text=_word(value))
            case SignalMqttSettings():
                text = scaled(value, settings.factor)
                return SignalSample(name=settings.signal, at=at, value=text)
            case _:
                raise AssertionError(settings.adapter)


def _plain(payload: bytes) -> str:
    try:
        text = payload.decode().strip()
    except UnicodeDecodeError:
        text = ""
    if not text or len(text) > LONGEST:
        raise ValueError("is no number; where it is a JSON document give value")
    return text


def _word(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("has no word where value says")
    return value
