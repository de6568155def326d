"""A meter's reading in a JSON document, whichever way it comes."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, DecimalException
from typing import Any, Literal

from pydantic import BaseModel, Field

from controller.model.grid import SITE
from controller.model.samples import MeterSample
from controller.signals.meters.mapped import LARGEST_WH
from controller.signals.meters.own_clock import OwnClock
from controller.signals.meters.register_map import WATTS
from controller.signals.polled.settings import JsonPath
from controller.signals.reading.json_paths import find
from controller.signals.reading.local_times import ZoneName
from controller.signals.reading.times import time_reader

LONGEST = 64
"""Characters of a number."""


class MeterReadingSettings(BaseModel):
    """Where power, counter and time stand, and in what unit."""

    scope: str = Field(
        SITE, min_length=1, description="What it meters: `site`, a breaker, a group, a neighbour."
    )
    unit: Literal["w", "kw", "mw"] = Field("w", description="Of the power; import is positive.")
    factor: Decimal = Field(
        Decimal(1),
        ge=-1_000_000,
        le=1_000_000,
        description="Multiplies power and counter: the ratio of transformers, or -1.",
    )
    energy: JsonPath | None = Field(
        None, description="Path of the import counter, where there is one."
    )
    energy_unit: Literal["wh", "kwh", "mwh"] = Field("wh", description="Of the counter.")
    at: JsonPath | None = Field(
        None, description="Path of the time of the reading by the meter's own clock."
    )
    time_format: Literal["iso8601", "unix_s", "unix_ms"] = Field(
        "iso8601", description="How that time is written."
    )
    zone: ZoneName = Field("UTC", description="Zone of a time that is written without an offset.")
    clock_tolerance_s: float = Field(
        0.0,
        ge=0,
        le=86_400,
        description=(
            "By how much that clock may be off: its times are moved by what it is off. 0: they "
            "count as they are."
        ),
    )


class JsonMeter:
    """Reads one meter's documents, in the order in which they come."""

    def __init__(self, settings: MeterReadingSettings) -> None:
        self._settings = settings
        self._clock = OwnClock(settings.clock_tolerance_s)

    def sample(self, power: Any, document: Any, arrived_at: datetime) -> MeterSample:
        """
        Raises:
            ValueError: power, counter or time cannot be read, or its clock is too far off.
        """
        settings = self._settings
        power_w = _number(power) * WATTS[settings.unit] * settings.factor
        energy_wh = None
        if settings.energy is not None:
            counted = _number(find(settings.energy, document, document)) * settings.factor
            counted *= WATTS[settings.energy_unit.removesuffix("h")]
            if not 0 <= counted < LARGEST_WH:
                raise ValueError(f"path {settings.energy}: {counted:.0f} Wh is no counter")
            energy_wh = int(counted)
        at = arrived_at if settings.at is None else self._measured(document, arrived_at)
        return MeterSample(scope=settings.scope, at=at, power_w=float(power_w), energy_wh=energy_wh)

    def _measured(self, document: Any, arrived_at: datetime) -> datetime:
        settings = self._settings
        path = settings.at or ""
        written = find(path, document, document)
        try:
            stamp = time_reader(settings.time_format, settings.zone)(written).astimezone(UTC)
            return self._clock.moved(stamp, arrived_at)
        except (ValueError, OverflowError) as error:
            raise ValueError(f"path {path}: {str(written)[:40]!r} {error}") from error


def _number(value: Any) -> Decimal:
    try:
        number = Decimal(value) if isinstance(value, str) and len(value) <= LONGEST else None
    except DecimalException:
        number = None
    if number is None or not number.is_finite() or not -LARGEST_WH < number < LARGEST_WH:
        raise ValueError(f"has {str(value)[:40]!r} where a number belongs")
    return number
