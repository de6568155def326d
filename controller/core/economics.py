"""What hashing earns and what power costs: the break-even of each step of a curve."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from controller.model.fleet import Curve, Level
from controller.model.site import Economics, Group

HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Step:
    """From one level of a concave curve to the next."""

    power_w: int
    hashrate_ths: Decimal
    break_even_per_mwh: Decimal


def concave(curve: Curve) -> tuple[Level, ...]:
    """The levels on the upper concave hull of hashrate over power, by rising power.

    A level below the hull is never the best use of its watts: a mix of its neighbours earns more.
    """
    hull: list[Level] = []
    for level in sorted(curve.levels, key=lambda one: (one.power_w, one.hashrate_ths, one.name)):
        if hull and level.hashrate_ths <= hull[-1].hashrate_ths:
            continue
        while len(hull) >= 2 and _below(hull[-2], hull[-1], level):
            hull.pop()
        hull.append(level)
    return tuple(hull)


def _below(left: Level, middle: Level, right: Level) -> bool:
    """Whether `middle` lies on or below the line from `left` to `right`."""
    rise = (middle.hashrate_ths - left.hashrate_ths) * (right.power_w - left.power_w)
    return rise <= (right.hashrate_ths - left.hashrate_ths) * (middle.power_w - left.power_w)


def revenue(
    hashrate_ths: Decimal, seconds: Decimal, hashprice_per_ph_day: Decimal, pool_fee: Decimal
) -> Decimal:
    """What hashing at this rate earns in this time, net of the pool's fee.

    `TH/s ÷ 1000 × hashprice × seconds ÷ 86 400 × (1 − fee)`: the definition of hashprice.
    """
    days = seconds / 86_400
    return hashrate_ths / 1000 * hashprice_per_ph_day * days * (1 - pool_fee)


def steps(
    levels: tuple[Level, ...], hashprice_per_ph_day: Decimal, pool_fee: Decimal
) -> tuple[Step, ...]:
    """The steps between neighbouring levels of a concave curve, best first.

    Break-even: an hour's net revenue of the step's hashrate over the MWh of its power.
    """
    found = []
    for low, high in pairwise(levels):
        power_w = high.power_w - low.power_w
        hashrate = high.hashrate_ths - low.hashrate_ths
        an_hour = revenue(hashrate, Decimal(3600), hashprice_per_ph_day, pool_fee)
        found.append(Step(power_w, hashrate, an_hour / (Decimal(power_w) / 1_000_000)))
    return tuple(found)


def marginal_price(price_per_mwh: Decimal, site: Economics, group: Group | None) -> Decimal:
    """What one more MWh costs: the market's price and the adders of site and group."""
    return price_per_mwh + site.adder_per_mwh + (group.adder_per_mwh if group else 0)


def worth_running(
    ladder: tuple[Step, ...], price_per_mwh: Decimal, running: int, start_margin_per_mwh: Decimal
) -> int:
    """How many steps earn more than they cost.

    A step above the `running` ones has to beat the price by the start margin, so that a price that
    wavers about a break-even starts nothing.
    """
    count = 0
    for index, step in enumerate(ladder, start=1):
        margin = start_margin_per_mwh if index > running else Decimal(0)
        if step.break_even_per_mwh < price_per_mwh + margin:
            break
        count = index
    return count
