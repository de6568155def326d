"""Whether what a person asks for can be done, before it is written down."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from msgspec.structs import replace

from controller.core.limits.ceilings import levels_in
from controller.errors import PermanentError
from controller.model.fleet import OFF
from controller.model.grid import SITE, ManualOrder
from controller.model.site import Site
from controller.ports import Fleet

_NAMED = {
    "person": "name who answers for this",
    "authority": "name on whose word the dispatch ends",
    "why": "say why this is done",
    "reference": "give what the word can be looked up by: the number of the call or of the log",
}


def checked(
    order: ManualOrder,
    now: datetime,
    site: Site,
    miners: Collection[str],
    levels: Callable[[str], Mapping[str, int]],
) -> ManualOrder:
    """The order as it counts: of a level, with what that level draws. It sets one thing.

    `levels` gives those that the miners of a scope have, with the most watts one draws there.

    Raises:
        PermanentError: naming what is wrong with it and what there is.
    """
    check_named(person=order.person)
    if order.until <= max(now, order.issued_at):
        raise PermanentError("until has passed, or is before issued_at; give a later time")
    _check_what(order)
    if order.level:
        return _with_level(order, site, miners, levels(order.scope))
    if order.scope != SITE and order.scope not in site.groups:
        raise PermanentError(
            f"scope {order.scope!r} is neither {SITE!r} nor a group; {there_are(site.groups)}"
        )
    return order


def _check_what(order: ManualOrder) -> None:
    """Raises PermanentError where it sets nothing, several things, or something that cannot be."""
    set_by_it = (order.limit_w is not None, order.level != "", order.floor_w is not None)
    if sum((*set_by_it, order.hold)) != 1:
        raise PermanentError(
            "an order sets a limit, a level, a floor or a hold; give one of the four"
        )
    if order.emergency and order.limit_w is None:
        raise PermanentError("only a limit can be an emergency; give a limit with it")
    if order.hold and order.scope != SITE:
        raise PermanentError(f"a hold is for the whole site; give the scope {SITE!r}")
    if order.limit_w is not None and order.limit_w < 0:
        raise PermanentError("limit_w is below 0; give the most watts that may be drawn")
    if order.floor_w is not None and order.floor_w <= 0:
        raise PermanentError("floor_w is not above 0; give the least watts that should be drawn")


def _with_level(
    order: ManualOrder, site: Site, miners: Collection[str], levels: Mapping[str, int]
) -> ManualOrder:
    if order.scope not in {SITE, *site.groups, *miners}:
        raise PermanentError(
            f"scope {order.scope!r} is neither {SITE!r} nor a group nor a miner; "
            f"groups: {', '.join(sorted(site.groups))}"
        )
    if order.level == OFF:
        return replace(order, level_w=0)
    if order.level not in levels:
        known = ", ".join(levels) or "none is known yet, because no miner was identified"
        raise PermanentError(
            f"no miner of {order.scope} has the level {order.level!r}; levels there: {known}"
        )
    return replace(order, level_w=levels[order.level])


def levels_of(fleet: Fleet) -> Callable[[str], Mapping[str, int]]:
    """The levels that the miners of a scope have, with the most watts one draws there."""
    return lambda scope: levels_in(scope, fleet.readings(), fleet.curves())


def check_named(**words: str) -> None:
    """Raises PermanentError where one of these is empty."""
    for what, word in words.items():
        if not word.strip():
            raise PermanentError(f"{what} is empty; {_NAMED[what]}")


def there_are(known: Collection[str]) -> str:
    return f"there are: {', '.join(sorted(known)) or 'none'}"
