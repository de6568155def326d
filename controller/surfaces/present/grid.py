"""What the grid and people asked for."""

from __future__ import annotations

from controller.model.grid import Dispatch, MaintenanceLock, ManualOrder
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
    )


def dispatches(seen: Snapshot) -> list[api.DispatchNow]:
    """Those in force and to come, by start."""
    ordered = sorted(seen.dispatches.values(), key=lambda one: (one.start, one.id))
    return [dispatch(one, seen) for one in ordered if not one.over(seen.now)]


def order(one: ManualOrder) -> api.OrderNow:
    return api.OrderNow(
        id=one.id,
        scope=one.scope,
        limit_kw=kw(one.limit_w),
        person=one.person,
        why=one.why,
        issued_at=one.issued_at,
        until=one.until,
    )


def lock(one: MaintenanceLock) -> api.LockNow:
    return api.LockNow(id=one.id, place=one.place, person=one.person, why=one.why, since=one.since)
