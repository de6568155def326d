"""How much the site dares, from the quality of what it knows."""

from __future__ import annotations

from controller.core.limits import meter_silent_at
from controller.model.grid import SITE
from controller.model.plan import Mode
from controller.model.quality import Fresh, Missing, Stale
from controller.model.seen import Snapshot, State
from controller.reasons import Reason


def mode(seen: Snapshot, state: State) -> Mode:
    """The first that fits of starting, failsafe, holding, normal.

    Each is safe for one reason: limits hold in every mode, and only `normal` starts anything.
    """
    if not seen.fleet_known:
        return Mode.STARTING
    silent_at = meter_silent_at(seen, state)
    if silent_at and silent_at <= seen.now:
        return Mode.FAILSAFE
    unsure = price_unknown(seen) or meter_fell_silent(seen)
    return Mode.HOLDING if unsure else Mode.NORMAL


def meter_fell_silent(seen: Snapshot) -> bool:
    """Whether the site's meter should speak and does not. A site that has none declares no safe
    power either, and its meter was never heard."""
    meter = seen.meters_w.get(SITE, Missing(why="no meter"))
    return isinstance(meter, Stale) or (
        isinstance(meter, Missing) and seen.site.meter_silence is not None
    )


def price_unknown(seen: Snapshot) -> Reason | None:
    """What keeps economics from being decided; None when nothing does."""
    if not isinstance(seen.price_per_mwh, Fresh):
        return Reason.PRICE_UNKNOWN
    if not isinstance(seen.hashprice_per_ph_day, Fresh):
        return Reason.HASHPRICE_UNKNOWN
    return None


def standstill(seen: Snapshot, mode_now: Mode) -> Reason | None:
    """Why nothing may start now; None when things may."""
    if mode_now is Mode.STARTING:
        return Reason.STARTING
    if mode_now is Mode.FAILSAFE:
        return Reason.METER_SILENT
    return price_unknown(seen) or (Reason.METER_SILENT if meter_fell_silent(seen) else None)
