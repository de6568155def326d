"""From the section `revenue_meter` to the rules of the core."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from controller.config.compose import Settings
from controller.config.site import to_board
from controller.core.books.revenue.rules import RevenueRules
from controller.signals.revenue.settings import RevenueMeterSettings


def to_revenue_rules(settings: Settings, meter: RevenueMeterSettings) -> RevenueRules:
    """How files of `meter` are judged and compared."""
    return RevenueRules(
        minutes=meter.interval_minutes,
        interval_minutes=settings.interval_minutes,
        max_w=to_board(settings).meter_max_w,
        tolerance=meter.tolerance_percent / 100,
        tolerance_wh=meter.tolerance_kwh * Decimal(1000),
        oldest=timedelta(days=meter.oldest_days),
    )
