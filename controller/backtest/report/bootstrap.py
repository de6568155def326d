"""How far a sum over history could have come out otherwise: a block bootstrap by week.

Days that follow one another are alike in weather and price, so whole weeks are drawn with
replacement, not days: Künsch, "The jackknife and the bootstrap for general stationary
observations", Annals of Statistics 17 (1989), here with blocks that do not overlap. The interval
is that of percentiles: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13.
It says how much hangs on which weeks there were. It says nothing about years unlike these.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from statistics import quantiles

LEVEL = 0.9
RESAMPLES = 1_000
WEEK_DAYS = 7
FEW_WEEKS = 10
"""With fewer, a bootstrap's intervals are too narrow to be trusted."""
_SEED = 1989
_TAILS = 20
"""The first and the last of nineteen cuts leave a twentieth on either side: 90 % between them."""


def weekly(values: Sequence[float]) -> list[float]:
    """Sums of weeks: runs of seven of the given days, from the first on. The last may be shorter.

    Days that were left out are skipped, so that a week may reach over the gap.
    """
    return [sum(values[first : first + WEEK_DAYS]) for first in range(0, len(values), WEEK_DAYS)]


def resamples(days: int) -> list[list[float]]:
    """How much each week counts in each of the resamples; always the same for as many days.

    As many weeks as there are, drawn with replacement, then scaled to as many days, so that a
    short last week neither adds nor takes. Whoever uses the same weights draws the same weeks.
    """
    lengths = weekly([1.0] * days)
    chance = Random(_SEED)  # noqa: S311 - nothing secret: the same draws each time
    found = []
    for _ in range(RESAMPLES):
        weights = [0.0] * len(lengths)
        for week in chance.choices(range(len(lengths)), k=len(lengths)):
            weights[week] += 1
        scale = days / _product(weights, lengths)
        found.append([weight * scale for weight in weights])
    return found


def totals(weights: Sequence[Sequence[float]], weeks: Sequence[float]) -> list[float]:
    """What the sum of `weeks` is in each resample."""
    if not any(weeks):
        return [0.0] * len(weights)
    return [_product(each, weeks) for each in weights]


def interval(found: Sequence[float]) -> tuple[float, float]:
    """Between which values the middle 90 % lie."""
    if len(found) < 2:
        return found[0], found[0]
    cuts = quantiles(found, n=_TAILS, method="inclusive")
    return cuts[0], cuts[-1]


def _product(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(map(float.__mul__, left, right))
