"""How files of the revenue meter are judged, as the configuration says."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from controller.model.base import Model


class RevenueRules(Model, frozen=True, kw_only=True):
    minutes: int
    """Length of the revenue meter's intervals."""
    interval_minutes: int
    """Length of the books' own."""
    max_w: int
    """The most that can be drawn at the metering point."""
    tolerance: Decimal
    """Part of the billed energy by which our meter may differ,"""
    tolerance_wh: Decimal
    """or this much in one span, if that is more."""
    oldest: timedelta
    """A file that ends longer ago is doubted."""

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    @property
    def most_wh(self) -> Decimal:
        """The most energy of one interval."""
        return Decimal(self.max_w) * self.minutes / 60
