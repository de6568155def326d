"""Off above a price, on again below one."""

from __future__ import annotations

from dataclasses import dataclass

from controller.backtest.yardsticks.ladder import best_seen, over_break_even
from controller.backtest.yardsticks.machine import Machine, Market


@dataclass(frozen=True, slots=True)
class Parameters:
    """Of a strike price with hysteresis and hold."""

    k_off: float
    """It stops when the seen price is above so many times the break-even of the first step."""
    k_on: float
    """It starts when the seen price is at or below so many times that, at most `k_off`."""
    hold: int
    """For so many intervals in a row, the one that it starts in among them."""

    def __post_init__(self) -> None:
        assert self.k_on <= self.k_off
        assert self.hold >= 1


AT_BREAK_EVEN = Parameters(k_off=1.0, k_on=1.0, hold=1)
"""In every interval the rung that earns most at the seen price; what a start costs is not asked."""


def strike(machine: Machine, market: Market, by: Parameters = AT_BREAK_EVEN) -> bytes:
    """The path of a strike price. Its minimum times hold.

    While it runs it is at the running rung that earns most at the seen price. Where no price was
    seen it holds what it has, and what it counts towards a start begins anew.
    """
    rungs = best_seen(machine, market)
    path = bytearray(len(rungs))
    running, age, calm = True, machine.minimum_on, 0
    for i, multiple in enumerate(over_break_even(machine, market)):
        if running:
            turns = multiple > by.k_off and age >= machine.minimum_on
        else:
            calm = calm + 1 if multiple <= by.k_on else 0
            turns = calm >= by.hold and age >= machine.minimum_off
        if turns:
            running, age, calm = not running, 0, 0
        age += 1
        path[i] = rungs[i] if running else 0
    return bytes(path)
