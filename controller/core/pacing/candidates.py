"""Which miner of a new firmware is to be its canary, and where it is to go."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from operator import gt, lt

from controller.core.planning.sharing import Share
from controller.core.pools.cohorts import BADNESS
from controller.model.fleet import CUT, Cohort
from controller.model.remembered import Canary, CanaryStage


def sought(canary: Canary, waiting: Sequence[Share], tired: Collection[str]) -> Canary:
    """The canary, or another where none is chosen or the one that is has nowhere to go. `tired` are
    those that may not be started now: they could not return."""
    if canary.stage not in (CanaryStage.SOUGHT, CanaryStage.CHOSEN):
        return canary
    able = {
        name: BADNESS[cohort.grade]
        for share in waiting
        for name, cohort in _able(share)
        if name not in tired and name not in canary.tried
    }
    if not able:
        return Canary(tried=canary.tried)
    if canary.miner in able:
        return canary
    # Whoever knows its own watts goes first; of equals, the first by its name.
    first = min(able, key=lambda name: (able[name], name))
    return Canary(stage=CanaryStage.CHOSEN, miner=first, tried=canary.tried)


def _able(share: Share) -> Iterator[tuple[str, Cohort]]:
    """Miners at rest that stand where some have to leave."""
    rung, down = goal(share)
    for stands, cohorts in share.wish.pool.free.items():
        if stands > rung if down else stands < rung:
            yield from _members(cohorts)


def _members(cohorts: Iterable[Cohort]) -> Iterator[tuple[str, Cohort]]:
    """Of those that say where they stand, and are not cut off."""
    for cohort in cohorts:
        if cohort.level not in ("", CUT):
            yield from ((name, cohort) for name in cohort.members)


def goal(share: Share) -> tuple[int, bool]:
    """To which rung the first of those that wait will be told to go, and whether that is down."""
    wanted, there = share.wish.awaited, share.wish.pool.counts.standing[1:]
    falls = [*map(lt, wanted, there)]
    if True in falls:
        return falls.index(True), True
    rises = [rung for rung, more in enumerate(map(gt, wanted, there), start=1) if more]
    return max(rises, default=0), False
