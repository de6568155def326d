"""Whether it pays to stop, or to start, when a start costs something: optimal switching.

Be x(i) what a MW gains by running in the coming interval rather than standing still, from the index
at node i on. With what the interval itself earns, and the worth D of being on afterwards,

    x(i) = hours × (break-even − price) + Σ_j moves(i, j) × D(j)
    D(i) = min(max(x(i), 0), cost of a start)

for being on is worth no less than nothing, as one may stop, and no more than a start, as one may
start. So whoever runs goes on while x ≥ 0, and whoever stands starts when x reaches the cost of a
start. It is the fixed point of the dynamic programme (Bellman; Dixit 1989 for entry and exit under
uncertainty), on a chain that is learned. A start that costs nothing leaves the rule of every strike
price: run while the price is no more than the break-even.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from operator import mul
from typing import NamedTuple

from controller.core.economics.steps import Step, worth_running
from controller.core.economics.tariff import Tariff
from controller.core.habits.index import DIGITS, between, price_at
from controller.model.remembered import Habits, Usual
from controller.model.site import Economics

ROUNDS = 200
"""The most that values are put in once more."""
NEAR = 1e-3
"""They stand when none changes by more than this part of the cost of a start."""
HOUR_S = 3600
LADDERS = 256
"""Of how many ladders values are kept at hand; each keeps the chain that it was solved on."""


class Values(NamedTuple):
    """Of one MW of the first step of a ladder, in the site's currency."""

    start: float
    """What a start costs: hashes that are lost, and wear."""
    later: tuple[float, ...]
    """By node, the worth of being on after the coming interval."""


class Offer(NamedTuple):
    """A pool before an interval."""

    ladder: tuple[Step, ...]
    tariff: Tariff
    market_per_mwh: Decimal
    """The last price that is known."""
    running: int
    """How many steps economics last let run."""
    margin_per_mwh: Decimal
    """How far below its break-even the price has to be before a step is started."""


def steps_worth(offer: Offer, known: Habits, economics: Economics) -> int:
    """How many steps are worth running, where a start costs something.

    Only the first is a start: levels change for nothing. So as long as that runs, further steps are
    those that pay at the price; at the one that is expected, where prices are known late.
    """
    price = reckoned(known, offer.market_per_mwh)
    full = offer.tariff.full(price)
    pays = worth_running(offer.ladder, full, offer.running, offer.margin_per_mwh)
    if bool(pays) == bool(offer.running):
        return pays  # what pays runs on, and what loses money does not start
    return max(1, pays) if _worth_it(offer, known, economics, price) else 0


def reckoned(known: Habits, market_per_mwh: Decimal) -> Decimal:
    """The market price per MWh that the coming interval is reckoned with."""
    return expected(known) if known.usual.late else market_per_mwh


def expected(known: Habits) -> Decimal:
    """The mean market price per MWh of intervals that begin where prices stand."""
    return Decimal(repr(round(between(known.place).of(known.usual.costs), DIGITS)))


def _worth_it(offer: Offer, known: Habits, economics: Economics, price: Decimal) -> bool:
    """Whether to run the first step: to go on through a dear interval, to start in a cheap one."""
    usual, ladder, tariff = known.usual, offer.ladder, offer.tariff
    found = values(usual, ladder, tariff, economics)
    margin = 0.0 if offer.running else float(offer.margin_per_mwh)
    earned = _earned(ladder, tariff, float(price)) - margin
    gained = usual.hours * earned + between(known.place).of(found.later)
    return gained >= (0.0 if offer.running else found.start)


@lru_cache(maxsize=LADDERS)
def values(usual: Usual, ladder: tuple[Step, ...], tariff: Tariff, economics: Economics) -> Values:
    """Solved once for each day, ladder and tariff."""
    start = cost_of_start(ladder, economics)
    prices = usual.costs if usual.late else tuple(price_at(i) for i in range(len(usual.costs)))
    now = [usual.hours * _earned(ladder, tariff, price) for price in prices]
    worth = [min(max(one, 0.0), start) for one in now]
    later: list[float] = []
    for _ in range(ROUNDS):
        later = [sum(map(mul, row, worth)) for row in usual.moves]
        found = [min(max(a + b, 0.0), start) for a, b in zip(now, later, strict=True)]
        change = max(abs(a - b) for a, b in zip(found, worth, strict=True))
        worth = found
        if change <= NEAR * start:
            break
    return Values(start, tuple(later))


def cost_of_start(ladder: tuple[Step, ...], economics: Economics) -> float:
    """Of a MW of the first step: the hashes of the time without, and wear."""
    lost_h = economics.start_lost_s / HOUR_S
    first = max(0.0, float(ladder[0].break_even_per_mwh))
    return lost_h * first + float(economics.start_wear_per_mw)


def _earned(ladder: tuple[Step, ...], tariff: Tariff, market: float) -> float:
    """What an hour of running earns for each MW of the first step, with the further steps that
    pay, at a market price per MWh."""
    full = market * float(tariff.factor) + float(tariff.adder_per_mwh)
    first = ladder[0]
    found = float(first.break_even_per_mwh) - full
    for step in ladder[1:]:
        more = float(step.break_even_per_mwh) - full
        if more <= 0:
            break
        found += more * step.power_w / first.power_w
    return found
