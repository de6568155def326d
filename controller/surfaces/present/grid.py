"""What the grid and people asked for."""

from __future__ import annotations

from collections.abc import Mapping

from controller.model.grid import Dispatch, MaintenanceLock, ManualOrder, Recall
from controller.model.seen import Snapshot
from controller.surfaces import api_parts as api
from controller.surfaces.present.parts import kw


def dispatch(one: Dispatch, seen: Snapshot) -> api.DispatchNow:
    program = seen.site.programs.get(one.program)
    return api.DispatchNow(
        id=one.id,
        version=one.version,
        program=one.program,
        authority=one.authority,
        obligation=None if program is None else program.obligation,
        limit_kw=kw(one.limit_w),
        in_force=one.in_force(seen.now),
        issued_at=one.issued_at,
        received_at=one.received_at,
        start=one.start,
        end=one.end,
        recall=None if one.recall is None else recall(one.recall),
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
        person=one.person,
        why=one.why,
        issued_at=one.issued_at,
        until=one.until,
    )


def lock(one: MaintenanceLock) -> api.LockNow:
    return api.LockNow(id=one.id, place=one.place, person=one.person, why=one.why, since=one.since)
