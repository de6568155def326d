"""The most that could have been earned by one who knew every price beforehand."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from math import inf
from operator import add
from typing import NamedTuple

from controller.backtest.yardsticks.ladder import ladder, ratio
from controller.backtest.yardsticks.machine import Machine, Market


class Choice(NamedTuple):
    """Of each interval the best running rung, and what one miner earns there."""

    rungs: bytes
    margin: array[float]


@dataclass(frozen=True, slots=True)
class Moves:
    """How each state is best reached, for the walk back from the last interval.

    A state is how many intervals it has been on, or off; the last of each row stands for more too.
    """

    matured: bytearray
    """1 where the last state of on is reached from the one before, not by staying there."""
    rested: bytearray
    """The same for off."""
    ran: array[int]
    """The state of on in which it best stops."""
    on: list[float]
    """What each state of on has earned at the end; the first has been on for one interval."""
    off: list[float]


def perfect(machine: Machine, market: Market) -> bytes:
    """The path that earns most: an exact dynamic programme over the time since the last start or
    stop, with start costs, minimum times and rungs.

    Before the first interval the machine has long been running at the top rung, so it may stop at
    once; after the last nothing counts. Running rungs are changed for free in every interval, the
    ones without hash after a start among them, so the rung is no state: an interval's best one is a
    matter of how long ago the start was, and in the first of how it wears, which is by its rung.
    Both leave what is earned linear in hashrate and power, for which a `Ladder` has the best rung.
    """
    choices = _choices(machine, market)
    return _back(_forward(machine, market, choices), choices)


def _choices(machine: Machine, market: Market) -> list[Choice]:
    """What an interval is worth by how many there were since the start; the last for all later."""
    hours = market.hours
    lost_h = machine.lost_h(hours) or (0.0,)
    wear = [machine.start.wear_per_mw / hours, *(0.0 for _ in lost_h)]
    parts = [*(1 - one / hours for one in lost_h), 1.0]
    return [_choice(machine, market, *both) for both in zip(parts, wear, strict=True)]


def _choice(machine: Machine, market: Market, part: float, wear_per_mwh: float) -> Choice:
    """With so much of the hash, and with wear as if the power above standby were dearer."""
    ths, mw, hours = machine.hashrate_ths, machine.power_mw, market.hours
    unworn, steps = wear_per_mwh * mw[0], ladder(machine)
    rungs, margin = bytearray(len(market)), array("d", bytes(8 * len(market)))
    for i, (price, per_ths_h) in enumerate(zip(market.price, market.per_ths_h, strict=True)):
        due, revenue = price + wear_per_mwh, per_ths_h * part
        rungs[i] = rung = steps.best(ratio(due, revenue))
        margin[i] = (ths[rung] * revenue - mw[rung] * due + unworn) * hours
    return Choice(bytes(rungs), margin)


def _forward(machine: Machine, market: Market, choices: list[Choice]) -> Moves:
    """The best that each state can have earned, interval by interval."""
    least, n = max(machine.minimum_on, 1), len(market)
    states_on, states_off = max(least, len(choices) - 1), max(machine.minimum_off, 1)
    on, off = [-inf] * (states_on - 1) + [0.0], [-inf] * states_off
    matured, rested, ran = bytearray(n), bytearray(n), array("H", bytes(2 * n))
    standby = machine.power_mw[0] * market.hours
    columns = [choices[min(age, len(choices) - 1)].margin for age in range(states_on + 1)]
    for i, (price, start, *later) in enumerate(zip(market.price, *columns, strict=True)):
        stopping = on[least - 1 :]
        stopped = max(stopping)
        ran[i] = least - 1 + stopping.index(stopped)
        idle = -standby * price
        on, off = (
            [off[-1] + start, *map(add, on, later)],
            [stopped + idle, *(one + idle for one in off)],
        )
        matured[i], rested[i] = _merge(on), _merge(off)
    return Moves(matured, rested, ran, on, off)


def _merge(states: list[float]) -> bool:
    """Makes one of the last two, which are the same from here on: whether it is the first."""
    stayed = states.pop()
    if states[-1] > stayed:
        return True
    states[-1] = stayed
    return False


def _back(moves: Moves, choices: list[Choice]) -> bytes:
    """The path that ends in the state that has earned most."""
    path = bytearray(len(moves.ran))
    last_on, last_off, oldest = len(moves.on) - 1, len(moves.off) - 1, len(choices) - 1
    running = max(moves.on) >= max(moves.off)
    row = moves.on if running else moves.off
    state = row.index(max(row))
    for i in range(len(path) - 1, -1, -1):
        last, merged = (last_on, moves.matured) if running else (last_off, moves.rested)
        age = state if state < last or merged[i] else last + 1
        if running:
            path[i] = choices[min(age, oldest)].rungs[i]
        if age:
            state = age - 1
        else:
            running, state = not running, last_off if running else moves.ran[i]
    return bytes(path)
