"""How much of what can be gained at all a way to run gains."""

from __future__ import annotations

ROUNDING = 1e-9
"""A gain that is less of the profit than this is none."""


def share(profit: float, always_on: float, perfect: float) -> float | None:
    """Of the profit that perfect foresight gains over always on. None where it gains nothing.

    It is below zero for what earns less than always on.
    """
    gain = perfect - always_on
    if gain <= ROUNDING * max(abs(perfect), abs(always_on)):
        return None
    return (profit - always_on) / gain
