"""Whether a plan stands at another price: there, deciding again moves nothing.

A price decides how many steps of each pool are worth running, and nothing else, unless obligations
are weighed against money or a limit cuts where it may matter which step earns most. So as long as
that many steps stay worth running, at rest, the shares are the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from msgspec.structs import replace

from controller.core.economics.steps import Step, concave, let_at, steps, worth_running
from controller.core.economics.tariff import Tariff, tariff_of
from controller.core.habits.learning import habits
from controller.core.habits.switching import Offer, steps_worth
from controller.model.plan import Allocation, Mode, Plan
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from controller.model.tariff import Consent
from controller.reasons import Reason

BY_MONEY = frozenset(
    {
        Reason.PROFITABLE,
        Reason.UNPROFITABLE,
        Reason.RIDE_THROUGH,
        Reason.START_COST,
        Reason.CONSENT,
    }
)


BY_LIMITS = frozenset({Reason.IMPORT_LIMIT, Reason.GROUP_LIMIT, Reason.BREAKER_LIMIT})
"""Limits that never change: which steps they leave is a matter of what each earns, which a price
moves for all alike where all lose as much power on the way."""


@dataclass(frozen=True)
class Pooled:
    """What price decides of a pool."""

    ladder: tuple[Step, ...]
    tariff: Tariff
    running: int
    """How many steps are worth running."""
    weighs_starts: bool


class Standing:
    """A plan at rest, and what it was decided on; good for these hours of the tariff."""

    def __init__(self, seen: Snapshot, pools: Iterable[Pooled]) -> None:
        self._hashprice = seen.hashprice_per_ph_day
        self._margin = seen.site.economics.start_margin_per_mwh
        self._pools = tuple(dict.fromkeys(pools))

    def after(self, seen: Snapshot, state: State) -> State | None:
        """What is remembered after a look at which nothing but prices is new, from `state`; None
        where it has to be decided again."""
        price = seen.price_per_mwh
        if seen.hashprice_per_ph_day != self._hashprice or not isinstance(price, Fresh):
            return None
        after = replace(state, habits=habits(seen, state))
        for pool in self._pools:
            if self._worth(pool, seen, after, price) != pool.running:
                return None
        return after

    def _worth(self, pool: Pooled, seen: Snapshot, state: State, price: Fresh[Decimal]) -> int:
        if pool.weighs_starts and state.habits is not None:
            offer = Offer(pool.ladder, pool.tariff, price.value, pool.running, self._margin)
            return steps_worth(offer, state.habits, seen.site.economics)
        full = pool.tariff.full(price.value)
        return worth_running(pool.ladder, full, pool.running, self._margin)


def standing(seen: Snapshot, state: State, plan: Plan) -> Standing | None:
    """The plan that was decided on what was seen, `state` being that after it; None where another
    price may always move something."""
    if plan.mode is not Mode.NORMAL or plan.commands or state.motions or state.unpaid:
        return None
    if any(program.weighed for program in seen.site.programs.values()):
        return None
    if not _obeyed(seen, plan):
        return None
    reasons = {one.reason for one in plan.allocations.values()}
    alike = len({group.losses for group in seen.site.groups.values()}) == 1
    if not reasons <= (BY_MONEY | BY_LIMITS if alike else BY_MONEY):
        return None
    return Standing(seen, _pools(seen, state, plan.allocations.values()))


def _obeyed(seen: Snapshot, plan: Plan) -> bool:
    """Whether all stand where the plan wants them; who does not waits for something else than a
    price: a pace, a stage, a meter."""
    stand: Counter[tuple[str, str, str]] = Counter()
    wanted: Counter[tuple[str, str, str]] = Counter()
    for cohort in seen.cohorts.values():
        stand[cohort.group, cohort.curve, cohort.level] += len(cohort.members)
    for miner in seen.moving.values():
        stand[miner.group, miner.curve, miner.level] += 1
    for one in plan.allocations.values():
        for level, count in one.counts.items():
            wanted[one.group, one.curve, level] += count
    return stand == wanted


def _pools(seen: Snapshot, state: State, allocations: Iterable[Allocation]) -> Iterator[Pooled]:
    for one in allocations:
        levels = concave(seen.curves[one.curve])
        hosting, hashprice = seen.site.groups[one.group].hosting, seen.hashprice_per_ph_day
        if hosting is not None and hosting.consent is not Consent.PRICE:
            continue
        if hosting is not None:
            ladder = let_at(levels, hosting.price_per_mwh)
        else:
            assert isinstance(hashprice, Fresh), "in mode normal it is"
            ladder = steps(levels, hashprice.value, seen.site.economics.pool_fee)
        running = min(len(ladder), state.running.get(f"{one.group}/{one.curve}", len(ladder)))
        yield Pooled(ladder, tariff_of(seen, one.group), running, hosting is None)
