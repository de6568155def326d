"""What the grid and people ask of the small sites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from controller.model.fleet import OFF, MinerSeen
from controller.model.grid import (
    SITE,
    Dispatch,
    Follow,
    MaintenanceLock,
    ManualOrder,
    OptOut,
    ProgramLevel,
    ReduceBy,
    ReduceTo,
    Target,
)
from tests.core.cases.chances import Chances
from tests.core.cases.sites import GROUPS, PROGRAMS, watts

LEVELS = (OFF, "340MHz", "eco", "mid", "top", "of another make")


@dataclass(frozen=True)
class Asked:
    dispatches: dict[str, Dispatch]
    orders: dict[str, ManualOrder]


def asked(chances: Chances, now: datetime) -> Asked:
    return Asked(dispatches(chances, now), orders(chances, now))


def dispatches(chances: Chances, now: datetime) -> dict[str, Dispatch]:
    names = chances.of([(), ("d1",), ("d1", "d2"), ("d1", "d2", "d3")])
    found = {name: dispatch(chances, name, now) for name in names}
    return {name: one for name, one in found.items() if not one.over(now)}


def dispatch(chances: Chances, name: str, now: datetime) -> Dispatch:
    start, limit_w = chances.around(now), watts(chances)
    lasts = chances.of([None, 60, 600, 1_800])
    target = chances.of(["to", "by", "follow", "to", "by", "shed", "normal"])
    out = OptOut(person="Ada", why="test", penalty=Decimal(1), at=now)
    return Dispatch(
        id=name,
        version=1,
        program=chances.of([*PROGRAMS, "gone"]),
        authority="grid",
        issued_at=start - timedelta(seconds=chances.of([0, 300])),
        received_at=start,
        start=start,
        end=None if lasts is None else start + timedelta(seconds=lasts),
        target=_target(target, limit_w),
        limit_w=limit_w,
        reference_w=limit_w + 10_000 if target == "by" else None,
        floor_w=limit_w if target == "follow" else None,
        asks_nothing=target == "normal",
        opted_out=out if chances.one_in(6) else None,
    )


def _target(kind: str, limit_w: int) -> Target:
    kw = Decimal(limit_w) / 1000
    if kind == "by":
        return ReduceBy(kw=Decimal(10), reference="contract")
    if kind in ("shed", "normal"):
        return ProgramLevel(level=kind)
    return ReduceTo(kw=kw) if kind == "to" else Follow(kw=kw)


def orders(chances: Chances, now: datetime) -> dict[str, ManualOrder]:
    names = chances.of([(), (), ("o1",), ("o1", "o2", "o3")])
    return {name: order(chances, name, now) for name in names}


def order(chances: Chances, name: str, now: datetime) -> ManualOrder:
    return ManualOrder(
        id=name,
        person="Ada",
        why="test",
        issued_at=now + timedelta(seconds=chances.of([-60, -60, -60, 60])),
        until=now + timedelta(seconds=chances.between(61, 600)),
        **_what(chances),
    )


def _what(chances: Chances) -> dict[str, Any]:
    scope = chances.of([SITE, *GROUPS])
    kind = chances.of(["limit", "level", "floor", "hold"])
    if kind == "limit":
        return {"scope": scope, "limit_w": watts(chances), "emergency": chances.one_in(3)}
    if kind == "floor":
        return {"scope": scope, "floor_w": watts(chances)}
    if kind == "hold":
        return {"scope": SITE, "hold": True}
    return {
        "scope": chances.of([scope, "a0", "b1"]),
        "level": chances.of(LEVELS),
        "level_w": chances.of([0, 900, 1414, 2100, 9000]),
    }


def locks(everyone: Mapping[str, MinerSeen], now: datetime) -> dict[str, MaintenanceLock]:
    return {
        name: MaintenanceLock(id=name, place=name, person="Ada", why="test", since=now)
        for name, miner in everyone.items()
        if miner.locked
    }
