"""What economics and promises would have each pool do, before limits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from controller.core.economics import Step, marginal_price, steps, worth_running
from controller.core.failsafe import price_unknown
from controller.core.pools import Pool
from controller.model.grid import Floor
from controller.model.quality import Fresh, Missing
from controller.model.seen import Snapshot, State
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

    @property
    def power_w(self) -> int:
        """Nominal, of what people allow."""
        standby_w = self.pool.size * self.pool.levels[0].power_w
        return standby_w + sum(
            step.power_w * count
            for step, count in zip(self.ladder[: self.pool.ceiling], self.wanted, strict=False)
        )

    def unhindered(self) -> Wish:
        """The wish if every miner could be moved now."""
        return replace(self, wanted=self.ideal, most=(self.pool.size,) * len(self.ladder))


def wish(pool: Pool, seen: Snapshot, state: State, standstill: Reason | None) -> Wish:
    """What economics wants; where it cannot be decided, what is there. A silent meter does not keep
    it from stopping what loses money."""
    paid = pool.group not in state.unpaid
    ladder = _ladder(pool, seen, paid=paid)
    rungs = range(1, len(pool.levels))
    price = seen.price_per_mwh
    before = state.running.get(pool.kind, len(ladder))
    held = tuple(pool.standing_from(k) for k in rungs)
    undecided = standstill if standstill is not Reason.METER_SILENT else price_unknown(seen)
    if undecided is Reason.HASHPRICE_UNKNOWN and not paid:
        undecided = None
    if undecided is not None or not isinstance(price, Fresh):
        ideal = tuple(pool.size if k <= before else held[k - 1] for k in rungs)
        return Wish(pool, ladder, held, held, ideal, before, undecided or Reason.PRICE_UNKNOWN)
    economics = seen.site.economics
    full_price = marginal_price(price.value, economics, seen.site.groups.get(pool.group))
    worth = worth_running(ladder, full_price, before, economics.start_margin_per_mwh)
    most = held if standstill else tuple(pool.free_from(0) + pool.pinned_from(k) for k in rungs)
    wanted = tuple(most[k - 1] if k <= worth else pool.protected_from(k) for k in rungs)
    ideal = tuple(pool.size if k <= worth else 0 for k in rungs)
    money = Reason.UNPROFITABLE if paid else Reason.INCOME_LOST
    reason = Reason.PROFITABLE if worth == len(ladder) else money
    return Wish(pool, ladder, wanted, most, ideal, worth, reason, money)


def _ladder(pool: Pool, seen: Snapshot, *, paid: bool) -> tuple[Step, ...]:
    """Where the hashprice is missing any will do: it ranks steps by their efficiency. Hashes that
    nobody pays for earn nothing."""
    if not paid:
        return steps(pool.levels, Decimal(0), Decimal(0))
    hashprice = seen.hashprice_per_ph_day
    value = Decimal(1) if isinstance(hashprice, Missing) else hashprice.value
    return steps(pool.levels, value, seen.site.economics.pool_fee)


def with_floors(wishes: list[Wish], floors: tuple[Floor, ...]) -> list[Wish]:
    """Raise wishes until each promised scope has its power, by the best steps not yet wished."""
    raised = list(wishes)
    for floor in floors:
        mine = [index for index, one in enumerate(raised) if one.pool.group == floor.scope]
        missing_w = floor.floor_w - sum(raised[index].power_w for index in mine)
        for index, rung in by_merit(raised, mine):
            raised[index], gained_w = _raise(raised[index], rung, missing_w)
            missing_w -= gained_w
    return raised


def by_merit(wishes: list[Wish], which: list[int]) -> list[tuple[int, int]]:
    """(index, rung) of every step, by falling break-even, then by the pool's key."""
    ranked = sorted(
        (-step.break_even_per_mwh, wishes[index].pool.key, rung, index)
        for index in which
        for rung, step in enumerate(wishes[index].ladder, start=1)
    )
    return [(index, rung) for _, _, rung, index in ranked]


def _raise(one: Wish, rung: int, missing_w: int) -> tuple[Wish, int]:
    """One step for as many miners as the missing power takes. What is pinned stays."""
    below = one.pool.size if rung == 1 else one.wanted[rung - 2]
    most = min(below, one.most[rung - 1]) if rung <= one.pool.ceiling else 0
    step_w = one.ladder[rung - 1].power_w
    more = max(0, min(most - one.wanted[rung - 1], -(-missing_w // step_w)))
    if not more:
        return one, 0
    wanted = (*one.wanted[: rung - 1], one.wanted[rung - 1] + more, *one.wanted[rung:])
    return replace(one, wanted=wanted, reason=Reason.COMMITMENT), more * step_w
