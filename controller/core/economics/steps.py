"""What hashing earns and what power costs: the break-even of each step of a curve."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from controller.model.fleet import Curve, Level

HOURS_A_DAY = 24
MILLION = 1_000_000
CURVES = 2048
"""Of how many curves the hull and the steps are kept at hand: they change with the hashprice, a
decision is asked for every few seconds."""


class Step(NamedTuple):
    """From one level of a concave curve to the next."""

    power_w: int
    hashrate_ths: Decimal
    break_even_per_mwh: Decimal
    merit: int
    """The break-even in millionths of the currency per MWh: what steps are put in order by."""


def millionths(price_per_mwh: Decimal) -> int:
    """A price as a whole number, so that thousands are compared in no time."""
    return int(price_per_mwh * MILLION)


@lru_cache(maxsize=CURVES)
def concave(curve: Curve) -> tuple[Level, ...]:
    """The levels on the upper concave hull of hashrate over power, by rising power.

    A level below the hull is never the best use of its watts: a mix of its neighbours earns more.
    Where none hashes it is the one that draws least: what runs there can still be told to stop.
    """
    hull: list[Level] = []
    levels = sorted(curve.levels, key=lambda one: (one.power_w, one.hashrate_ths, one.name))
    for level in levels:
        if hull and level.hashrate_ths <= hull[-1].hashrate_ths:
            continue
        while len(hull) >= 2 and _below(hull[-2], hull[-1], level):
            hull.pop()
        hull.append(level)
    return tuple(hull if len(hull) > 1 else levels[:2])


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


@lru_cache(maxsize=CURVES)
def steps(
    levels: tuple[Level, ...], hashprice_per_ph_day: Decimal, pool_fee: Decimal
) -> tuple[Step, ...]:
    """The steps between neighbouring levels of a concave curve, best first.

    Break-even: an hour's net revenue of the step's hashrate over the MWh of its power.
    """
    an_hour = revenue(Decimal(1), Decimal(3600), hashprice_per_ph_day, pool_fee) * MILLION
    found = []
    for low, high in pairwise(levels):
        power_w = high.power_w - low.power_w
        hashrate = high.hashrate_ths - low.hashrate_ths
        break_even = hashrate * an_hour / power_w
        found.append(Step(power_w, hashrate, break_even, millionths(break_even)))
    return tuple(found)


@lru_cache(maxsize=CURVES)
def let_at(levels: tuple[Level, ...], price_per_mwh: Decimal) -> tuple[Step, ...]:
    """The steps of a curve whose hashes are a client's, who pays this for the power: all of them
    break even there."""
    merit = millionths(price_per_mwh)
    return tuple(
        Step(high.power_w - low.power_w, high.hashrate_ths - low.hashrate_ths, price_per_mwh, merit)
        for low, high in pairwise(levels)
    )


def worth_running(
    ladder: tuple[Step, ...], price_per_mwh: Decimal, running: int, start_margin_per_mwh: Decimal
) -> int:
    """How many steps earn more than they cost.

    A step above the `running` ones has to beat the price by the start margin, so that a price that
    wavers about a break-even starts nothing.
    """
    to_start_per_mwh = price_per_mwh + start_margin_per_mwh
    for count, step in enumerate(ladder):
        due_per_mwh = price_per_mwh if count < running else to_start_per_mwh
        if step.break_even_per_mwh < due_per_mwh:
            return count
    return len(ladder)
