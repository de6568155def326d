"""Prices of exactly 0: a market at rest, or a source whose figures are gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from controller.model.samples import PriceSample
from controller.signals.polled.price_settings import ZeroSettings


def doubtful(
    prices: Sequence[PriceSample], before: PriceSample | None, settings: ZeroSettings
) -> list[PriceSample]:
    """Those of `prices`, by rising start, whose 0 is not believed.

    A market comes to 0 by small prices and leaves by them. So the nearest other price before or
    after has to be near to 0, and not long ago: a source that fails jumps to 0 and stays there.
    `before` is the last other price that was known before all of these.
    """
    if settings.zero == "accept":
        return []
    zeros = [price for price in prices if _value(price) == 0]
    if settings.zero == "refuse":
        return zeros
    others = [price for price in prices if _value(price)]
    if before is not None:
        others.insert(0, before)
    return [zero for zero in zeros if not _confirmed(zero, others, settings)]


def last_other(prices: Iterable[PriceSample], until: PriceSample) -> PriceSample | None:
    """The last of `prices` that is a number but 0 and is over when `until` begins."""
    others = (price for price in prices if _value(price) and price.end <= until.start)
    return max(others, key=lambda price: price.end, default=None)


def _confirmed(zero: PriceSample, others: Sequence[PriceSample], settings: ZeroSettings) -> bool:
    earlier = [other for other in others if other.end <= zero.start][-1:]
    later = [other for other in others if other.start >= zero.end][:1]
    within = timedelta(minutes=settings.zero_within_minutes)
    return any(
        (_value(other) or Decimal(0)).copy_abs() <= settings.zero_near_per_mwh
        and max(zero.end - other.end, other.start - zero.start) <= within
        for other in (*earlier, *later)
    )


def _value(price: PriceSample) -> Decimal | None:
    """None: no number, which says nothing either way."""
    try:
        value = Decimal(price.price_per_mwh)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
