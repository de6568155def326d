"""How much the site dares, from the quality of what it knows."""

from __future__ import annotations

from collections.abc import Mapping

from controller.core.limits.silence import safe_power_holds
from controller.model.grid import SITE, ManualOrder
from controller.model.plan import Mode
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from controller.reasons import Reason

FOR_MONEY = frozenset({Reason.PROFITABLE, Reason.INCOME_LOST})
"""What a start is for that a hold by a person forbids."""


def mode(seen: Snapshot, state: State, closed: Mapping[str, Reason]) -> Mode:
    """The first that fits of starting, failsafe, manual, holding, normal.

    Each is safe for one reason: limits hold in every mode, and only `normal` starts anything for
    money. The name tells what is most in the way; what a hold or a silence forbids is forbidden
    under any name.
    """
    if not seen.fleet_known:
        return Mode.STARTING
    if safe_power_holds(seen, state):
        return Mode.FAILSAFE
    if held_by(seen) is not None:
        return Mode.MANUAL
    unsure = price_unknown(seen) or closed.get(SITE)
    return Mode.HOLDING if unsure else Mode.NORMAL


def held_by(seen: Snapshot) -> ManualOrder | None:
    """The order by which a person holds the site: money starts and stops nothing until it ends."""
    held = [one for one in seen.orders.values() if one.hold and one.in_force(seen.now)]
    return min(held, key=lambda one: one.id, default=None)


def price_unknown(seen: Snapshot) -> Reason | None:
    """What keeps economics from being decided; None when nothing does."""
    if not isinstance(seen.price_per_mwh, Fresh):
        return Reason.PRICE_UNKNOWN
    return hashprice_unknown(seen)


def hashprice_unknown(seen: Snapshot) -> Reason | None:
    known = isinstance(seen.hashprice_per_ph_day, Fresh)
    return None if known else Reason.HASHPRICE_UNKNOWN


def standstill(seen: Snapshot, mode_now: Mode, closed: Mapping[str, Reason]) -> Reason | None:
    """Why nothing may start on the whole site; None when things may. A hold is none: what floors
    ask for may start."""
    if mode_now is Mode.STARTING:
        return Reason.STARTING
    if mode_now is Mode.FAILSAFE:
        return closed[SITE]
    return price_unknown(seen) or closed.get(SITE)
