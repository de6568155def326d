"""What power costs by time of use, and who pays for a group's power or takes its heat."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from controller.config.quantities import Kilowatts, PerMwh, PositiveKilowatts
from controller.config.section import Name, NotTruth, Section
from controller.model.rules import Heat
from controller.model.tariff import DAY_MINUTES, Band, Consent, Hosting

Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Month = Annotated[int, Field(ge=1, le=12), NotTruth]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


class BandSettings(Section):
    """An adder at certain hours of the site's local time."""

    name: Name
    """What it is called in messages."""
    per_mwh: PerMwh
    """What it adds to the price of a MWh while it holds."""
    months: list[Month] = Field(default_factory=list)
    """1 is January; none: all."""
    weekdays: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = Field(
        default_factory=list
    )
    """None: all. Of hours over midnight the day on which they begin counts."""
    hours: str = "00:00-24:00"
    """In local time, from the first minute to just before the second; 22:00-06:00 goes over
    midnight. An hour that clocks skip has none of it, one that they repeat all of it twice."""

    @field_validator("hours")
    @classmethod
    def _readable(cls, hours: str) -> str:
        begin, end = _minutes(hours)
        if begin == end:
            raise ValueError("begins and ends at the same time: leave it out for the whole day")
        return hours


def _minutes(hours: str) -> tuple[int, int]:
    """
    Raises:
        ValueError: it is no span of hours.
    """
    found = _HOURS.fullmatch(hours)
    numbers = [int(part) for part in found.groups()] if found else [24, 0, 0, 0]
    begin, end = (60 * numbers[0] + numbers[1], 60 * numbers[2] + numbers[3])
    fits = max(numbers[1], numbers[3]) < 60 and begin < DAY_MINUTES and end <= DAY_MINUTES
    if not fits:
        raise ValueError("must be two times of the day such as 14:00-19:00, at most 24:00")
    return begin, end


class HostingSettings(Section):
    """The miners are a client's, and so are the hashes; the client pays for the power."""

    client: Text
    """Who it is, for the record."""
    price_per_mwh: PerMwh
    """What the client pays for what its miners draw: where every one of them breaks even."""
    consent: Consent = Consent.LIMITS
    """For what the client lets its miners be curtailed. `price`: for money too; `limits`: for
    limits only, in order of merit; `last`: for limits only, when nothing else is left."""


class HeatSettings(Section):
    """Heat that somebody takes from the group: a floor, after reserves and commitments."""

    most_kw: PositiveKilowatts
    """The most that is promised."""
    signal: Name | None = None
    """The signal that says what is asked for now, in W; without one it is always most_kw."""
    silent_kw: Kilowatts = Decimal(0)
    """While the signal says nothing what runs is kept up to this, and nothing starts for it."""
    source: Text = "heat"
    """Who takes it, for the record."""

    @model_validator(mode="after")
    def _fits(self) -> HeatSettings:
        if self.silent_kw and self.signal is None:
            raise ValueError("silent_kw says nothing without a signal: give both, or neither")
        if self.silent_kw > self.most_kw:
            raise ValueError("silent_kw must not be above most_kw")
        return self


def to_bands(bands: list[BandSettings]) -> tuple[Band, ...]:
    return tuple(_band(one) for one in bands)


def _band(one: BandSettings) -> Band:
    begin, end = _minutes(one.hours)
    return Band(
        name=one.name,
        per_mwh=one.per_mwh,
        months=tuple(sorted(set(one.months))),
        weekdays=tuple(sorted({WEEKDAYS.index(day) + 1 for day in one.weekdays})),
        from_minute=begin,
        to_minute=end,
    )


def to_hosting(hosting: HostingSettings | None) -> Hosting | None:
    if hosting is None:
        return None
    return Hosting(
        client=hosting.client, price_per_mwh=hosting.price_per_mwh, consent=hosting.consent
    )


def to_heat(heat: HeatSettings | None) -> Heat | None:
    if heat is None:
        return None
    return Heat(
        most_w=int(heat.most_kw * 1000),
        signal=heat.signal or "",
        silent_w=int(heat.silent_kw * 1000),
        source=heat.source,
    )
