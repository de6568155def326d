"""What miners count with that report no watts of their own.

Their power is nominal until a meter has shown how much of it they draw. Where no meter could ever
show that one of them fell, all of them count in full, whatever they say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from controller.core.scopes import scopes_of
from controller.model.fleet import IDLE, INFERRED, Cohort, MinerSeen
from controller.model.quality import Fresh, Stale
from controller.model.seen import Snapshot, State

NOMINAL = 1000


def kind_of(one: Cohort | MinerSeen) -> str:
    """The key under which a ratio is kept."""
    return f"{one.group}/{one.curve}"


def is_inferred(one: Cohort | MinerSeen, seen: Snapshot) -> bool:
    return one.grade is INFERRED and one.curve in seen.curves


def inferred(seen: Snapshot) -> Iterator[Cohort | MinerSeen]:
    """The cohorts and the miners in motion that report no watts."""
    yield from (one for one in seen.cohorts.values() if is_inferred(one, seen))
    yield from (one for one in seen.moving.values() if is_inferred(one, seen))


def unmetered(seen: Snapshot, state: State) -> frozenset[str]:
    """The groups of such miners that no meter covers: none has spoken of the group or the site.

    While the process hears its fleet for the first time, so may meters be.
    """
    if not seen.fleet_known:
        return frozenset()
    heard = {scope for scope, one in seen.meters_w.items() if isinstance(one, Fresh | Stale)}
    heard |= state.balances.keys()
    groups = {one.group for one in inferred(seen)}
    return frozenset(group for group in groups if not heard & {*scopes_of(seen.site, group)})


def weighed(seen: Snapshot, ratios: Mapping[str, int], in_full: frozenset[str]) -> Snapshot:
    """The snapshot with these miners at the power they count with; `in_full` are groups without a
    meter."""
    if next(inferred(seen), None) is None:
        return seen
    return replace(
        seen,
        cohorts={
            key: replace(one, power_w=_power_w(one, len(one.members), seen, ratios, in_full))
            if is_inferred(one, seen)
            else one
            for key, one in seen.cohorts.items()
        },
        moving={
            name: replace(one, power_w=_power_w(one, 1, seen, ratios, in_full))
            if is_inferred(one, seen)
            else one
            for name, one in seen.moving.items()
        },
    )


def _power_w(
    one: Cohort | MinerSeen,
    count: int,
    seen: Snapshot,
    ratios: Mapping[str, int],
    in_full: frozenset[str],
) -> int:
    if one.group in in_full:
        return max(one.power_w, count * seen.curves[one.curve].top.power_w)
    if one.level in IDLE:
        return one.power_w
    return one.power_w * ratios.get(kind_of(one), NOMINAL) // NOMINAL
