"""What feeds say, before it has been judged."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from controller.model.base import Model


class PriceSample(Model, frozen=True, kw_only=True, tag="price"):
    """A price for an interval. Not yet judged: it may be NaN, late or overlap another."""

    start: datetime
    end: datetime
    price_per_mwh: str
    """As it was read: judging it is the core's work."""
    published_at: datetime
    day_ahead: bool = False
    """It is the day-ahead market's: known long before, and not what is paid."""


class HashpriceSample(Model, frozen=True, kw_only=True, tag="hashprice"):
    """A hashprice from a moment on."""

    at: datetime
    per_ph_day: str


class MeterSample(Model, frozen=True, kw_only=True, tag="meter"):
    """A meter's reading of a scope."""

    scope: str
    at: datetime
    power_w: float
    energy_wh: int | None = None
    """Its import counter, where it has one."""


class SignalSample(Model, frozen=True, kw_only=True, tag="signal"):
    """A number that a limit or a floor may follow: a temperature, a frequency, available power."""

    name: str
    at: datetime
    value: str
    """As it was read, in the unit of whoever follows it."""


class ConditionSample(Model, frozen=True, kw_only=True, tag="condition"):
    """What the grid says of itself in public, in its own words. It informs and never orders."""

    name: str
    at: datetime
    text: str


Sample: TypeAlias = PriceSample | HashpriceSample | MeterSample | SignalSample | ConditionSample
