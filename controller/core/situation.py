"""What a decision stands on, worked out once from what is seen and remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace as with_
from datetime import datetime

from msgspec.structs import replace

from controller.core.canary.judging import judged
from controller.core.canary.proven import barred
from controller.core.canary.proven import proven as proven_firmware
from controller.core.counting import frozen
from controller.core.counting.balance import learn
from controller.core.counting.nameplate import inferred, kind_of, unmetered, weighed
from controller.core.counting.power import Drawn, drawn, expected_w, fixed_w, other_w
from controller.core.counting.proof import proven, unheard
from controller.core.economics.income import unpaid
from controller.core.habits.learning import habits
from controller.core.limits.failsafe import held_by, mode, standstill
from controller.core.limits.floors import floors
from controller.core.limits.in_force import limits
from controller.core.limits.silence import closed, closed_to, listened
from controller.core.obedience.evidence import Look
from controller.core.obedience.learned import learnt
from controller.core.obedience.motions import Orders, look_again, still_resting
from controller.core.pools.cohorts import cohorts
from controller.core.pools.cooling import heard, resting_w, turned, unmetered_w, warmed
from controller.core.pools.crests import beyond_levels_w, crests, swing_w
from controller.core.pools.pool import Pool
from controller.core.pools.pooling import build
from controller.core.pools.readiness import readied
from controller.core.pools.withheld import withheld
from controller.model.fleet import Motion
from controller.model.grid import Floor, Limit
from controller.model.plan import Mode
from controller.model.seen import Snapshot, State
from controller.reasons import Reason


@dataclass(frozen=True, slots=True)
class Situation:
    seen: Snapshot
    state: State
    mode: Mode
    halt: Reason | None
    """Why nothing may start on the whole site; None when things may."""
    closed: Mapping[str, Reason]
    """By scope, why nothing may start there."""
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
    swing_w: Mapping[str, int]
    """By scope, how much less it draws than at the crest of its wobble."""
    fans_w: Mapping[str, int]
    """By group whose fans rest, what they will draw beside the first miner that runs there."""
    pools: tuple[Pool, ...]

    def halt_of(self, group: str) -> Reason | None:
        """Why nothing may start in a group; None when things may."""
        return self.halt or closed_to(self.seen.site, group, self.closed)


def assess(seen: Snapshot, state: State, orders: Orders) -> Situation:
    """Judge commands by the power seen, then count, then collect what holds."""
    watched_before = state.watched
    state = replace(state, habits=habits(seen, state))
    state = replace(state, watched=frozen.watch(seen, state))
    seen = frozen.believed(seen, frozen.frozen(state.watched))
    state = replace(listened(seen, state), unpaid=unpaid(seen, state))
    shut = closed(seen, state)
    mode_now = mode(seen, state, shut)
    halt = standstill(seen, mode_now, shut)
    in_full = unmetered(seen, state)
    raw, seen = seen, weighed(seen, state.ratio_permille, in_full)
    look = Look(
        seen.now,
        seen.site.pacing,
        may_start=halt is None,
        closed=shut,
        held=held_by(seen) is not None,
        shown=proven(seen, state),
        unheard=unheard(seen, state),
        unmetered=in_full,
    )
    motions = look_again(seen, state.motions, look, orders)
    watched = frozen.confirmed(state.watched, seen, state.motions, motions, look.shown)
    state = replace(state, watched=watched)
    state = replace(state, learned=learnt(seen, state, motions, orders.events))
    state = judged(seen, state, motions)
    motions = still_resting(motions, seen.now)
    raw = _released(raw, motions)
    state, fanned = _fanned(raw, state, motions)
    stirred = bool(orders.events) or fanned or frozen.stirred(watched_before, watched)
    moved_at = seen.now if stirred else state.moved_at
    state = _learnt(raw, state, motions, moved_at)
    seen = weighed(raw, state.ratio_permille, in_full)
    certain = frozen.believed(seen, frozen.doubted(watched))
    draws = drawn(seen, motions)
    other = other_w(certain, state, draws, moved_at)
    counts = (draws, other, frozen.disputed_w(watched), unmetered_w(seen, state, other))
    fixed, expected = fixed_w(seen, *counts), expected_w(seen, *counts)
    pools = _pools(seen, motions, state, draws, in_full)
    in_force = limits(seen, state)
    beyond_w = beyond_levels_w(seen, pools, fixed)
    state = replace(state, crests=crests(seen, state, beyond_w, in_force))
    return Situation(
        seen=seen,
        state=state,
        mode=mode_now,
        halt=halt,
        closed=shut,
        motions=motions,
        moved_at=moved_at,
        limits=in_force,
        floors=floors(seen),
        other_w=other,
        fixed_w=fixed,
        expected_w=expected,
        swing_w=swing_w(state.crests, beyond_w),
        fans_w=resting_w(seen, state),
        pools=pools,
    )


def counted_anew(now: Situation, seen: Snapshot, motions: Mapping[str, Motion]) -> Situation:
    """The situation with some miners in other motions than it found them in."""
    draws, least_w = drawn(seen, motions), frozen.disputed_w(now.state.watched)
    fans_w = unmetered_w(seen, now.state, now.other_w)
    return with_(
        now,
        seen=seen,
        motions=motions,
        expected_w=expected_w(seen, draws, now.other_w, least_w, fans_w),
        pools=_pools(seen, motions, now.state, draws, unmetered(seen, now.state)),
    )


def _fanned(seen: Snapshot, state: State, motions: Mapping[str, Motion]) -> tuple[State, bool]:
    """The state with the fans that run now, and whether a meter will show any of them anew. Before
    every miner has been heard, what a meter shows counts as it is."""
    cooling = warmed(seen, heard(seen, state), motions)
    if not seen.fleet_known:
        return replace(state, cooling=cooling), False
    other_w = turned(seen.site, state.other_w, state.cooling, cooling)
    return replace(state, cooling=cooling, other_w=other_w), other_w != state.other_w


def _learnt(
    raw: Snapshot, state: State, motions: Mapping[str, Motion], moved_at: datetime | None
) -> State:
    certain = frozen.believed(raw, frozen.doubted(state.watched))
    learnt = learn(certain, state, motions, moved_at)
    return replace(
        state,
        balances=learnt.balances,
        fitted_permille=learnt.fitted_permille,
        ratio_permille=learnt.ratio_permille,
        fits=learnt.fits,
    )


def _pools(
    seen: Snapshot,
    motions: Mapping[str, Motion],
    state: State,
    draws: Drawn,
    in_full: frozenset[str],
) -> tuple[Pool, ...]:
    """Where no meter could show that a miner is off, turning it off makes no room."""
    tried, told_nothing = proven_firmware(seen.site, state), barred(state)
    built = build(seen, motions, draws.each, state, tried).values()
    pools = [withheld(pool, told_nothing) for pool in built]
    blind = {kind_of(one) for one in inferred(seen) if one.group in in_full}
    known = tuple(_flat(pool, seen) if pool.kind in blind else pool for pool in pools)
    return readied(seen, state, known)


def _flat(pool: Pool, seen: Snapshot) -> Pool:
    most_w = seen.curves[pool.curve].top.power_w
    return with_(pool, units_w=(most_w,) * len(pool.levels), excess_permille=1000, shown={})


def _released(seen: Snapshot, motions: Mapping[str, Motion]) -> Snapshot:
    """The snapshot with the miners whose motion has just ended among those at rest."""
    done = {name: miner for name, miner in seen.moving.items() if name not in motions}
    return replace(
        seen,
        cohorts={**seen.cohorts, **cohorts(done, prefix="released/")},
        moving={name: miner for name, miner in seen.moving.items() if name in motions},
    )
