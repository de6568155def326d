"""Looks at which only a price is new, and nothing follows from it but for the books."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from controller.backtest.stage import Stage
from controller.core.economics.tariff import full_price
from controller.core.planning.standing import Standing, standing
from controller.core.schedule import next_look
from controller.model.grid import SITE
from controller.model.plan import Plan
from controller.model.quality import Fresh, Missing
from controller.model.seen import Snapshot, State


class Quiet:
    """Knows whether the last plan stands: deciding again would move nothing, which a test shows. So
    the books go on by it, at the price of the moment, and what that teaches is remembered."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._last: tuple[Snapshot, State, Plan] | None = None
        self._standing: Standing | None = None
        self._else_at: datetime | None = None
        """When anything but a price is known to change next."""
        self.until: datetime | None = None
        """When it has to be looked again at the latest."""

    def decided(self) -> None:
        """A cycle was made: begin anew from its plan."""
        view = self._stage.control.view()
        assert view is not None
        self._last = (view.seen, view.state, view.plan)
        self._standing = standing(*self._last)
        if self._standing is not None:
            priceless = replace(view.seen, price_per_mwh=Missing(why="whatever comes"))
            self._else_at = next_look(priceless, view.state, ())

    def passes(self, at: datetime) -> bool:
        """Take in a moment at which nothing but prices came; False where it has to be decided."""
        if self._standing is None or self._last is None or self._else_at is None:
            return False
        if self._else_at <= at:
            return False
        before, state, plan = self._last
        seen = self._stage.parts.observer.priced(before)
        after = self._standing.after(seen, state)
        if after is None or not isinstance(seen.price_per_mwh, Fresh):
            return False
        self._book(seen, after, plan)
        self.until = min(self._else_at, seen.price_per_mwh.until or self._else_at)
        return True

    def _book(self, seen: Snapshot, state: State, plan: Plan) -> None:
        parts, price = self._stage.parts, seen.price_per_mwh
        assert isinstance(price, Fresh)
        marginal = full_price(price.value, seen)
        plan = replace(plan, at=seen.now, marginal_price_per_mwh=marginal, events=())
        parts.books.on_cycle(seen, plan, parts.board.energy(SITE))
        self._stage.control.remember(state)
        self._last = (seen, state, plan)
