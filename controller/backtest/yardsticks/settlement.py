"""What a path through the rungs comes to."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from controller.backtest.accounts import Account, Day
from controller.backtest.yardsticks.machine import Machine, Market


@dataclass(frozen=True, slots=True)
class Flows:
    """One number for each interval. Money and energy of all miners, time and starts of one."""

    profit: array[float]
    """Currency: revenue of the hash, less energy at the full price with standby, less wear."""
    energy_mwh: array[float]
    hours: array[float]
    """On, be it with hash or still without."""
    starts: bytes

    @property
    def total(self) -> float:
        """The profit of the whole history."""
        return sum(self.profit)


def settle(machine: Machine, market: Market, path: Sequence[int]) -> Flows:
    """What it comes to when the machine is at the rung `path[i]` in interval i.

    Before the first interval it has long been running at the top rung. After a start its hash is
    missing for `start.lost_h`, by the hour; wear is by the rung of its first interval.
    """
    n, ths, mw, wear = len(market), machine.hashrate_ths, machine.power_mw, machine.wear
    profit, energy_mwh, hours = (array("d", bytes(8 * n)) for _ in range(3))
    starts = bytes(_starts(path))
    hashing = _hashing_h(path, machine.lost_h(market.hours), market.hours)
    told = zip(path, hashing, market.price, market.per_ths_h, starts, strict=True)
    for i, (rung, hashing_h, price, per_ths_h, start) in enumerate(told):
        drawn_mwh = mw[rung] * market.hours
        earned = ths[rung] * per_ths_h * hashing_h - drawn_mwh * price
        profit[i] = (earned - wear[rung] * start) * machine.count
        energy_mwh[i] = drawn_mwh * machine.count
        hours[i] = market.hours if rung else 0.0
    return Flows(profit, energy_mwh, hours, starts)


def account(name: str, flows: Flows, on: Flows, days: Sequence[date]) -> Account:
    """By local day, which `days` has for each interval.

    Curtailed is what `on`, the flows of always on, draws more in an interval; never below zero.
    """
    found: dict[date, Day] = {}
    columns = (flows.profit, flows.energy_mwh, on.energy_mwh, flows.hours, flows.starts)
    for at, profit, mwh, on_mwh, hours, starts in zip(days, *columns, strict=True):
        day = found.get(at) or found.setdefault(at, Day())
        day.profit += profit
        day.energy_mwh += mwh
        day.curtailed_mwh += max(0.0, on_mwh - mwh)
        day.hours += hours
        day.starts += starts
    return Account(name, found)


def _starts(path: Sequence[int]) -> Iterator[int]:
    """1 where an interval begins with a start from off."""
    before = 1
    for rung in path:
        yield int(not before and rung > 0)
        before = rung


def _hashing_h(path: Sequence[int], lost_h: tuple[float, ...], hours: float) -> Iterator[float]:
    """How long there is power and hash, were the rung to hash at all."""
    recovered = len(lost_h)
    age = recovered
    for rung in path:
        yield hours - lost_h[age] if age < recovered else hours
        age = age + 1 if rung else 0
