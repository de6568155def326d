"""What the grid and people asked for."""

from __future__ import annotations

from collections.abc import Mapping

from controller.core.dispatches.penalty import Penalty
from controller.core.planning.lead import deadline
from controller.model.grid import Dispatch, MaintenanceLock, ManualOrder, OptOut, Recall
from controller.model.seen import Snapshot
from controller.surfaces import api_parts as api
from controller.surfaces.api_opt_outs import PenaltyNow
from controller.surfaces.present.parts import kw, maybe


def dispatch(one: Dispatch, seen: Snapshot) -> api.DispatchNow:
    program = seen.site.programs.get(one.program)
    return api.DispatchNow(
        id=one.id,
        version=one.version,
        program=one.program,
        authority=one.authority,
        obligation=None if program is None else program.obligation,
        limit_kw=None if one.asks_nothing else kw(one.limit_w),
        floor_kw=None if one.floor_w is None else kw(one.floor_w),
        reference_kw=None if one.reference_w is None else kw(one.reference_w),
        in_force=one.in_force(seen.now),
        deadline=deadline(one, seen.site),
        issued_at=one.issued_at,
        received_at=one.received_at,
        start=one.start,
        end=one.end,
        recall=None if one.recall is None else recall(one.recall),
        opted_out=None if one.opted_out is None else opt_out(one.opted_out),
    )


def opt_out(one: OptOut) -> api.OptOutNow:
    return api.OptOutNow(person=one.person, why=one.why, penalty=float(one.penalty), at=one.at)


def penalty(one: Penalty) -> PenaltyNow:
    return PenaltyNow(
        id=one.dispatch,
        version=one.version,
        penalty=maybe(one.amount),
        currency=one.currency,
        per_dispatch=float(one.per_dispatch),
        per_mwh=float(one.per_mwh),
        not_shed_kw=kw(one.not_shed_w),
        per_hour=float(one.per_hour),
        hours=maybe(one.hours),
        until=one.until,
        stands_until=one.stands_until,
    )


def recall(one: Recall) -> api.RecallNow:
    return api.RecallNow(
        person=one.person, authority=one.authority, reference=one.reference, at=one.at
    )


def dispatches(seen: Snapshot) -> list[api.DispatchNow]:
    """Those in force and to come, by start."""
    ordered = sorted(seen.dispatches.values(), key=lambda one: (one.start, one.id))
    return [dispatch(one, seen) for one in ordered if not one.over(seen.now)]


def recalled(known: Mapping[str, Dispatch], seen: Snapshot) -> list[api.DispatchNow]:
    """Those that were ended by voice, the last one first."""
    found = [(one.recall.at, one.id, one) for one in known.values() if one.recall is not None]
    return [dispatch(one, seen) for _, _, one in sorted(found, key=lambda each: each[:2])][::-1]


def order(one: ManualOrder) -> api.OrderNow:
    return api.OrderNow(
        id=one.id,
        scope=one.scope,
        limit_kw=None if one.limit_w is None else kw(one.limit_w),
        level=one.level or None,
        floor_kw=None if one.floor_w is None else kw(one.floor_w),
        hold=one.hold,
        emergency=one.emergency,
        person=one.person,
        why=one.why,
        issued_at=one.issued_at,
        until=one.until,
    )


def lock(one: MaintenanceLock) -> api.LockNow:
    return api.LockNow(id=one.id, place=one.place, person=one.person, why=one.why, since=one.since)
