"""Which miners go down and which may come up now, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from controller.core.moves import Move, Step, moves
from controller.core.pacing import Credit, admit, credit
from controller.core.planning import Share
from controller.core.pooling import rung_of
from controller.core.pools import Pool
from controller.core.situation import Situation
from controller.model.fleet import OFF
from controller.reasons import Reason


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is carried out now, and what is left of the restore allowance."""

    steps: list[Step]
    allowance: Credit
    waits_w: int
    """The smallest rise that waits for the allowance to grow; 0 when none does."""


def verdict(now: Situation, shares: list[Share]) -> Verdict:
    """Downward moves all at once, then as many starts as limits and pace allow."""
    downs: list[Step] = []
    rises: list[tuple[Decimal, Move]] = []
    for share in shares:
        downs += _locked(now, share.wish.pool)
        found = moves(share, _salt(now))
        downs += _lowered(share, [move for move in found if move.down])
        rises += [(_merit(share, move), move) for move in found if not move.down]
    ups = [move for _, move in sorted(rises, key=lambda rise: -rise[0])]
    raised, allowance = _raised(now, ups)
    why = {share.wish.pool.key: share.wish.reason for share in shares}
    starts = (Step(move, _start_reason(why[move.pool.key])) for move in raised)
    waits = [] if now.halt else [m.rise_w for m in ups if m.rise_w > allowance.left_w]
    return Verdict([*downs, *starts], allowance, min(waits, default=0))


def _raised(now: Situation, ups: list[Move]) -> tuple[list[Move], Credit]:
    pacing = now.seen.site.pacing
    largest_w = max((move.rise_w for move in ups), default=0)
    allowance = credit(now.state, now.seen.now, pacing, largest_w)
    if now.halt is not None:
        return [], allowance
    return admit(ups, now.limits, now.expected_w, now.seen.site.headroom, allowance)


def _merit(share: Share, move: Move) -> Decimal:
    """The break-even of the first step that a rise takes: the best start first."""
    ladder = share.wish.ladder
    taken = ladder[move.from_rung : move.from_rung + 1] or ladder[-1:]
    return taken[0].break_even_per_mwh if taken else Decimal(0)


def _start_reason(wish: Reason) -> Reason:
    """A group without income starts one miner only, to ask whether it is back."""
    return wish if wish in (Reason.COMMITMENT, Reason.INCOME_LOST) else Reason.PROFITABLE


def _salt(now: Situation) -> str:
    """Another place in the row of equals for each day and each set of dispatches."""
    return "/".join([now.seen.now.date().isoformat(), *sorted(now.seen.dispatches)])


def _lowered(share: Share, downs: list[Move]) -> Iterator[Step]:
    """The first go for money, as many as economics would lower; the rest because of what cuts."""
    pool = share.wish.pool
    held = (pool.free_from(rung) + pool.pinned_from(rung) for rung in range(1, len(pool.levels)))
    unwished = (have - wanted for have, wanted in zip(held, share.wish.wanted, strict=True))
    for_money = max(unwished, default=0)
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
        rung = rung_of(pool.levels, curve, cohort.level, unit_w)
        if rung:
            for miner in cohort.members:
                move = Move(pool, miner, rung, 0, cohort.level, unit_w)
                yield Step(move, Reason.MAINTENANCE_LOCK)
    for name in pool.locked_pinned:
        motion, miner_seen = now.motions[name], now.seen.moving[name]
        rung = rung_of(pool.levels, curve, motion.command.level, miner_seen.power_w)
        if motion.command.level != OFF:
            power_w = max(motion.proven_w, miner_seen.power_w, pool.levels[rung].power_w)
            move = Move(pool, name, rung, 0, motion.command.level, power_w)
            yield Step(move, Reason.MAINTENANCE_LOCK)
