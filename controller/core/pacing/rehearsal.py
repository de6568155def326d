"""The canary of each new firmware: one miner goes where others are wanted, and returns.

Who it is, is said one look before it is told anything: so it is asked how it is set while that is
as its operator left it. On the way it passes the same limits, steps and paces as everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from controller.core.canary.returned import returns_to
from controller.core.obedience.evidence import told_w
from controller.core.pacing.candidates import goal, sought
from controller.core.pacing.moves import Move, Step
from controller.core.planning.sharing import Share
from controller.core.pools.pool import Pool
from controller.core.pools.pooling import rung_of
from controller.core.pools.wear import tired
from controller.core.situation import Situation
from controller.model.remembered import Canary, CanaryStage
from controller.reasons import Reason

SOUGHT = Canary()


class Rehearsals(NamedTuple):
    """The canaries as they are now, and what may be told to some of them, by firmware."""

    canaries: Mapping[str, Canary]
    moves: Mapping[str, Move]

    def of(self, steps: Iterable[Step], now: Situation) -> dict[str, Canary]:
        """The canaries once these steps have been told."""
        told = {one.move.miner for one in steps if one.reason is Reason.CANARY}
        return {
            firmware: _told(one, now) if one.miner in told else one
            for firmware, one in self.canaries.items()
        }


def rehearsals(now: Situation, shares: Sequence[Share]) -> Rehearsals:
    """A canary for every firmware that something waits for, and the next move of each."""
    waiting: dict[str, list[Share]] = {}
    for share in shares:
        if share.wish.awaited:
            waiting.setdefault(share.wish.pool.firmware, []).append(share)
    canaries: dict[str, Canary] = {}
    moves: dict[str, Move] = {}
    weary = tired(now.seen, now.state)
    for firmware in sorted({*now.state.canaries, *waiting}):
        before = now.state.canaries.get(firmware, SOUGHT)
        after = sought(before, waiting.get(firmware, []), weary)
        if after != SOUGHT:
            canaries[firmware] = after
        move = _next(after, shares, now)
        if move is not None:
            moves[firmware] = move
    return Rehearsals(canaries, moves)


def _next(canary: Canary, shares: Sequence[Share], now: Situation) -> Move | None:
    """What it may be told now: to go, once it was asked how it is set; to return, once it went.
    Where limits or floors move its equals, it waits."""
    chosen = canary.stage is CanaryStage.CHOSEN
    returns = canary.stage is CanaryStage.RETURNING and canary.told_at is None
    level = returns_to(canary, now.seen) if returns else ""
    miner = now.seen.canaries.get(canary.miner)
    if miner is None or not ((chosen and miner.settings) or level):
        return None
    for share in shares:
        pool = share.wish.pool
        if share.granted == pool.counts.standing[1:] and (place := _place(pool, canary.miner)):
            if level:
                curve = now.seen.curves[pool.curve]
                level_w = told_w(curve, level)
                rung = rung_of(curve, level, level_w)
                return place._replace(to_rung=rung, to_level=level, to_level_w=level_w)
            return place._replace(to_rung=goal(share)[0])
    return None


def _place(pool: Pool, miner: str) -> Move | None:
    """Where it stands, as a move that goes nowhere yet. Whoever is late with coming down, or has
    not been shown to, is not raised: what it truly draws is not known."""
    for rung, cohorts in pool.free.items():
        for cohort in cohorts:
            if miner in cohort.members:
                mean_w = -(-cohort.power_w // len(cohort.members))
                return Move(pool, miner, rung, rung, cohort.level, mean_w)
    for one in pool.pinned:
        unshown = not one.dispatched and one.counted_w > one.said_w
        if one.miner == miner and not (one.late or unshown):
            level = pool.levels[one.rung].name
            return Move(pool, miner, one.rung, one.rung, level, one.counted_w)
    return None


def _told(canary: Canary, now: Situation) -> Canary:
    if canary.stage is CanaryStage.RETURNING:
        return replace(canary, told_at=now.seen.now)
    miner = now.seen.canaries[canary.miner]
    return replace(
        canary,
        stage=CanaryStage.GOING,
        level=miner.level,
        power_w=miner.power_w,
        settings=miner.settings,
        told_at=now.seen.now,
    )
