"""What a group earns net of power: as planned, if all of it ran, and if it stood still."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cached_property
from typing import NamedTuple

from controller.core.economics.steps import HOURS_A_DAY, MILLION, millionths
from controller.core.economics.tariff import Tariff
from controller.core.planning.room import beyond_reach_w
from controller.core.planning.sharing import Share
from controller.core.situation import Situation
from controller.model.grid import SITE
from controller.model.plan import Allocation
from controller.model.quality import Fresh

CENT = Decimal("0.01")
THS_A_PHS = 1000


class Amounts(NamedTuple):
    """Currency per hour, of the miners that can be told something."""

    planned: Decimal | None = None
    running: Decimal | None = None
    stopped: Decimal | None = None


class Worth:
    """Of one decision."""

    def __init__(self, now: Situation, allocations: Mapping[str, Allocation]) -> None:
        self._now = now
        self._allocations = allocations
        hashprice = now.seen.hashprice_per_ph_day
        self._per_ths: Decimal | None = None
        """What 1 TH/s earns in an hour, net of the pool's fee; None where that is not known."""
        if isinstance(hashprice, Fresh):
            net = hashprice.value * (1 - now.seen.site.economics.pool_fee)
            self._per_ths = net / (HOURS_A_DAY * THS_A_PHS)
        self._weighed = [
            (one.limit_w, one.surcharge_per_mwh)
            for one in now.limits
            if one.surcharge_per_mwh is not None
        ]

    def planned_w(self, share: Share) -> int:
        """What the miners that can be told something draw once they have obeyed."""
        pool = share.wish.pool
        return self._allocations[pool.key].power_w - beyond_reach_w(pool)

    def of(self, group: str, mine: Sequence[Share], tariff: Tariff) -> Amounts:
        """Of the pools of a group. The hashprice is not asked where hashes are a client's, who
        pays for what its miners draw, standby too; nor where they earn nothing."""
        price, declared = self._now.seen.price_per_mwh, self._now.seen.site.groups.get(group)
        hosting = declared.hosting if declared else None
        if not isinstance(price, Fresh):
            return Amounts()
        full = tariff.full(price.value)
        if hosting is not None:
            return self._earned(mine, full - hosting.price_per_mwh, Decimal(0))
        per_ths = Decimal(0) if group in self._now.state.unpaid else self._per_ths
        return Amounts() if per_ths is None else self._earned(mine, full, per_ths)

    def _earned(self, mine: Sequence[Share], per_mwh: Decimal, per_ths: Decimal) -> Amounts:
        """Where a MWh costs so much and a TH/s earns so much in an hour."""
        planned = running = Decimal(0)
        running_w = standby_w = 0
        for share in mine:
            pool, counts = share.wish.pool, self._allocations[share.wish.pool.key].counts
            curve = self._now.seen.curves[pool.curve]
            hashes = [curve.level(name).hashrate_ths * count for name, count in counts.items()]
            planned += sum(hashes, Decimal(0)) * per_ths
            planned -= per_mwh * self.planned_w(share) / MILLION
            rung = _best(share, per_mwh if per_ths else None, per_mwh)
            drawn_w, hashrate = pool.units_w[rung], pool.levels[rung].hashrate_ths
            running += pool.size * (hashrate * per_ths - per_mwh * drawn_w / MILLION)
            running_w += pool.size * drawn_w
            standby_w += pool.size * pool.units_w[0]
        stopped = -per_mwh * standby_w / MILLION
        if self._weighed:
            planned_w = sum(map(self.planned_w, mine))
            planned -= self._penalty(planned_w, planned_w, standby_w)
            running -= self._penalty(planned_w, running_w, standby_w)
        return Amounts(_money(planned), _money(running), _money(stopped))

    def _penalty(self, planned_w: int, drawn_w: int, standby_w: int) -> Decimal:
        """What an hour costs beyond limits that are weighed against money, for what a group draws
        more than its standby, all others as planned."""
        others_w = self._site_w - planned_w
        more = Decimal(0)
        for limit_w, surcharge_per_mwh in self._weighed:
            beyond_w = max(0, others_w + drawn_w - limit_w)
            beyond_w -= max(0, others_w + standby_w - limit_w)
            more += surcharge_per_mwh * beyond_w / MILLION
        return more

    @cached_property
    def _site_w(self) -> int:
        """What the site's meter will show."""
        planned_w = sum([one.power_w for one in self._allocations.values()])
        return self._now.fixed_w[SITE] + planned_w


def _best(share: Share, full_per_mwh: Decimal | None, per_mwh: Decimal) -> int:
    """The rung above off that earns most or loses least; without hashes that earn, power alone
    says which."""
    if full_per_mwh is None:
        return 1 if per_mwh > 0 else len(share.wish.ladder)
    least = millionths(full_per_mwh)
    return max(1, bisect_right(share.wish.ladder, -least, key=lambda step: -step.merit))


def _money(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_EVEN) + 0  # nothing is not minus nothing
