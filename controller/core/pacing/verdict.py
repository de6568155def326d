"""Which miners go down and which may come up now, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import gt, sub

from msgspec.structs import replace

from controller.core.limits.failsafe import held_by
from controller.core.limits.floors import FLOORED
from controller.core.pacing.admission import Gate
from controller.core.pacing.credit import Credit, credit
from controller.core.pacing.lowering import Descent, by_urgency, due
from controller.core.pacing.moves import Move, Moves, Step, moves
from controller.core.pacing.rehearsal import Rehearsals, rehearsals
from controller.core.pacing.repeats import Turns, held_repeats
from controller.core.pacing.rising import FIRST, Rise, rises
from controller.core.pacing.staging import (
    SITE_DOWN,
    SITE_UP,
    Stage,
    largest_step,
    staged_at,
    staged_w,
    staggers,
)
from controller.core.pacing.waivers import waivers
from controller.core.planning.sharing import Share
from controller.core.pools.cooling import attended, fans
from controller.core.pools.pool import Pool
from controller.core.pools.pooling import rung_of
from controller.core.pools.wear import Row, worn
from controller.core.situation import Situation
from controller.model.fleet import OFF, Motion
from controller.model.seen import State
from controller.reasons import Reason

_NOT_FOR_MONEY = FLOORED | {Reason.CONSENT, Reason.INCOME_LOST}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is carried out now, and what is left of allowances and stages."""

    now: Situation
    steps: list[Step]
    held: frozenset[str]
    """Miners whose command is not repeated yet."""
    restore: Credit
    lower: Credit | None
    stages: tuple[Stage, ...]
    other_w: Mapping[str, int]
    """By scope, metered power that no miner reports."""
    wanted: frozenset[str]
    """Groups whose fans have to run for what is to rise there."""
    rehearsals: Rehearsals
    waits: frozenset[datetime] = field(default=frozenset())
    """When what waits may go on."""

    def remembered(self, state: State, motions: Mapping[str, Motion]) -> State:
        """The state with what pacing has to know at the next look."""
        started = (one.move.miner for one in self.steps if one.move.starts)
        return replace(
            state,
            restored_at=self.restore.at,
            restore_credit_w=self.restore.left_w,
            lowered_at=self.lower.at if self.lower else None,
            lower_credit_w=self.lower.left_w if self.lower else 0,
            staged_at=staged_at(self.stages),
            staged_w=staged_w(self.stages),
            cooling=attended(self.now.seen, state, motions, self.wanted),
            wear=worn(self.now.seen, state.wear, started),
            canaries=self.rehearsals.of(self.steps, self.now),
            waivers=waivers(self.now, self.steps),
        )


def verdict(now: Situation, shares: list[Share]) -> Verdict:
    """Downward moves as far as the site stands them, then what limits and pace let rise."""
    seen, state = now.seen, now.state
    row = Row(_salt(now), state.wear)
    ceilings = {pool.key: pool.ceiling for pool in now.pools}
    downs: list[Step] = []
    risers: dict[int, Moves] = {}
    for which, share in enumerate(shares):
        found = moves(share, row)
        downs += _locked(now, share.wish.pool)
        lowered = _lowered(share, [_surely(now, move) for move in found.named if move.down])
        downs += [one._replace(move=_allowed(one.move, ceilings)) for one in lowered]
        if _may_rise(now, share):
            risers[which] = found
    tried = rehearsals(now, shares)
    canaries = _canaries(now, tried)
    downs += [Step(move, Reason.CANARY) for move in canaries if move.down]
    rising = [Rise(move, 0, FIRST) for move in canaries if not move.down]
    rising += rises(now, shares, risers)
    down, up = (largest_step(seen.site, key, state, seen.now) for key in (SITE_DOWN, SITE_UP))
    behind = staggers(seen.site, state, seen.now)
    turns = Turns(down, up, behind, fans(seen, state))
    held = held_repeats(now, turns, {step.move.miner for step in downs})
    descent = _descent(now, shares, downs, down)
    gate = Gate(now, _restore(now, rising), up, behind, row)
    raised = gate.admit(rising)
    why = {share.wish.pool.key: _start_reason(share.wish.reason) for share in shares}
    why_canary = dict.fromkeys((move.miner for move in canaries), Reason.CANARY)
    starts = (Step(one, why_canary.get(one.miner, why[one.pool.key])) for one in raised)
    return Verdict(
        now=now,
        steps=[*descent.going, *starts],
        held=held,
        restore=gate.credit,
        lower=descent.credit,
        stages=tuple(one for one in (down, up, *behind.values()) if one is not None),
        other_w={**now.other_w, **gate.other_w},
        wanted=frozenset(gate.wanted | _kept_on(now, shares)),
        rehearsals=tried,
        waits=frozenset(gate.waits | descent.waits | _barred_until(now)),
    )


def _canaries(now: Situation, tried: Rehearsals) -> list[Move]:
    """The moves of canaries that may begin: none starts where nothing may."""
    return [
        move for move in tried.moves.values() if move.down or now.halt_of(move.pool.group) is None
    ]


def _descent(
    now: Situation, shares: list[Share], downs: list[Step], largest: Stage | None
) -> Descent:
    """Limits first; what money slows goes all the same where a limit needs it."""
    descent = Descent(now.seen.now, largest, _lower(now, downs))
    descent.pass_on(by_urgency(now, downs))
    if descent.slowed:
        descent.pass_on(due(now, shares, descent.slowed))
    return descent


def _restore(now: Situation, rising: list[Rise]) -> Credit:
    state, pacing = now.state, now.seen.site.pacing
    most_w = max((rise.who.rise_w for rise in rising), default=0)
    rate = pacing.restore_w_per_minute
    return credit(state.restore_credit_w, state.restored_at, now.seen.now, rate, most_w)


def _lower(now: Situation, downs: list[Step]) -> Credit | None:
    state, rate = now.state, now.seen.site.pacing.lower_w_per_minute
    if rate is None:
        return None
    most_w = max((one.move.fall_w for one in downs), default=0)
    return credit(state.lower_credit_w, state.lowered_at, now.seen.now, rate, most_w)


def _kept_on(now: Situation, shares: list[Share]) -> set[str]:
    """Groups that would run if their fans did: these go on being asked for."""
    pools = (one.wish.pool for one in shares if one.wish.ideal[0] and now.halt is None)
    return {pool.group for pool in pools if pool.barred and pool.barred_by is Reason.COOLING}


def _barred_until(now: Situation) -> set[datetime]:
    return {pool.barred_until for pool in now.pools if pool.barred_until is not None}


def _may_rise(now: Situation, share: Share) -> bool:
    """Nothing does where a source is silent; while a person holds the site, what floors ask for."""
    pool = share.wish.pool
    if now.halt_of(pool.group) is not None:
        return False
    return held_by(now.seen) is None or any(map(gt, share.granted, pool.counts.standing[1:]))


def _start_reason(wish: Reason) -> Reason:
    """A group without income starts one miner only, to ask whether it is back."""
    return wish if wish in _NOT_FOR_MONEY else Reason.PROFITABLE


def _salt(now: Situation) -> str:
    """Another place in the row of equals for each day and each set of dispatches."""
    return "/".join([now.seen.now.date().isoformat(), *sorted(now.seen.dispatches)])


def _allowed(move: Move, ceilings: Mapping[str, int]) -> Move:
    """Whoever is told anything goes as low as a person wants it, though that waits for others of
    its firmware."""
    return move._replace(to_rung=min(move.to_rung, ceilings[move.pool.key]))


def _surely(now: Situation, move: Move) -> Move:
    """Where nothing may start, who does not say at which level it is goes off: it counts in full
    and may stand still, and a lower level could wake it."""
    moving = now.seen.moving.get(move.miner)
    level = move.from_level if moving is None else moving.level
    unsure = not level and now.halt_of(move.pool.group) is not None
    return move._replace(to_rung=0) if unsure else move


def _lowered(share: Share, downs: list[Move]) -> Iterator[Step]:
    """The first go for money, as many as economics would lower; the rest because of what cuts."""
    if not downs:
        return
    for_money = max(map(sub, share.wish.pool.counts.standing[1:], share.wish.wanted))
    for index, move in enumerate(downs):
        cut = share.cut.get(move.to_rung + 1)
        if index < for_money or cut is None:
            yield Step(move, share.wish.money)
        else:
            yield Step(move, cut.reason, cut.dispatch)


def _locked(now: Situation, pool: Pool) -> Iterator[Step]:
    """Whatever still runs at a locked place goes off."""
    curve = now.seen.curves[pool.curve]
    for cohort in pool.locked:
        unit_w = -(-cohort.power_w // len(cohort.members))
        rung = rung_of(curve, cohort.level, unit_w)
        if rung:
            for miner in cohort.members:
                move = Move(pool, miner, rung, 0, cohort.level, unit_w)
                yield Step(move, Reason.MAINTENANCE_LOCK)
    for name in pool.locked_pinned:
        motion, miner_seen = now.motions[name], now.seen.moving[name]
        rung = rung_of(curve, motion.command.level, miner_seen.power_w)
        if motion.command.level != OFF:
            power_w = max(motion.proven_w, miner_seen.power_w, pool.levels[rung].power_w)
            move = Move(pool, name, rung, 0, motion.command.level, power_w)
            yield Step(move, Reason.MAINTENANCE_LOCK)
