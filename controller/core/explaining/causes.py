"""Why load that could run does not: one primary cause for each watt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from operator import add, gt, lt, sub
from typing import NamedTuple

from controller.core.economics.earnings import paid_per_day
from controller.core.limits.floors import FLOORED
from controller.core.planning.sharing import Share
from controller.core.planning.wishes import Wish
from controller.core.pools.pool import Pool
from controller.model.plan import Curtailed
from controller.reasons import Reason

FOR_MONEY = frozenset({Reason.UNPROFITABLE, Reason.START_COST, Reason.INCOME_LOST})
"""What these keep off would not run either if everything could start."""


def curtailed(
    shares: Iterable[Share], ideal: Iterable[Share], halt_of: Callable[[str], Reason | None]
) -> dict[Reason, Curtailed]:
    """Power and hashrate below the top of every curve, as far as it is proven to be off.

    Of the miners that stand a step lower than they could, those that economics would not run come
    first, then those that a limit cuts, then those that merely wait. `ideal` are the shares if no
    miner were in flight or at rest; `halt_of` says why nothing may start in a group.
    """
    found: dict[Reason, _Load] = {}
    for share, best in zip(shares, ideal, strict=True):
        pool = share.wish.pool
        if pool.counts.seen[-1] < pool.size:
            waits = waiting(share, best, halt_of(pool.group))
            for reason, power_w, hashrate_ths in _causes(best, waits):
                _add(found, reason, _load(share.wish, power_w, hashrate_ths))
        off, top = pool.levels[0], pool.levels[-1]
        locked_w = pool.locked_off * (top.power_w - off.power_w)
        locked_ths = pool.locked_off * top.hashrate_ths
        _add(found, Reason.MAINTENANCE_LOCK, _load(share.wish, locked_w, locked_ths))
    return {
        reason: Curtailed(
            power_w=load.power_w,
            hashrate_ths=load.hashrate_ths,
            clients_per_day=load.clients_per_day,
        )
        for reason, load in found.items()
    }


class _Load(NamedTuple):
    power_w: int
    hashrate_ths: Decimal
    clients_per_day: Decimal


NOTHING = _Load(0, Decimal(0), Decimal(0))


def _load(one: Wish, power_w: int, hashrate_ths: Decimal) -> _Load:
    """What is not earned by it: the hashes, or what their client would pay for the power."""
    if one.client_per_mwh is None:
        return _Load(power_w, hashrate_ths, Decimal(0))
    return _Load(power_w, Decimal(0), paid_per_day(power_w, one.client_per_mwh))


def _add(found: dict[Reason, _Load], reason: Reason, load: _Load) -> None:
    if load.power_w:
        before = found.get(reason, NOTHING)
        found[reason] = _Load(*map(add, before, load))


def _causes(best: Share, waits: Reason) -> Iterator[tuple[Reason, int, Decimal]]:
    """Why so many watts and TH/s of a pool are off. Steps that as many lack for the same causes are
    taken together."""
    wish, levels, size = best.wish, best.wish.pool.levels, best.wish.pool.size
    cuts = map(best.cut.get, range(1, len(levels)))
    lacking = zip(wish.pool.counts.seen[1:], wish.wanted, best.granted, cuts, strict=True)
    low = high = 0
    for (seen, wished, allowed, cut), steps in groupby(lacking):
        low, high = high, high + len([*steps])
        missing = size - seen
        dear = min(size - wished, missing)
        short = min(wished - allowed, missing - dear)
        counts = (
            (wish.money, dear),
            (cut.reason if cut else waits, short),
            (waits, missing - dear - short),
        )
        power_w = levels[high].power_w - levels[low].power_w
        hashrate_ths = levels[high].hashrate_ths - levels[low].hashrate_ths
        for reason, count in counts:
            if count:
                yield reason, count * power_w, count * hashrate_ths


def waiting(share: Share, best: Share, halt: Reason | None) -> Reason:
    """What miners wait for that neither money nor a limit keeps off."""
    if halt is not None:
        return halt
    pool = share.wish.pool
    resting = max(map(sub, best.granted, share.granted))
    if resting <= 0:
        return Reason.COOLING if pool.uncooled else Reason.STAGED_RESTORE
    refusing = sum(one.refuses for one in pool.pinned)
    if resting <= refusing:
        return Reason.DISOBEDIENT
    return pool.barred_by if resting <= refusing + pool.barred else Reason.MINIMUM_OFF


def decisive(share: Share, best: Share, halt: Reason | None) -> Reason:
    """What keeps a pool's next step from running, or why all of it runs."""
    if not share.wish.pool.size:
        return _unheeding(share.wish.pool)
    below = any(map(lt, share.wish.pool.counts.seen[1:], best.granted))
    waits = waiting(share, best, halt) if below else None
    if waits is Reason.COOLING:
        return waits  # before a limit: it holds even those for whom there is room
    if best.cut and any(map(lt, share.granted, best.wish.wanted)):
        return best.cut[min(best.cut)].reason
    if waits is not None:
        return waits
    if halt is not None and best.wish.reason not in FOR_MONEY:
        return halt
    return _running(share, best)


def _running(share: Share, best: Share) -> Reason:
    """Why so much runs. Where it is more than if everybody could be moved, it is for a floor in the
    place of others, or it is too soon to stop."""
    if not any(map(gt, share.granted, best.wish.wanted)):
        return best.wish.reason
    return share.wish.reason if share.wish.reason in FLOORED else Reason.MINIMUM_ON


def _unheeding(pool: Pool) -> Reason:
    """Why none of a pool's miners can be told anything: what holds of most of them."""
    counts = {
        Reason.MAINTENANCE_LOCK: pool.locked_size,
        Reason.UNREACHABLE: pool.unreachable,
        Reason.DISOBEDIENT: pool.disobedient,
        Reason.CONTESTED: pool.contested,
        Reason.CANARY: pool.withheld,
    }
    return max(counts, key=lambda reason: counts[reason])
