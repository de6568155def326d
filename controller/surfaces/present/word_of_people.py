"""What people said that the next one on shift should know of."""

from __future__ import annotations

from collections.abc import Iterator

from controller.model.fleet import OFF
from controller.model.grid import SITE
from controller.model.view import View
from controller.surfaces.api_models import Attention, Severity


def word_of_people(view: View) -> Iterator[Attention]:
    """A site that a person stopped, and dispatches that were ended by voice."""
    for order in view.seen.orders.values():
        if order.scope == SITE and order.level == OFF and order.in_force(view.seen.now):
            text = f"The whole site is stopped by {order.person}: {order.why}."
            yield Attention(severity=Severity.NOTICE, about="order", text=text)
    for name, dispatch in sorted(view.recalled.items()):
        if dispatch.recall is not None:
            word = f"{dispatch.recall.authority}, {dispatch.recall.reference}"
            text = f"Dispatch {name} was ended by voice ({word}); a newer version counts again."
            yield Attention(severity=Severity.NOTICE, about="dispatch", text=text)
