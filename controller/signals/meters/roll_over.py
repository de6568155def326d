"""Counters that start again at zero when they are full."""

from __future__ import annotations


class RollOver:
    """Makes one growing count of a counter that holds `modulus` values.

    A fall from the counter's last quarter to its first is a roll-over. Any other fall is a
    reset, and is passed on as a fall: how much was counted before it nobody knows.
    """

    def __init__(self, modulus: int = 2**32) -> None:
        self._modulus = modulus
        self._turns = 0
        self._last = 0

    def grown(self, raw: int) -> int:
        """`raw` and all full turns since the first reading."""
        if raw < self._last:
            full = 4 * self._last >= 3 * self._modulus and 4 * raw < self._modulus
            self._turns = self._turns + 1 if full else 0
        self._last = raw
        return self._turns * self._modulus + raw
