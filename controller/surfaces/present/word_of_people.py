"""What people said that the next one on shift should know of."""

from __future__ import annotations

from collections.abc import Iterator

from controller.model.fleet import OFF
from controller.model.grid import SITE, ManualOrder
from controller.model.view import View
from controller.surfaces.api_models import Attention, Severity


def word_of_people(view: View) -> Iterator[Attention]:
    """What people stopped, hold or limit in an emergency, and dispatches ended or not obeyed."""
    for _, order in sorted(view.seen.orders.items()):
        if order.in_force(view.seen.now):
            yield from _order(order)
    for name, dispatch in sorted(view.recalled.items()):
        if dispatch.recall is not None:
            word = f"{dispatch.recall.authority}, {dispatch.recall.reference}"
            text = f"Dispatch {name} was ended by voice ({word}); a newer version counts again."
            yield Attention(severity=Severity.NOTICE, about="dispatch", text=text)
    for name, dispatch in sorted(view.seen.dispatches.items()):
        out = dispatch.opted_out
        if out is not None and not dispatch.over(view.seen.now):
            cost = f"a penalty of {out.penalty} {view.seen.site.currency}"
            text = f"Dispatch {name} is not obeyed: {out.person} opted out ({out.why}), at {cost}."
            yield Attention(severity=Severity.NOTICE, about="dispatch", text=text)


def _order(order: ManualOrder) -> Iterator[Attention]:
    said = f"{order.person}: {order.why}."
    if order.scope == SITE and order.level == OFF:
        text = f"The whole site is stopped by {said}"
        yield Attention(severity=Severity.NOTICE, about="order", text=text)
    if order.hold:
        text = f"Nothing starts or stops for money: the site is held by {said}"
        yield Attention(severity=Severity.NOTICE, about="order", text=text)
    if order.emergency:
        scope = "the site" if order.scope == SITE else order.scope
        text = f"An emergency order limits {scope}, set by {said}"
        yield Attention(severity=Severity.WARNING, about="order", text=text)
