"""What power costs beyond its market price, and who pays for a group's power."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from controller.model.base import Model

DAY_MINUTES = 1440


class Holidays(StrEnum):
    """What holidays are to a band."""

    LIKE_OTHERS = "like_others"
    """Days as all others."""
    NEVER = "never"
    """It does not hold then."""
    ALSO = "also"
    """It holds then, whatever day of the week it is."""
    ONLY = "only"
    """It holds on no other day."""


class Band(Model, frozen=True, kw_only=True):
    """What holds at certain hours of the site's local time: an adder, or a price."""

    name: str
    per_mwh: Decimal
    months: tuple[int, ...] = ()
    """1 is January; empty: all."""
    seasons: tuple[tuple[int, int], ...] = ()
    """First and last day of each as month × 100 + day; empty: the whole year."""
    weekdays: tuple[int, ...] = ()
    """1 is Monday; empty: all."""
    holiday: Holidays = Holidays.LIKE_OTHERS
    holidays: tuple[date, ...] = ()
    """Where they are not like other days."""
    from_minute: int = 0
    """Of the local day, included."""
    to_minute: int = DAY_MINUTES
    """Excluded. At or below `from_minute` it is of the day after; the day of the start counts."""


class Consent(StrEnum):
    """For what a client lets its miners be curtailed. Limits hold for everybody."""

    PRICE = "price"
    """For money too: where its power costs more than the client pays for it."""
    LIMITS = "limits"
    """For limits only, in the order of merit."""
    LAST = "last"
    """For limits only, when nothing else is left to curtail."""


class Hosting(Model, frozen=True, kw_only=True):
    """Miners of a client: the hashes are the client's, who pays for the power."""

    client: str
    price_per_mwh: Decimal
    """What the client pays for what its miners draw."""
    consent: Consent = Consent.LIMITS


class Schedule(Model, frozen=True, kw_only=True):
    """A limit that holds at certain hours, by a calendar and nobody's word."""

    hours: Band
    """Its `per_mwh` says nothing."""
    scope: str
    limit_w: int


class Forward(Model, frozen=True, kw_only=True):
    """Power that is bought before it is drawn: a block, or what the day-ahead market sold."""

    hours: Band
    """Its `per_mwh` is the price, unless that is the day-ahead market's."""
    power_w: int
    at_day_ahead: bool = False
    first: date | None = None
    """The first local day that it is of; None: all before `last`."""
    last: date | None = None


class Reserved(Model, frozen=True, kw_only=True):
    """Power that is reserved with the utility for certain hours, and paid whether it is drawn or
    not."""

    hours: Band
    """Its `per_mwh` says nothing."""
    power_w: int
    limits: bool = True
    """It is a limit; else what is drawn beyond it is paid for."""
    per_kw_month: Decimal = Decimal(0)
    excess_per_kw: Decimal = Decimal(0)
    """On the highest demand of a month above it, for each kW."""
