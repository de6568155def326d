"""What still holds a scope down after an order on it has ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from controller.commands.status import order_text
from controller.model.grid import SITE
from controller.reasons import Reason

if TYPE_CHECKING:
    from controller.config.compose import Settings

Held: TypeAlias = dict[str, list[dict[str, Any]]]


def held_by(state: dict[str, Any], scope: str, settings: Settings) -> Held:
    """Of the daemon's state: dispatches in force, orders and locks that cover the scope, and the
    reason of each of its groups that does not run as far as it pays."""
    groups = _groups_of(scope, settings)
    return {
        "dispatches": [one for one in state["dispatches"] if one["in_force"]],
        "orders": [
            one
            for one in state["orders"]
            if one["scope"] in {SITE, scope, *groups} and one["floor_kw"] is None
        ],
        "locks": [one for one in state["locks"] if one["place"] in {scope, *groups}],
        "groups": [
            {"group": one["group"], **one["because"]}
            for group in state["groups"]
            for one in group["allocations"]
            if one["group"] in groups and one["because"]["reason"] != Reason.PROFITABLE
        ],
    }


def _groups_of(scope: str, settings: Settings) -> set[str]:
    if scope == SITE:
        return set(settings.groups)
    return {
        name
        for name, group in settings.groups.items()
        if scope == name or scope in group.miners.miners()
    }


def lines(scope: str, held: Held) -> Iterator[str]:
    """The same for people."""
    if not any(held.values()):
        yield f"nothing else holds {scope} down: it starts as fast as its pacing allows"
    for one in held["dispatches"]:
        until = one["end"] or "further notice"
        yield f"still held: dispatch {one['id']}, {one['limit_kw']:,.1f} kW until {until}"
    for one in held["orders"]:
        yield f"still held: order {one['id']}, {order_text(one)}"
    for one in held["locks"]:
        yield f"still held: {one['place']} is locked by {one['person']}: {one['why']}"
    for one in held["groups"]:
        yield f"{one['group']} does not run in full: {one['text']}"
