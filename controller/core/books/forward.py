"""What power that was bought ahead did to the bill of an interval.

Settlement in two steps, as markets with a day-ahead and a real-time price do it (ERCOT Nodal
Protocols, section 4.6 and 6.6; a block bought from a retailer is settled the same way): what was
bought is paid at its own price, and the difference between what was drawn and what was bought at
the market's. So drawing one MWh less always saves the market's price, whatever was bought:

    cost of energy = bought × its price + (drawn − bought) × market price
                   = drawn × market price + bought × (its price − market price)

The first part is in the interval's `energy_cost`, with losses, adders and taxes, which are charged
on what is drawn. The second is what is reckoned here; it does not depend on what the site does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from controller.core.economics.tariff import in_band
from controller.model.books import Interval
from controller.model.tariff import Forward

_WH_PER_MWH = 1_000_000


class Bought(NamedTuple):
    """Of one interval and one purchase. Money is in the site's currency, before taxes."""

    name: str
    energy_wh: Decimal
    price_per_mwh: Decimal | None
    """None where the day-ahead market's is not known."""
    market_per_mwh: Decimal | None
    cost: Decimal | None
    """Energy × its price: paid whether it is drawn or not."""
    difference: Decimal | None
    """Energy × (its price − market price): what it adds to the bill; below 0 it saved money."""
    sold_back_wh: Decimal | None
    """What was not drawn of everything bought, of this purchase's share; None where energy is not
    known."""


def bought(interval: Interval, clock: datetime, forwards: Sequence[Forward]) -> list[Bought]:
    """What holds of an interval whose start local clocks show as `clock`."""
    held = [one for one in forwards if _holds(one, clock)]
    all_wh = sum((_energy_wh(one, interval) for one in held), Decimal(0))
    return list(_each(interval, held, all_wh))


def _holds(one: Forward, clock: datetime) -> bool:
    day = clock.date()
    begun = one.first is None or one.first <= day
    return begun and (one.last is None or day <= one.last) and in_band(one.hours, clock)


def _energy_wh(one: Forward, interval: Interval) -> Decimal:
    seconds = Decimal((interval.end - interval.start).total_seconds())
    return one.power_w * seconds / 3600


def _each(interval: Interval, held: Sequence[Forward], all_wh: Decimal) -> Iterator[Bought]:
    market, drawn_wh = interval.market_per_mwh, interval.paid_wh
    left_wh = None if drawn_wh is None else max(Decimal(0), all_wh - drawn_wh)
    for one in held:
        energy_wh = _energy_wh(one, interval)
        price = interval.day_ahead_per_mwh if one.at_day_ahead else one.hours.per_mwh
        yield Bought(
            name=one.hours.name,
            energy_wh=energy_wh,
            price_per_mwh=price,
            market_per_mwh=market,
            cost=None if price is None else energy_wh * price / _WH_PER_MWH,
            difference=_difference(energy_wh, price, market),
            sold_back_wh=None if left_wh is None else left_wh * energy_wh / all_wh,
        )


def _difference(
    energy_wh: Decimal, price: Decimal | None, market: Decimal | None
) -> Decimal | None:
    if price is None or market is None:
        return None
    return energy_wh * (price - market) / _WH_PER_MWH
