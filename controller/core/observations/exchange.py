"""Prices of another currency in the site's, at a rate that is observed too."""

from __future__ import annotations

from decimal import Decimal

from controller.model.quality import Fresh, Missing, Observed, Stale

NO_RATE = Missing(why="there is no rate of exchange")


def exchanged(price: Observed[Decimal], rate: Observed[Decimal]) -> Observed[Decimal]:
    """The price times the rate: fresh where both are, of the time of the price."""
    if isinstance(price, Missing):
        return price
    if isinstance(rate, Missing):
        return NO_RATE
    value = price.value * rate.value
    if isinstance(price, Fresh) and isinstance(rate, Fresh):
        return Fresh(value=value, at=price.at, until=price.until)
    return Stale(value=value, at=price.at)
