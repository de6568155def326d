"""Between which market prices a plan stands as it is: there, deciding again moves nothing.

A price decides which steps of each pool are worth running, and nothing else, unless obligations are
weighed against money or a limit cuts where groups lose more power on the way than others. So as
long as that many steps stay worth running, at rest, the shares are the same.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from controller.core.economics.steps import Step, concave, let_at, steps
from controller.core.economics.tariff import Tariff, tariff_of
from controller.model.plan import Allocation, Mode, Plan
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from controller.model.tariff import Consent
from controller.reasons import Reason

BY_MONEY = frozenset({Reason.PROFITABLE, Reason.UNPROFITABLE, Reason.CONSENT})


class Band(NamedTuple):
    """Market prices per MWh: above `low`, and up to `high`; None where there is no bound."""

    low: Decimal | None
    high: Decimal | None

    def holds(self, price_per_mwh: Decimal) -> bool:
        above = self.low is None or self.low < price_per_mwh
        return above and (self.high is None or price_per_mwh <= self.high)


def stands_between(seen: Snapshot, state: State, plan: Plan) -> Band | None:
    """The band of a plan that was decided on what was seen; `state` is that after it.

    It is good for this hashprice and these hours of the tariff. None where another price may always
    move something.
    """
    if plan.mode is not Mode.NORMAL or plan.commands or state.motions or state.unpaid:
        return None
    if any(program.weighed for program in seen.site.programs.values()):
        return None
    if not all(one.reason in BY_MONEY for one in plan.allocations.values()):
        return None
    bands = [_band(seen, state, one) for one in plan.allocations.values()]
    lows = [one.low for one in bands if one.low is not None]
    highs = [one.high for one in bands if one.high is not None]
    return Band(max(lows, default=None), min(highs, default=None))


def _band(seen: Snapshot, state: State, one: Allocation) -> Band:
    hosting = seen.site.groups[one.group].hosting
    if hosting is not None and hosting.consent is not Consent.PRICE:
        return Band(None, None)
    ladder, tariff = _ladder(seen, one), tariff_of(seen, one.group)
    running = min(len(ladder), state.running.get(f"{one.group}/{one.curve}", len(ladder)))
    margin = seen.site.economics.start_margin_per_mwh
    low = ladder[running].break_even_per_mwh - margin if running < len(ladder) else None
    high = ladder[running - 1].break_even_per_mwh if running else None
    return Band(_market(tariff, low), _market(tariff, high))


def _ladder(seen: Snapshot, one: Allocation) -> tuple[Step, ...]:
    levels = concave(seen.curves[one.curve])
    hosting = seen.site.groups[one.group].hosting
    if hosting is not None:
        return let_at(levels, hosting.price_per_mwh)
    hashprice = seen.hashprice_per_ph_day
    assert isinstance(hashprice, Fresh)
    return steps(levels, hashprice.value, seen.site.economics.pool_fee)


def _market(tariff: Tariff, full_per_mwh: Decimal | None) -> Decimal | None:
    return None if full_per_mwh is None else tariff.market_for(full_per_mwh)
