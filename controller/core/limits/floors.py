"""What is promised: the least that the site and its parts should draw now, ranked.

No floor beats a limit, a lock or a ceiling, and none starts anything while nothing may start. Where
limits leave room for one floor only, the lower rank has it (`promised.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from controller.model.grid import SITE, Floor
from controller.model.quality import Fresh
from controller.model.rules import Heat
from controller.model.seen import Snapshot
from controller.reasons import Reason

SILENT = ", signal silent"
"""Said of a floor that only keeps what runs, because the signal that it follows says nothing."""


class Rank(IntEnum):
    """Low ranks go first."""

    ENGINE = 0
    """Generators do not run well below it."""
    SET_POINT = 1
    RESERVE = 2
    COMMITMENT = 3
    HEAT = 4
    MANUAL_ORDER = 5
    """A person's: every other floor goes first."""


FLOORED = frozenset(Reason(rank.name.lower()) for rank in Rank)
"""Why something runs at a loss."""


def floors(seen: Snapshot) -> tuple[Floor, ...]:
    """Every floor in force, lowest rank first, then by name. Those of the site count what its meter
    shows, all others the standby and load of their own miners, and a reserve what runs above
    standby and can go in time."""
    site = seen.site
    return (
        *_engine(seen),
        *_set_points(seen),
        *_reserves(seen),
        *(
            _floor(name, group.floor_w, Rank.COMMITMENT, group.floor_source)
            for name, group in sorted(site.groups.items())
            if group.floor_w
        ),
        *_heat(seen),
        *_orders(seen),
    )


def _floor(scope: str, floor_w: int, rank: Rank, source: str) -> Floor:
    reason = Reason(rank.name.lower())
    return Floor(scope=scope, floor_w=floor_w, rank=rank, source=source, reason=reason)


def _engine(seen: Snapshot) -> Iterator[Floor]:
    engine = seen.site.engine
    if engine is not None and engine.least_w:
        yield _floor(SITE, engine.least_w, Rank.ENGINE, "generators")


def _set_points(seen: Snapshot) -> Iterator[Floor]:
    for name, dispatch in sorted(seen.dispatches.items()):
        if dispatch.floor_w is not None and dispatch.in_force(seen.now):
            yield Floor(
                scope=SITE,
                floor_w=dispatch.floor_w,
                rank=Rank.SET_POINT,
                source=name,
                reason=Reason.SET_POINT,
                until=dispatch.end,
            )


def held_as_reserve(seen: Snapshot) -> list[str]:
    """The programs whose reserve has to be there now, the shortest response time first: what goes
    fast enough for one also does for those after it. While a dispatch of a program is in force its
    reserve is being delivered."""
    called = {one.program for one in seen.dispatches.values() if one.in_force(seen.now)}
    held = [
        (program.response_s == 0, program.response_s, name)
        for name, program in seen.site.programs.items()
        if program.reserve_w and name not in called
    ]
    return [name for _, _, name in sorted(held)]


def _reserves(seen: Snapshot) -> Iterator[Floor]:
    for name in held_as_reserve(seen):
        yield _floor(SITE, seen.site.programs[name].reserve_w, Rank.RESERVE, name)


def _heat(seen: Snapshot) -> Iterator[Floor]:
    for name, group in sorted(seen.site.groups.items()):
        if group.heat is not None:
            asked_w, silent = heat_w(group.heat, seen)
            if asked_w:
                source = group.heat.source + (SILENT if silent else "")
                yield _floor(name, asked_w, Rank.HEAT, source)


def heat_w(heat: Heat, seen: Snapshot) -> tuple[int, bool]:
    """What is asked for, in W, and whether its signal is silent: then what runs is kept up to
    `silent_w`, and nothing starts for it."""
    if not heat.signal:
        return heat.most_w, False
    said = seen.signals.get(heat.signal)
    if isinstance(said, Fresh):
        return max(0, min(heat.most_w, int(said.value))), False
    return min(heat.most_w, heat.silent_w), True


def _orders(seen: Snapshot) -> Iterator[Floor]:
    for name, order in sorted(seen.orders.items()):
        if order.floor_w is not None and order.in_force(seen.now):
            yield Floor(
                scope=order.scope,
                floor_w=order.floor_w,
                rank=Rank.MANUAL_ORDER,
                source=f"{name} by {order.person}",
                reason=Reason.MANUAL_ORDER,
                until=order.until,
            )
