"""How much load could come within a time, from what runs now.

All limits in force hold, weighed ones too, and so do minimum off times, ceilings, fans, stagger,
the largest step and the restore allowance. It is an estimate that errs low: each place is taken as
full as what has to be counted now, with the headroom that starts need; of the room left only whole
steps count; what starts only after the slowest kind could still arrive is left out, and behind a
staggered breaker everything waits for its stage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from math import ceil

from controller.core.deliverable.done import NOTHING, UNKNOWN, Amount, comes
from controller.core.limits.failsafe import held_by
from controller.core.limits.in_force import lowest
from controller.core.obedience.learned import start_s
from controller.core.obedience.patience import pacing_of
from controller.core.pacing.credit import credit
from controller.core.pacing.staging import SITE_UP, Stage, largest_step, staggers
from controller.core.planning.room import usable_by_starts_w
from controller.core.pools.cooling import fans
from controller.core.pools.pool import Pool
from controller.core.scopes import scopes_of
from controller.core.situation import Situation
from controller.model.grid import SITE
from controller.model.site import Site


@dataclass(frozen=True, slots=True)
class Rise:
    """What a pool could rise by, by the second from which on it may."""

    pool: Pool
    declared_s: int
    slow_s: int
    """How long its starts take."""
    by_ready_s: Mapping[int, int]

    def within(self, now: Situation, within_s: int) -> Amount:
        learned = now.state.learned.get(self.pool.kind, UNKNOWN)
        found = NOTHING
        for ready_s, power_w in self.by_ready_s.items():
            left_s = within_s - ready_s
            found = found.plus(comes((power_w,), learned, self.declared_s, left_s))
        return found


def rises(now: Situation) -> list[Rise]:
    """Of the pools that may rise at all; none where the site has no room for any."""
    if held_by(now.seen) is not None:
        return []
    if _room_w(now).get(SITE, 1) <= 0:
        return []
    found = []
    for pool in now.pools:
        waits_s = _waits_s(now, pool)
        by_ready_s = {} if waits_s is None else _by_ready_s(now, pool, waits_s)
        if by_ready_s:
            declared_s = pacing_of(now.seen.site, pool.group).start_within_s
            slow_s = start_s(now.seen, now.state, pool.kind)
            found.append(Rise(pool, declared_s, slow_s, by_ready_s))
    return found


def added(now: Situation, could: list[Rise], within_s: int) -> Amount:
    """What of that fits, and comes within the time."""
    amounts = [(one, one.within(now, within_s)) for one in could]
    amounts = [(one, amount) for one, amount in amounts if amount.power_w]
    if not amounts:
        return NOTHING
    room = _room_w(now)
    spare_s = max(0, within_s - max(one.slow_s for one, _ in amounts))
    groups: dict[str, Amount] = {}
    for one, amount in amounts:
        group = one.pool.group
        groups[group] = groups.get(group, NOTHING).plus(amount)
    fits = partial(_fits, room, now.seen.site, could)
    groups = {name: fits(one, name) for name, one in groups.items()}
    total = NOTHING
    for name, amount in _behind(now, groups).items():
        total = total.plus(fits(amount, name).at_most(_stagger_w(now, could, name, spare_s)))
    return fits(total, SITE).at_most(_pace_w(now, could, spare_s))


def _fits(
    room: Mapping[str, int], site: Site, could: list[Rise], amount: Amount, scope: str
) -> Amount:
    """What of it finds room in a place. Where that is not all, no part of a step does."""
    left_w = room.get(scope, amount.power_w)
    if amount.power_w <= left_w:
        return amount
    mine = (one.pool for one in could if scope in scopes_of(site, one.pool.group))
    steps_w = {step_w for pool in mine for step_w in pool.steps_w[: pool.ceiling]}
    largest_w = max(steps_w)
    unused_w = left_w % largest_w if len(steps_w) == 1 else largest_w - 1
    return amount.at_most(left_w - unused_w)


def staged_w(stage: Stage, most_w: int, spare_s: int, now: datetime) -> int:
    """What may move in stages that begin within so many seconds."""
    lasts_s = max(1, stage.lasts_s)
    if stage.reopens_at is None:
        return most_w * (1 + spare_s // lasts_s)
    closed_s = _seconds_between(now, stage.reopens_at)
    return max(0, stage.left_w) + most_w * max(0, 1 + (spare_s - closed_s) // lasts_s)


def _by_ready_s(now: Situation, pool: Pool, waits_s: int) -> dict[int, int]:
    top_w = pool.units_w[pool.ceiling]
    free_w = sum(
        max(0, top_w * len(one.members) - max(one.power_w, pool.units_w[rung] * len(one.members)))
        for rung, held in pool.free.items()
        if rung < pool.ceiling
        for one in held
    )
    found = {waits_s: free_w}
    for one in pool.pinned:
        if not one.dispatched and not one.refuses and one.rung < pool.ceiling:
            ready_s = max(waits_s, _rests_s(now, one.miner))
            rise_w = max(0, top_w - max(one.counted_w, pool.units_w[one.rung]))
            found[ready_s] = found.get(ready_s, 0) + rise_w
    return {ready_s: power_w for ready_s, power_w in found.items() if power_w}


def _rests_s(now: Situation, miner: str) -> int:
    return _seconds_between(now.seen.now, now.motions[miner].rest_until or now.seen.now)


def _waits_s(now: Situation, pool: Pool) -> int | None:
    """For how long nothing rises there; None: it may not at all."""
    if now.halt_of(pool.group) is not None:
        return None
    if not pool.uncooled:
        return 0
    around = fans(now.seen, now.state)[pool.group]
    if around.failing(now.seen.now):
        return None
    if around.ready_at is None:
        return around.rules.before_s
    return _seconds_between(now.seen.now, around.ready_at)


def _seconds_between(start: datetime, end: datetime) -> int:
    return ceil((end - start).total_seconds())


def _room_w(now: Situation) -> dict[str, int]:
    """By scope with a limit: what may rise there."""
    found = {
        scope: usable_by_starts_w(limit, now) - now.expected_w.get(scope, 0)
        for scope, limit in lowest(now.limits).items()
    }
    for name, power_w in now.fans_w.items():
        for scope in scopes_of(now.seen.site, name):
            if scope in found:
                found[scope] -= power_w
    return found


def _behind(now: Situation, groups: Mapping[str, Amount]) -> dict[str, Amount]:
    """By breaker; of groups without one, under no name."""
    found: dict[str, Amount] = {}
    for name, amount in groups.items():
        group = now.seen.site.groups.get(name)
        breaker = group.breaker if group else ""
        found[breaker] = found.get(breaker, NOTHING).plus(amount)
    return found


def _stagger_w(now: Situation, could: list[Rise], breaker: str, spare_s: int) -> int:
    stage = staggers(now.seen.site, now.state, now.seen.now).get(breaker)
    if stage is None:
        return sum(sum(one.by_ready_s.values()) for one in could)
    most_w = max(now.seen.site.breakers[breaker].stagger_w, _one_w(could))
    return staged_w(stage, most_w, spare_s, now.seen.now)


def _pace_w(now: Situation, could: list[Rise], spare_s: int) -> int:
    pacing, state, one_w = now.seen.site.pacing, now.state, _one_w(could)
    per_minute_w = pacing.restore_w_per_minute
    left = credit(state.restore_credit_w, state.restored_at, now.seen.now, per_minute_w, one_w)
    most_w = left.left_w + per_minute_w * spare_s // 60
    stage = largest_step(now.seen.site, SITE_UP, state, now.seen.now)
    if stage is None or pacing.largest_step_up_w is None:
        return most_w
    step_w = max(pacing.largest_step_up_w, one_w)
    return min(most_w, staged_w(stage, step_w, spare_s, now.seen.now))


def _one_w(could: list[Rise]) -> int:
    """The least that a single miner comes with: one always may."""
    return min(one.pool.units_w[1] - one.pool.units_w[0] for one in could)
