"""Why load that could run does not: one primary cause for each watt."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from controller.core.planning import Share
from controller.core.pools import Pool
from controller.model.plan import Curtailed
from controller.reasons import Reason

NOTHING = Curtailed(power_w=0, hashrate_ths=Decimal(0))


def curtailed(
    shares: Iterable[Share], ideal: Iterable[Share], halt: Reason | None
) -> dict[Reason, Curtailed]:
    """Power and hashrate below the top of every curve, as far as it is proven to be off.

    Of the miners that stand a step lower than they could, those that economics would not run come
    first, then those that a limit cuts, then those that merely wait. `ideal` are the shares if no
    miner were in flight or at rest.
    """
    found: dict[Reason, Curtailed] = {}
    for share, best in zip(shares, ideal, strict=True):
        for rung, step in enumerate(share.wish.ladder, start=1):
            for reason, count in _causes(share, best, rung, halt):
                _add(found, reason, count * step.power_w, count * step.hashrate_ths)
        pool = share.wish.pool
        off, top = pool.levels[0], pool.levels[-1]
        locked_w = pool.locked_off * (top.power_w - off.power_w)
        locked_ths = pool.locked_off * (top.hashrate_ths - off.hashrate_ths)
        _add(found, Reason.MAINTENANCE_LOCK, locked_w, locked_ths)
    return dict(sorted(found.items()))


def _add(
    found: dict[Reason, Curtailed], reason: Reason, power_w: int, hashrate_ths: Decimal
) -> None:
    if power_w:
        before = found.get(reason, NOTHING)
        found[reason] = Curtailed(
            power_w=before.power_w + power_w, hashrate_ths=before.hashrate_ths + hashrate_ths
        )


def _causes(
    share: Share, best: Share, rung: int, halt: Reason | None
) -> Iterable[tuple[Reason, int]]:
    pool = share.wish.pool
    wished, allowed = best.wish.wanted[rung - 1], best.granted[rung - 1]
    cut = best.cut.get(rung)
    missing = pool.size - pool.seen_from(rung)
    for reason, most in (
        (best.wish.money, pool.size - wished),
        (cut.reason if cut else waiting(share, best, halt), wished - allowed),
        (waiting(share, best, halt), missing),
    ):
        count = min(most, missing)
        if count > 0:
            yield reason, count
            missing -= count


def waiting(share: Share, best: Share, halt: Reason | None) -> Reason:
    """What miners wait for that neither money nor a limit keeps off."""
    if halt is not None:
        return halt
    gaps = (could - got for got, could in zip(share.granted, best.granted, strict=True))
    resting = max(gaps, default=0)
    if resting <= 0:
        return Reason.STAGED_RESTORE
    refusing = sum(one.refuses for one in share.wish.pool.pinned)
    return Reason.DISOBEDIENT if resting <= refusing else Reason.MINIMUM_OFF


def decisive(share: Share, best: Share, halt: Reason | None) -> Reason:
    """What keeps a pool's next step from running, or why all of it runs."""
    if not share.wish.pool.size:
        return _unheeding(share.wish.pool)
    if best.cut:
        return best.cut[min(best.cut)].reason
    if halt is not None:
        return halt
    pool = share.wish.pool
    rungs = range(1, len(pool.levels))
    if any(pool.seen_from(rung) < best.granted[rung - 1] for rung in rungs):
        return waiting(share, best, halt)
    stays = any(got > would for got, would in zip(share.granted, best.granted, strict=True))
    return Reason.MINIMUM_ON if stays else share.wish.reason


def _unheeding(pool: Pool) -> Reason:
    """Why none of a pool's miners can be told anything: what holds of most of them."""
    counts = {
        Reason.MAINTENANCE_LOCK: pool.locked_size,
        Reason.UNREACHABLE: pool.unreachable,
        Reason.DISOBEDIENT: pool.disobedient,
    }
    return max(counts, key=lambda reason: counts[reason])
