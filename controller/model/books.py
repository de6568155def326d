"""Settlement intervals: metered energy, money, and who caused what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from controller.model.base import Model
from controller.reasons import Reason


class CurtailedEnergy(Model, frozen=True, kw_only=True):
    """Energy not used, by one primary cause. An estimate by nature: nobody metered it."""

    energy_wh: Decimal
    avoided_cost: Decimal
    foregone_revenue: Decimal


class Interval(Model, frozen=True, kw_only=True):
    """One settlement interval. A correction is a new row with a higher version."""

    start: datetime
    end: datetime
    version: int = 1
    energy_wh: Decimal | None = None
    """Metered; None when the meter did not cover the interval."""
    energy_estimated_wh: Decimal | None = None
    """Where it was not metered: from power, and marked by standing here."""
    billed_wh: Decimal | None = None
    """What the revenue meter counted; None until a file of it was imported. It stands beside our
    own meter's energy and never in its place."""
    billed_estimated: bool = False
    """The utility marked some of `billed_wh` as its own estimate."""
    price_per_mwh: Decimal | None = None
    """Full marginal price, mean over the interval."""
    market_per_mwh: Decimal | None = None
    """The market's part of it: energy alone. None also in books of before it was kept."""
    day_ahead_per_mwh: Decimal | None = None
    """What the day-ahead market cleared at, mean over the interval, where that is known."""
    energy_cost: Decimal | None = None
    hash_revenue: Decimal = Decimal(0)
    """Estimated from what the miners reported."""
    expected_th: Decimal | None = None
    """Terahashes by the levels of our own miners, as far as it is known what pools accepted of
    them. None also in books of before it was kept."""
    accepted_th: Decimal | None = None
    """Terahashes of the same that pools accepted, as the miners count it."""
    hosting_revenue: Decimal = Decimal(0)
    """What clients owe for the power of their miners; estimated as that power is."""
    curtailed: Mapping[Reason, CurtailedEnergy] = {}
    dispatches: tuple[str, ...] = ()
    """Those whose time it was at any moment of it, also where a person had opted out, and those for
    which load went ahead of their start."""

    @property
    def paid_wh(self) -> Decimal | None:
        """What its cost is of: the revenue meter's energy, else that of our meter, else the
        estimate; None where nothing is known."""
        if self.billed_wh is not None:
            return self.billed_wh
        return self.energy_estimated_wh if self.energy_wh is None else self.energy_wh


class Totals(Model, frozen=True, kw_only=True):
    """The sum of closed intervals and the open one, for the page."""

    since: datetime | None = None
    energy_wh: Decimal = Decimal(0)
    energy_cost: Decimal = Decimal(0)
    hash_revenue: Decimal = Decimal(0)
    hosting_revenue: Decimal = Decimal(0)
    curtailed_wh: Decimal = Decimal(0)
    avoided_cost: Decimal = Decimal(0)
    foregone_revenue: Decimal = Decimal(0)
    expected_th: Decimal = Decimal(0)
    accepted_th: Decimal = Decimal(0)
