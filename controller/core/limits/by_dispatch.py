"""The limits that dispatches come to, one for each that is in force.

Reductions are laid below each other (claims.py); a cap, a set-point and a reduction that another of
the same program outdoes limit by themselves. Those that are kept are laid down first, and those
that are weighed against money below them, the dearest first: one that is not kept leaves the others
what they claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from msgspec.structs import replace

from controller.core.limits.claims import claims_of, stacked
from controller.model.grid import SITE, Dispatch, Limit
from controller.model.seen import Snapshot
from controller.model.site import Program
from controller.reasons import Reason

FREE = Decimal(0)


def dispatch_limits(seen: Snapshot) -> tuple[Limit, ...]:
    """By their ids."""
    in_force = [one for one in seen.dispatches.values() if one.in_force(seen.now)]
    return limits_of(in_force, seen.site.programs)


def limits_of(dispatches: list[Dispatch], programs: Mapping[str, Program]) -> tuple[Limit, ...]:
    """Those of these dispatches together, by their ids. One whose program is no longer configured
    is kept."""
    weighed, kept = list[Dispatch](), list[Dispatch]()
    for one in dispatches:
        program = programs.get(one.program)
        (weighed if program is not None and program.weighed else kept).append(one)
    found = [*_kept(kept, programs), *_weighed(kept, weighed, programs)]
    return tuple(sorted(found, key=lambda one: one.source))


def _kept(dispatches: list[Dispatch], programs: Mapping[str, Program]) -> Iterator[Limit]:
    stack = stacked(claims_of(dispatches))
    below_w = {} if stack is None else stack.below_w
    for one in dispatches:
        program = programs.get(one.program)
        emergency = program is not None and program.emergency
        reason = Reason.EMERGENCY if emergency else Reason.DISPATCH
        yield _limit(one, below_w.get(one.id, one.limit_w), reason)


def _weighed(
    kept: list[Dispatch], dispatches: list[Dispatch], programs: Mapping[str, Program]
) -> Iterator[Limit]:
    """Of each program the lowest, of equals a claim, bears its penalty, and the others cost nothing
    more. A MWh beyond several claims is missing from the dearest of them only: each bears by how
    much its penalty is above the next one's."""
    names = {one.program for one in dispatches}
    laid, nested = list(kept), list[Limit]()
    for name in sorted(names, key=lambda name: (-programs[name].penalty_per_mwh, name)):
        mine = [one for one in dispatches if one.program == name]
        laid += mine
        stack = stacked(claims_of(laid))
        below_w = {} if stack is None else dict.fromkeys(stack.below_w, stack.limit_w)
        limits = [
            _limit(one, below_w.get(one.id, one.limit_w), Reason.DISPATCH, FREE) for one in mine
        ]
        lowest, *others = sorted(
            limits, key=lambda one: (one.limit_w, one.source not in below_w, one.source)
        )
        lowest = replace(lowest, surcharge_per_mwh=programs[name].penalty_per_mwh)
        if lowest.source in below_w:
            nested.append(lowest)
            yield from others
        else:
            yield from (lowest, *others)
    yield from _above_the_next(nested)


def _above_the_next(nested: list[Limit]) -> Iterator[Limit]:
    """The dearest first; each lies no higher than the one before."""
    next_one = FREE
    for one in reversed(nested):
        own = one.surcharge_per_mwh or FREE
        yield replace(one, surcharge_per_mwh=own - next_one)
        next_one = own


def _limit(
    dispatch: Dispatch, limit_w: int, reason: Reason, surcharge_per_mwh: Decimal | None = None
) -> Limit:
    return Limit(
        scope=SITE,
        limit_w=limit_w,
        source=dispatch.id,
        reason=reason,
        until=dispatch.end,
        dispatch=dispatch.id,
        surcharge_per_mwh=surcharge_per_mwh,
    )
