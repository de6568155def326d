"""What economics and promises would have each pool do, before limits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from controller.core.economics.steps import Step, let_at, steps, worth_running
from controller.core.economics.tariff import tariff_of
from controller.core.habits.switching import Offer, reckoned, steps_worth
from controller.core.limits.failsafe import hashprice_unknown, held_by, price_unknown
from controller.core.pools.pool import Pool
from controller.model.quality import Fresh, Missing
from controller.model.seen import Snapshot, State
from controller.model.tariff import Consent, Hosting
from controller.reasons import Reason


@dataclass(frozen=True, slots=True)
class Wish:
    """How many miners of a pool should stand at rung k or above, for each k from 1."""

    pool: Pool
    ladder: tuple[Step, ...]
    wanted: tuple[int, ...]
    most: tuple[int, ...]
    """How many could stand there now."""
    ideal: tuple[int, ...]
    """How many should, if no miner were in flight or at rest: what they wait for is no other
    cause."""
    worth: int
    """Steps that earn more than they cost; those that run, where that cannot be told."""
    reason: Reason
    """What keeps the rest from running."""
    money: Reason = Reason.UNPROFITABLE
    """Why it is not worth running, where it is not."""
    price_per_mwh: Decimal | None = None
    """What one more MWh costs this group, all told; None where it is not known."""
    last: bool = False
    """Whether a limit takes power from all others first."""
    client_per_mwh: Decimal | None = None
    """What a client pays for its power; None where the hashes are the site's own."""
    awaited: tuple[int, ...] = ()
    """What will be wanted once a canary has shown that its firmware stands it; empty: nothing
    waits for one."""

    @property
    def allowed(self) -> tuple[int, ...]:
        """How many of the wanted people allow, none above the ceiling of the pool."""
        ceiling, rungs = self.pool.ceiling, len(self.ladder)
        if ceiling == rungs:
            return self.wanted
        return self.wanted[:ceiling] + (0,) * (rungs - ceiling)

    @property
    def hindered(self) -> bool:
        """Whether some miner cannot be moved now that would be."""
        return self.wanted != self.ideal or self.most != (self.pool.size,) * len(self.ladder)

    def unhindered(self) -> Wish:
        """The wish if every miner could be moved now."""
        return replace(self, wanted=self.ideal, most=(self.pool.size,) * len(self.ladder))


def wish(pool: Pool, seen: Snapshot, state: State, standstill: Reason | None) -> Wish:
    """What economics wants; where it cannot be decided, what is there. A silent meter does not keep
    it from stopping what loses money, nor does an unknown hashprice where hashes earn nothing or
    are a client's. A client that has agreed to limits only runs at any price."""
    terms = _terms(pool, seen, state)
    ladder = terms.ladder
    price, counts = seen.price_per_mwh, pool.counts
    before = min(len(ladder), state.running.get(pool.kind, len(ladder)))
    held = counts.standing[1:]
    most = held if standstill else tuple([counts.free[0] + pinned for pinned in counts.pinned[1:]])
    if held_by(seen) is not None:
        why = Reason.HELD_BY_PERSON
        return terms.of(Wish(pool, ladder, held, most, held, before, why, why))
    undecided = _undecided(seen, standstill, terms)
    if undecided is None and not isinstance(price, Fresh) and seen.price_assumed_per_mwh is None:
        undecided = Reason.PRICE_UNKNOWN
    if undecided is not None:
        ideal = (pool.size,) * before + held[before:]
        return terms.of(Wish(pool, ladder, held, held, ideal, before, undecided))
    if not isinstance(price, Fresh):
        return terms.of(_by_assumption(pool, seen, terms, held, before))
    tariff = tariff_of(seen, pool.group)
    full, margin = tariff.full(price.value), seen.site.economics.start_margin_per_mwh
    habits = state.habits if terms.weighs_starts else None
    market = price.value if habits is None else reckoned(habits, price.value)
    pays = worth_running(ladder, tariff.full(market), before, margin)
    worth = len(ladder) if terms.spared else pays
    if habits is not None:
        offer = Offer(ladder, tariff, price.value, before, margin)
        worth = steps_worth(offer, habits, seen.site.economics)
    wanted = (*most[:worth], *counts.protected[worth + 1 :])
    ideal = (pool.size,) * worth + (0,) * (len(ladder) - worth)
    money = Reason.START_COST if pays and not worth else terms.money
    reason = _reason(worth, pays, len(ladder), money, spared=terms.spared)
    return terms.of(Wish(pool, ladder, wanted, most, ideal, worth, reason, money, full))


def _by_assumption(
    pool: Pool, seen: Snapshot, terms: _Terms, held: tuple[int, ...], before: int
) -> Wish:
    """What the price that is assumed, as none is fresh, lets go on. It starts nothing, and nothing
    is learned from it."""
    assumed = seen.price_assumed_per_mwh
    assert assumed is not None
    ladder, economics = terms.ladder, seen.site.economics
    full = tariff_of(seen, pool.group).full(assumed)
    pays = worth_running(ladder, full, before, economics.start_margin_per_mwh)
    worth = len(ladder) if terms.spared else pays
    wanted = (*held[:worth], *pool.counts.protected[worth + 1 :])
    ideal = (pool.size,) * worth + (0,) * (len(ladder) - worth)
    why = Reason.PRICE_UNKNOWN
    return Wish(pool, ladder, wanted, held, ideal, worth, why, why)


class _Terms(NamedTuple):
    """On what terms a pool runs."""

    ladder: tuple[Step, ...]
    money: Reason
    """What money says of it where its power costs more than it brings in."""
    sure: bool = False
    """What it brings in does not depend on the hashprice."""
    hosting: Hosting | None = None

    @property
    def weighs_starts(self) -> bool:
        """Whether it is asked what stopping and starting again costs: of hashes of our own that are
        paid for."""
        return not self.sure

    @property
    def spared(self) -> bool:
        """Money stops none of it."""
        return self.hosting is not None and self.hosting.consent is not Consent.PRICE

    def of(self, one: Wish) -> Wish:
        """A wish on these terms."""
        hosting = self.hosting
        if hosting is None:
            return one
        last = hosting.consent is Consent.LAST
        return replace(one, last=last, client_per_mwh=hosting.price_per_mwh)


def _terms(pool: Pool, seen: Snapshot, state: State) -> _Terms:
    """Where the hashprice is missing any will do: it ranks steps by their efficiency. Hashes that
    nobody pays for earn nothing; those of a client bring in what the client pays for the power."""
    group = seen.site.groups.get(pool.group)
    hosting = group.hosting if group else None
    if hosting is not None:
        ladder = let_at(pool.levels, hosting.price_per_mwh)
        agreed = hosting.consent is Consent.PRICE
        money = Reason.UNPROFITABLE if agreed else Reason.CONSENT
        return _Terms(ladder, money, sure=True, hosting=hosting)
    if pool.group in state.unpaid:
        ladder = steps(pool.levels, Decimal(0), Decimal(0))
        return _Terms(ladder, Reason.INCOME_LOST, sure=True)
    hashprice = seen.hashprice_per_ph_day
    value = Decimal(1) if isinstance(hashprice, Missing) else hashprice.value
    ladder = steps(pool.levels, value, seen.site.economics.pool_fee)
    return _Terms(ladder, Reason.UNPROFITABLE)


def _undecided(seen: Snapshot, standstill: Reason | None, terms: _Terms) -> Reason | None:
    """What keeps economics from deciding. A price that is assumed is enough to stop by."""
    silent = standstill in (Reason.METER_SILENT, Reason.SIGNAL_SILENT)
    found = price_unknown(seen) if silent else standstill
    if found is Reason.PRICE_UNKNOWN and seen.price_assumed_per_mwh is not None:
        found = hashprice_unknown(seen)
    return None if found is Reason.HASHPRICE_UNKNOWN and terms.sure else found


def _reason(worth: int, pays: int, every: int, money: Reason, *, spared: bool) -> Reason:
    """What keeps the rest from running, or why all of it does: it pays at the price, or stopping
    does not pay."""
    if worth == every == pays:
        return Reason.PROFITABLE
    return Reason.RIDE_THROUGH if worth == every and not spared else money
