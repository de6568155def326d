"""The index of prices: one number that says where they stand, on a logarithmic scale of nodes.

Prices persist in their logarithm: an interval at 5,000 does not outweigh the hours around it. The
index is the smoothed logarithm of the last price, pulled a little to the day-ahead price of the
next hour, and carries a part of the change that the day-ahead market expects. What the constants
are worth, and how little depends on them: docs/look-ahead.md.
"""

from __future__ import annotations

from decimal import Decimal
from math import exp, log
from typing import NamedTuple

NODES = 24
SHIFT_PER_MWH = 20.0
"""Added to a market price before its logarithm is taken: quiet prices are about as high."""
LOWEST_PER_MWH = -10.0
"""A lower one counts as this: whoever is paid for power runs."""
FIRST, LAST = 15.0, 5000.0
"""Shifted prices of the first and the last node. Beyond, the index stays there."""
SMOOTHING = 0.15
"""What is left of the smoothed logarithm after an interval of a quarter of an hour or less; of
longer ones exp(−h ÷ 0.132)."""
SMOOTHED_H = 0.132
TO_DAY_AHEAD = 0.15
"""How far the index is pulled to the day-ahead price of the next hour."""
OF_ITS_CHANGE = 0.30
"""How much of the change of the day-ahead price until then it carries."""
_BOTTOM = log(FIRST)
_STEP = (log(LAST) - _BOTTOM) / (NODES - 1)
_TOP = NODES - 1.001
DIGITS = 9
"""Results are rounded to these, so that logarithms of two machines give the same."""


class Between(NamedTuple):
    """A place between two nodes: the lower one, and how far it is to the next."""

    node: int
    part: float

    def of(self, values: tuple[float, ...]) -> float:
        """Of a number for each node, that of this place."""
        low = values[self.node]
        return low + self.part * (values[self.node + 1] - low)


def between(place: float) -> Between:
    node = int(place)
    return Between(node, place - node)


def logarithm(market_per_mwh: float) -> float:
    return round(log(max(market_per_mwh, LOWEST_PER_MWH) + SHIFT_PER_MWH), DIGITS)


def price_at(node: int) -> float:
    """The market price per MWh of a node."""
    return round(exp(_BOTTOM + _STEP * node), DIGITS) - SHIFT_PER_MWH


def smoothed(market_per_mwh: float, before: float | None, hours: float) -> float:
    """The smoothed logarithm after one more price."""
    now = logarithm(market_per_mwh)
    if before is None:
        return now
    kept = min(SMOOTHING, exp(-hours / SMOOTHED_H))
    return round(now + kept * (before - now), DIGITS)


def place_of(smooth: float, day_ahead: Decimal | None, in_an_hour: Decimal | None) -> float:
    """Where the index stands, in nodes from 0."""
    index = smooth
    if day_ahead is not None:
        now = logarithm(float(day_ahead))
        then = now if in_an_hour is None else logarithm(float(in_an_hour))
        index += TO_DAY_AHEAD * (then - smooth) + OF_ITS_CHANGE * (then - now)
    return round(clipped((index - _BOTTOM) / _STEP), DIGITS)


def clipped(place: float) -> float:
    return min(max(place, 0.0), _TOP)


def nodes_apart(sd: float) -> float:
    """A standard deviation of the logarithm, in nodes."""
    return sd / _STEP
