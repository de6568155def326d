"""What it costs to opt out of a dispatch, as it is shown before it is done.

penalty = penalty_per_dispatch + penalty_per_mwh × MW that would not be shed × hours that are left

The MW are the dispatch's own: its reference less its limit. A cap names no reference: there they
are the most that the site may draw less the cap; of a set-point, that or the set-point itself,
whichever is more. Hours are counted in started quarters, so that the figure stands for some
minutes while a person reads it, and money in started cents.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from controller.model.base import Model
from controller.model.grid import Dispatch
from controller.model.site import Program, Site

QUARTER = timedelta(minutes=15)
CENT = Decimal("0.01")


class Penalty(Model, frozen=True, kw_only=True):
    """What opting out of a dispatch costs, and what that is made of."""

    dispatch: str
    version: int
    amount: Decimal | None
    """None: the dispatch is open, its program names no longest duration, and every hour costs
    `per_hour`."""
    currency: str
    per_dispatch: Decimal
    per_mwh: Decimal
    not_shed_w: int
    per_hour: Decimal
    hours: Decimal | None
    """That are left of it, in started quarters."""
    until: datetime | None
    """The end that they are counted to."""
    stands_until: datetime | None
    """From when on it is less; None where it stays as it is."""


def penalty(dispatch: Dispatch, program: Program, site: Site, now: datetime) -> Penalty:
    """What opting out now costs."""
    missing_w = not_shed_w(dispatch, site)
    per_hour = program.penalty_per_mwh * missing_w / 1_000_000
    until = _until(dispatch, program)
    quarters = None if until is None else _quarters(until - max(now, dispatch.start))
    hours = None if quarters is None else Decimal(quarters) / 4
    for_power = per_hour * hours if hours is not None else None if per_hour else Decimal(0)
    return Penalty(
        dispatch=dispatch.id,
        version=dispatch.version,
        amount=None if for_power is None else _cents(program.penalty_per_dispatch + for_power),
        currency=site.currency,
        per_dispatch=program.penalty_per_dispatch,
        per_mwh=program.penalty_per_mwh,
        not_shed_w=missing_w,
        per_hour=_cents(per_hour),
        hours=hours,
        until=until,
        stands_until=until - (quarters - 1) * QUARTER if until and quarters and per_hour else None,
    )


def not_shed_w(dispatch: Dispatch, site: Site) -> int:
    """The most that may be missing of what a dispatch asks for."""
    if dispatch.reference_w is not None:
        return max(0, dispatch.reference_w - dispatch.limit_w)
    above_w = max(0, site.import_limit_w - dispatch.limit_w)
    return max(above_w, dispatch.floor_w or 0)


def _until(dispatch: Dispatch, program: Program) -> datetime | None:
    if dispatch.end is not None or program.longest_s is None:
        return dispatch.end
    return dispatch.start + timedelta(seconds=program.longest_s)


def _quarters(left: timedelta) -> int:
    return max(0, -(-left // QUARTER))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_CEILING)
