"""A group's meter split over the kinds of miners behind it: the ratios of true to nominal power
that fit best to all the steps made.

Least squares with a ridge: for steps n of the kinds and what the meter showed of each, y, the
ratios r minimise Σ (y − Σ n·r)² + λ·Σ (r − 1)². So they are known from the first step on, and
kinds that always stepped together share what they were seen to differ by. λ is a hundredth of the
meter's reading, squared: a meter that wobbles by a thousandth, and ratios within a tenth of 1.
Source: A. E. Hoerl, R. W. Kennard, Ridge Regression, Technometrics 12 (1970).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from controller.core.counting.nameplate import NOMINAL
from controller.model.remembered import Fit

LEAST, MOST = 500, 1500
"""A ratio beyond these is no ratio: other things moved too."""
FADES = (7, 8)
"""With each step the older ones keep so much of their weight: the newest weigh most."""
KINDS = 12
"""Behind a meter with more kinds than that each of their groups needs one of its own."""
WOBBLE, LEAST_W = 100, 10
"""The ridge: this part of the meter's reading, or more than what rounding comes to."""
NOTHING = Fit(products={}, shown={})

Step = Mapping[str, int]
"""By kind, nominal watts."""


def explained(step: Step, shown_w: int) -> bool:
    """Whether ratios within their bounds could explain what the meter showed."""
    apart_w = abs(shown_w - sum(step.values()))
    return apart_w * NOMINAL <= (MOST - NOMINAL) * sum(map(abs, step.values()))


def with_step(fit: Fit, step: Step, shown_w: int) -> Fit:
    """The sums with one more step; unchanged where there are too many kinds to be told apart."""
    if len({*fit.shown, *step}) > KINDS:
        return fit
    part, whole = FADES
    products = {key: value * part // whole for key, value in fit.products.items()}
    shown = {kind: value * part // whole for kind, value in fit.shown.items()}
    for kind, watts in step.items():
        shown[kind] = shown.get(kind, 0) + watts * shown_w
        for other, other_w in step.items():
            if kind <= other:
                key = _key(kind, other)
                products[key] = products.get(key, 0) + watts * other_w
    return Fit(products=products, shown=shown)


def ratios_permille(fit: Fit, meter_w: int) -> dict[str, int]:
    """By kind that ever stepped, within their bounds."""
    kinds = list(fit.shown)
    ridge = max(LEAST_W, meter_w // WOBBLE) ** 2
    rows = [
        [
            *(Fraction(_product(fit, kind, other) + ridge * (kind == other)) for other in kinds),
            Fraction(fit.shown[kind] + ridge),
        ]
        for kind in kinds
    ]
    found = _solved(rows)
    return {
        kind: min(MOST, max(LEAST, round(NOMINAL * ratio)))
        for kind, ratio in zip(kinds, found, strict=True)
    }


def _key(kind: str, other: str) -> str:
    return f"{kind}|{other}"


def _product(fit: Fit, kind: str, other: str) -> int:
    return fit.products.get(_key(min(kind, other), max(kind, other)), 0)


def _solved(rows: list[list[Fraction]]) -> list[Fraction]:
    """Gauss-Jordan elimination, exact. The ridge makes the matrix positive definite, so that no
    pivot is zero; what fading rounded away is less than that."""
    for pivot in range(len(rows)):
        divisor = rows[pivot][pivot]
        rows[pivot] = [value / divisor for value in rows[pivot]]
        for which, row in enumerate(rows):
            if which != pivot:
                factor = row[pivot]
                rows[which] = [a - factor * b for a, b in zip(row, rows[pivot], strict=True)]
    return [row[-1] for row in rows]
