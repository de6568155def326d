"""The manual orders that stand: those of the last cycle, and what was said since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from controller.model.grid import ManualOrder
from controller.ports import Watch

REMEMBERED = 200


class SaidOrders:
    """An order shows in the view only after the next cycle; whoever set it may end it before."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._said: dict[str, ManualOrder | None] = {}

    def standing(self, now: datetime) -> Mapping[str, ManualOrder]:
        """By id, of the orders that have not expired."""
        view = self._watch.view()
        known: dict[str, ManualOrder | None] = {} if view is None else dict(view.seen.orders)
        known.update(self._said)
        return {
            name: order
            for name, order in sorted(known.items())
            if order is not None and now < order.until
        }

    def set(self, order: ManualOrder) -> None:
        self._remember(order.id, order)

    def ended(self, name: str) -> None:
        self._remember(name, None)

    def _remember(self, name: str, order: ManualOrder | None) -> None:
        self._said.pop(name, None)
        self._said[name] = order
        if len(self._said) > REMEMBERED:
            del self._said[next(iter(self._said))]
