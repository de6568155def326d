"""Looks at which only a price is new, and nothing follows from it but for the books."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from controller.backtest.stage import Stage
from controller.core.economics.tariff import full_price
from controller.core.planning.standing import Band, stands_between
from controller.core.schedule import next_look
from controller.model.grid import SITE
from controller.model.plan import Plan
from controller.model.quality import Fresh, Missing
from controller.model.seen import Snapshot


class Quiet:
    """Knows how long the last plan stands: deciding again there would move nothing, which a test
    shows. So the books go on by it, at the price of the moment."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._seen: Snapshot | None = None
        self._plan: Plan | None = None
        self._band: Band | None = None
        self._else_at: datetime | None = None
        """When anything but a price is known to change next."""
        self.until: datetime | None = None
        """When it has to be looked again at the latest."""

    def decided(self) -> None:
        """A cycle was made: begin anew from its plan."""
        view = self._stage.control.view()
        assert view is not None
        self._seen, self._plan = view.seen, view.plan
        self._band = stands_between(view.seen, view.state, view.plan)
        if self._band is not None:
            priceless = replace(view.seen, price_per_mwh=Missing(why="whatever comes"))
            self._else_at = next_look(priceless, view.state, ())

    def passes(self, at: datetime) -> bool:
        """Take in a moment at which nothing but prices came; False where it has to be decided."""
        if self._band is None or self._seen is None or self._plan is None:
            return False
        if self._else_at is None or self._else_at <= at:
            return False
        parts = self._stage.parts
        price, hashprice = parts.board.price(at), parts.board.hashprice(at)
        if hashprice != self._seen.hashprice_per_ph_day or not isinstance(price, Fresh):
            return False
        if not self._band.holds(price.value):
            return False
        seen = replace(self._seen, now=at, price_per_mwh=price)
        marginal = full_price(price.value, seen)
        plan = replace(self._plan, at=at, marginal_price_per_mwh=marginal, events=())
        parts.books.on_cycle(seen, plan, parts.board.energy(SITE))
        self.until = min(self._else_at, price.until or self._else_at)
        return True
