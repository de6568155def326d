"""Cycles whose price is published when it is over: the books wait for it, and go on by that one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol

from msgspec.structs import replace

from controller.core.economics.tariff import full_price
from controller.core.observations.metering import EnergyReading
from controller.model.plan import Plan
from controller.model.quality import Fresh, Missing
from controller.model.seen import Snapshot


class Prices(Protocol):
    """What is known of prices. The board is this."""

    @property
    def price_late(self) -> timedelta:
        """How long after the end of its interval a price may come; zero: it comes before."""

    def price_of(self, at: datetime) -> Fresh[Decimal] | None:
        """The price of the interval that a moment lies in, if it is known by now."""


class Cycle(NamedTuple):
    """What the books take in of one."""

    seen: Snapshot
    plan: Plan
    readings: tuple[EnergyReading, ...]
    """Of the site's energy counter."""


class Awaiting:
    """Holds cycles back until their own price is known, in order. What was decided upon, the price
    before, was an estimate. One that is not known in time stays unknown."""

    def __init__(self, prices: Prices) -> None:
        self._prices = prices
        self._waiting: deque[Cycle] = deque()

    def ready(self, cycle: Cycle) -> Iterator[Cycle]:
        """Take in a cycle; what can be booked now comes out."""
        late = self._prices.price_late
        if not late and not self._waiting:
            yield cycle
            return
        self._waiting.append(cycle)
        while self._waiting:
            first = self._waiting[0]
            price = self._prices.price_of(first.seen.now)
            if price is None and cycle.seen.now < first.seen.now + late:
                return
            yield _at(self._waiting.popleft(), price)


def _at(cycle: Cycle, price: Fresh[Decimal] | None) -> Cycle:
    if price is None:
        seen = replace(cycle.seen, price_per_mwh=Missing(why="it was not published in time"))
        return Cycle(seen, replace(cycle.plan, marginal_price_per_mwh=None), cycle.readings)
    seen = replace(cycle.seen, price_per_mwh=price)
    full = full_price(price.value, seen)
    return Cycle(seen, replace(cycle.plan, marginal_price_per_mwh=full), cycle.readings)
