"""What power costs by time of use, and who pays for a group's power or takes its heat."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from controller.config.calendar import CalendarSettings, holidays_of, season_of
from controller.config.quantities import Kilowatts, PerMwh, PositiveKilowatts
from controller.config.section import Name, NotTruth, Section
from controller.model.grid import SITE
from controller.model.rules import Heat
from controller.model.tariff import (
    DAY_MINUTES,
    Band,
    Consent,
    Forward,
    Holidays,
    Hosting,
    Reserved,
    Schedule,
)

Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Money = Annotated[Decimal, Field(ge=0, le=100_000)]
Month = Annotated[int, Field(ge=1, le=12), NotTruth]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


class TimesSettings(Section):
    """Certain hours of the site's local time."""

    months: list[Month] = Field(default_factory=list)
    """1 is January; none: all."""
    seasons: list[Name] = Field(default_factory=list)
    """Names under `calendar.seasons`; none: the whole year."""
    holidays: Holidays = Holidays.LIKE_OTHERS
    """What the days under `calendar.holidays` are to it: days like others, never its, also its, or
    only its. Of hours over midnight the day on which they begin counts."""
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


class HoursSettings(TimesSettings):
    """The same, with a name in a list."""

    name: Name
    """What it is called in messages."""


class BandSettings(HoursSettings):
    """An adder, or an energy price, at certain hours of the site's local time."""

    per_mwh: PerMwh
    """What it adds to the price of a MWh while it holds; of a tariff's energy the price itself."""


class ReservedSettings(HoursSettings):
    """Power that is reserved with the utility for certain hours, and paid drawn or not."""

    kw: Kilowatts
    """How much; 0 with `excess: pay` is a demand charge."""
    excess: Literal["avoid", "pay"] = "avoid"
    """Whether it is a limit of the site while its hours last, or what is drawn beyond it is paid
    for."""
    per_kw_month: Money = Decimal(0)
    """What a kW of it costs a month."""
    excess_per_kw: Money = Decimal(0)
    """The penalty on each kW of a month's highest demand above it."""


class TariffSettings(Section):
    """What a utility charges by time of use."""

    name: Text
    """Which tariff, by whom and of when: for the record."""
    energy: list[BandSettings] = Field(default_factory=list)
    """The energy price: at every moment exactly one of these holds. A feed `price_tariff` says
    it."""
    reserved: list[ReservedSettings] = Field(default_factory=list)
    """Power that is reserved, by hours."""
    demand_minutes: Annotated[int, Field(ge=1, le=60), NotTruth] = 15
    """The window over whose mean power the utility bills demand; it divides the hour, and
    `interval_minutes` divides it."""


class ForwardSettings(HoursSettings):
    """Power that is bought before it is drawn. What is not drawn of it is sold back at the market's
    price."""

    kw: PositiveKilowatts
    """How much, at every moment of its hours."""
    price_per_mwh: PerMwh | Literal["day_ahead"]
    """What it was bought at; day_ahead: at the price of the feed with `day_ahead`."""
    first: date | None = None
    """The first day, by the site's clocks."""
    last: date | None = None
    """The last day."""

    @model_validator(mode="after")
    def _rising(self) -> ForwardSettings:
        if self.first and self.last and self.last < self.first:
            raise ValueError("last must not be before first")
        return self


class SupplySettings(Section):
    """How power is bought, beside the market of the moment."""

    forwards: list[ForwardSettings] = Field(default_factory=list)
    """Blocks bought forward, and what was bought in the day-ahead market."""


class ScheduleSettings(TimesSettings):
    """A limit at certain hours, by the calendar: noise at night, a feeder that others need."""

    scope: str = SITE
    """What is limited: site, a breaker's name or a group's."""
    limit_kw: Kilowatts
    """The most to draw then."""


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


def to_bands(bands: list[BandSettings], calendar: CalendarSettings) -> tuple[Band, ...]:
    return tuple(_band(one, one.name, one.per_mwh, calendar) for one in bands)


def to_reserved(tariff: TariffSettings | None, calendar: CalendarSettings) -> tuple[Reserved, ...]:
    return tuple(
        Reserved(
            hours=_band(one, one.name, Decimal(0), calendar),
            power_w=int(one.kw * 1000),
            limits=one.excess == "avoid",
            per_kw_month=one.per_kw_month,
            excess_per_kw=one.excess_per_kw,
        )
        for one in (tariff.reserved if tariff else ())
    )


def to_forwards(supply: SupplySettings, calendar: CalendarSettings) -> tuple[Forward, ...]:
    return tuple(_forward(one, calendar) for one in supply.forwards)


def _forward(one: ForwardSettings, calendar: CalendarSettings) -> Forward:
    price = one.price_per_mwh
    fixed = price if isinstance(price, Decimal) else Decimal(0)
    return Forward(
        hours=_band(one, one.name, fixed, calendar),
        power_w=int(one.kw * 1000),
        at_day_ahead=not isinstance(price, Decimal),
        first=one.first,
        last=one.last,
    )


def to_schedules(
    schedules: Mapping[str, ScheduleSettings], calendar: CalendarSettings
) -> tuple[Schedule, ...]:
    return tuple(
        Schedule(
            hours=_band(one, name, Decimal(0), calendar),
            scope=one.scope,
            limit_w=int(one.limit_kw * 1000),
        )
        for name, one in sorted(schedules.items())
    )


def _band(one: TimesSettings, name: str, per_mwh: Decimal, calendar: CalendarSettings) -> Band:
    begin, end = _minutes(one.hours)
    apart = one.holidays is not Holidays.LIKE_OTHERS
    return Band(
        name=name,
        per_mwh=per_mwh,
        seasons=tuple(sorted(season_of(calendar.seasons[name]) for name in set(one.seasons))),
        holiday=one.holidays,
        holidays=holidays_of(calendar) if apart else (),
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
