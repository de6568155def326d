"""What a decision stands on, worked out once from what is seen and remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace as with_
from datetime import datetime

from msgspec.structs import replace

from controller.core.balance import learn
from controller.core.cohorts import cohorts
from controller.core.failsafe import mode, standstill
from controller.core.income import unpaid
from controller.core.limits import floors, limits
from controller.core.motions import Orders, look_again
from controller.core.nameplate import inferred, kind_of, unmetered, weighed
from controller.core.obedience import Look
from controller.core.pooling import build
from controller.core.pools import Pool
from controller.core.power import expected_w, other_w, unheard_w
from controller.core.proof import proven
from controller.model.fleet import Motion
from controller.model.grid import SITE, Floor, Limit
from controller.model.plan import Mode
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from controller.reasons import Reason


@dataclass(frozen=True, slots=True)
class Situation:
    seen: Snapshot
    state: State
    mode: Mode
    halt: Reason | None
    """Why nothing may start; None when things may."""
    motions: Mapping[str, Motion]
    moved_at: datetime | None
    limits: tuple[Limit, ...]
    floors: tuple[Floor, ...]
    other_w: Mapping[str, int]
    """By scope, metered power that no miner reports."""
    fixed_w: Mapping[str, int]
    """By scope, that and the power of miners of an unknown kind or not yet heard: nothing can be
    told to any of them."""
    expected_w: Mapping[str, int]
    """By scope, the most that it may be drawing now."""
    pools: tuple[Pool, ...]


def assess(seen: Snapshot, state: State, orders: Orders) -> Situation:
    """Judge commands by the power seen, then count, then collect what holds."""
    state = replace(_hear_meter(seen, state), unpaid=unpaid(seen, state))
    mode_now = mode(seen, state)
    halt = standstill(seen, mode_now)
    in_full = unmetered(seen, state)
    raw, seen = seen, weighed(seen, state.ratio_permille, in_full)
    look = Look(
        seen.now,
        seen.site.pacing,
        may_start=halt is None,
        shown=proven(seen, state),
        unmetered=in_full,
    )
    motions = look_again(seen, state.motions, look, orders)
    moved_at = seen.now if orders.events else state.moved_at
    raw = _released(raw, motions)
    state = _learnt(raw, state, motions, moved_at)
    seen = weighed(raw, state.ratio_permille, in_full)
    other = other_w(seen, state, motions, moved_at)
    scopes = (SITE, *seen.site.groups)
    expected = {scope: expected_w(seen, motions, other, scope) for scope in scopes}
    return Situation(
        seen=seen,
        state=state,
        mode=mode_now,
        halt=halt,
        motions=motions,
        moved_at=moved_at,
        limits=limits(seen, state),
        floors=floors(seen),
        other_w=other,
        fixed_w={
            scope: other.get(scope, 0)
            + _strange_w(seen, scope)
            + unheard_w(seen, motions, other, scope)
            for scope in scopes
        },
        expected_w=expected,
        pools=_pools(seen, motions, state, in_full),
    )


def _learnt(
    raw: Snapshot, state: State, motions: Mapping[str, Motion], moved_at: datetime | None
) -> State:
    learnt = learn(raw, state, motions, moved_at)
    return replace(
        state,
        balances=learnt.balances,
        fitted_permille=learnt.fitted_permille,
        ratio_permille=learnt.ratio_permille,
    )


def _pools(
    seen: Snapshot, motions: Mapping[str, Motion], state: State, in_full: frozenset[str]
) -> tuple[Pool, ...]:
    """Where no meter could show that a miner is off, turning it off makes no room."""
    pools = build(seen, motions, state.excess_permille).values()
    blind = {kind_of(one) for one in inferred(seen) if one.group in in_full}
    return tuple(_flat(pool, seen) if pool.kind in blind else pool for pool in pools)


def _flat(pool: Pool, seen: Snapshot) -> Pool:
    most_w = seen.curves[pool.curve].top.power_w
    return with_(pool, units_w=(most_w,) * len(pool.levels), excess_permille=1000)


def _released(seen: Snapshot, motions: Mapping[str, Motion]) -> Snapshot:
    """The snapshot with the miners whose motion has just ended among those at rest."""
    done = {name: miner for name, miner in seen.moving.items() if name not in motions}
    if not done:
        return seen
    return replace(
        seen,
        cohorts={**seen.cohorts, **cohorts(done, prefix="released/")},
        moving={name: miner for name, miner in seen.moving.items() if name in motions},
    )


def _strange_w(seen: Snapshot, scope: str) -> int:
    return sum(
        cohort.power_w
        for cohort in seen.cohorts.values()
        if cohort.curve not in seen.curves and scope in (SITE, cohort.group)
    )


def _hear_meter(seen: Snapshot, state: State) -> State:
    """A meter never heard counts from the first look on: it is given its time to speak."""
    meter = seen.meters_w.get(SITE)
    if isinstance(meter, Fresh):
        return replace(state, meter_heard_at=meter.at)
    return state if state.meter_heard_at else replace(state, meter_heard_at=seen.now)
