"""How far canaries are, as it is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from controller.core.planning.sharing import Share
from controller.model.plan import Rehearsal
from controller.model.remembered import Canary
from controller.model.seen import State

NONE = Canary()


def rehearsing(shares: Iterable[Share], after: State) -> dict[str, Rehearsal]:
    """By firmware of which a canary is under way or wanted, that is barred, or could not wait."""
    waiting = Counter[str]()
    for share in shares:
        pool = share.wish.pool
        if pool.withheld:
            waiting[pool.firmware] += pool.withheld
        elif share.wish.awaited:
            pairs = zip(share.wish.awaited, pool.counts.standing[1:], strict=True)
            waiting[pool.firmware] += max(abs(wanted - there) for wanted, there in pairs)
    found = {}
    for firmware in sorted({*waiting, *after.canaries, *after.waivers}):
        canary = after.canaries.get(firmware, NONE)
        found[firmware] = Rehearsal(
            stage=canary.stage,
            miner=canary.miner,
            waiting=waiting[firmware],
            why=canary.why,
            waived=after.waivers.get(firmware),
        )
    return found
