"""What power costs beyond its market price, and who pays for a group's power."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from controller.model.base import Model

DAY_MINUTES = 1440


class Band(Model, frozen=True, kw_only=True):
    """An adder at certain hours of the site's local time."""

    name: str
    per_mwh: Decimal
    months: tuple[int, ...] = ()
    """1 is January; empty: all."""
    weekdays: tuple[int, ...] = ()
    """1 is Monday; empty: all."""
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
