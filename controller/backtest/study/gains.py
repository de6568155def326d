"""Where the gain over always on comes from: which prices, how few hours; and what starts cost.

Whoever draws less than always on saves price × energy and forgoes break-even × energy, interval by
interval: that is the gain before starts. Always on starts nothing, so what is missing of it in the
profit is what starts cost: power without hash, and wear.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import compress
from statistics import fmean

from controller.backtest.accounts import Account, Day, total
from controller.backtest.report.bootstrap import weekly
from controller.backtest.report.result import FLOOR
from controller.backtest.report.spans import Span
from controller.backtest.yardsticks.ladder import ratio
from controller.backtest.yardsticks.machine import Machine, Market

EDGES = (1.0, 1.5, 3.0, 10.0)
"""Between the classes of prices, in multiples of the break-even."""
FEW_HOURS = (10, 50)
DAYS_A_YEAR = 365


@dataclass(frozen=True)
class Past:
    """On or off machines in a judged market."""

    machine: Machine
    market: Market
    days: Sequence[date]
    """The local day of each interval."""
    hours: Sequence[int]
    """The hour that each interval lies in, by any rising count."""

    @property
    def break_even(self) -> Iterable[float]:
        """Of each interval, $/MWh: what hash earns for a MWh more than standby."""
        standby_mw, *_, top_mw = self.machine.power_mw
        ths_per_mw = self.machine.hashrate_ths[-1] / (top_mw - standby_mw)
        return (each * ths_per_mw for each in self.market.per_ths_h)

    def gross(self, energy_mwh: Iterable[float]) -> array[float]:
        """What drawing so much gains in each interval over always on, before starts."""
        on_mwh = self.machine.power_mw[-1] * self.market.hours * self.machine.count
        told = zip(energy_mwh, self.market.price, self.break_even, strict=True)
        return array("d", ((on_mwh - mwh) * (price - even) for mwh, price, even in told))

    @property
    def there(self) -> array[float]:
        """What could be gained in each interval if starts were free and prices foreseen."""
        standby_mw, *_, top_mw = self.machine.power_mw
        more_mwh = (top_mw - standby_mw) * self.market.hours * self.machine.count
        told = zip(self.market.price, self.break_even, strict=True)
        return array("d", (more_mwh * max(0.0, price - even) for price, even in told))

    @property
    def classes(self) -> list[int]:
        """Of each interval the class of its price."""
        told = zip(self.market.price, self.break_even, strict=True)
        return [bisect_right(EDGES, ratio(price, even)) for price, even in told]


@dataclass(frozen=True)
class Gain:
    """Of one way to run, over always on, in some days. $ of all miners."""

    by_class: tuple[float, ...]
    """Before starts, by class of price; in the first, below the break-even, it is a loss."""
    net: float
    """After starts: its profit less that of always on."""
    starts: float
    """A miner."""
    wear: float
    best_hours: tuple[float, ...]
    """Before starts, in the best `FEW_HOURS`."""
    best_week: float
    """Before starts, in the best run of seven days."""

    @property
    def gross(self) -> float:
        return sum(self.by_class)

    @property
    def starting(self) -> float:
        """What starts cost: power without hash, and wear."""
        return self.gross - self.net


@dataclass(frozen=True)
class Gains:
    """Of some days."""

    days: int
    price: float
    """Mean full price, $/MWh."""
    break_even: float
    """Mean, $/MWh."""
    hours: tuple[float, ...]
    """With prices of each class."""
    there: tuple[float, ...]
    """By class of price, what could be gained if starts were free and prices foreseen."""
    ways: Mapping[str, Gain]
    """By name of account."""

    @property
    def years(self) -> float:
        return self.days / DAYS_A_YEAR


def gains(
    past: Past,
    energy_mwh: Mapping[str, Iterable[float]],
    accounts: Mapping[str, Account],
    spans: Iterable[Span],
) -> dict[str, Gains]:
    """By name of span; of each account whose energy is given interval by interval."""
    gross = {name: past.gross(energy) for name, energy in energy_mwh.items()}
    return {span.name: _in(_Cut(past, span), gross, accounts) for span in spans}


@dataclass(frozen=True)
class _Cut:
    """Some days of the past."""

    past: Past
    span: Span

    @cached_property
    def kept(self) -> list[bool]:
        days = frozenset(self.span.days)
        return [day in days for day in self.past.days]

    def of(self, values: Iterable[float]) -> list[float]:
        return list(compress(values, self.kept))

    @cached_property
    def classes(self) -> list[int]:
        return list(compress(self.past.classes, self.kept))

    def by_class(self, values: Iterable[float]) -> tuple[float, ...]:
        sums = [0.0] * (len(EDGES) + 1)
        for which, value in zip(self.classes, self.of(values), strict=True):
            sums[which] += value
        return tuple(sums)

    def sums(self, keys: Iterable[Hashable], values: Iterable[float]) -> list[float]:
        """One for each key, in the order in which they come."""
        sums: dict[Hashable, float] = defaultdict(float)
        for key, value in zip(compress(keys, self.kept), self.of(values), strict=True):
            sums[key] += value
        return list(sums.values())

    def total(self, account: Account) -> Day:
        return total(account.days[day] for day in self.span.days)


def _in(cut: _Cut, gross: Mapping[str, array[float]], accounts: Mapping[str, Account]) -> Gains:
    past, floor = cut.past, cut.total(accounts[FLOOR])
    return Gains(
        days=len(cut.span.days),
        price=fmean(cut.of(past.market.price)),
        break_even=fmean(cut.of(past.break_even)),
        hours=cut.by_class([past.market.hours] * len(past.market)),
        there=cut.by_class(past.there),
        ways={
            name: _gain(cut, each, cut.total(accounts[name]), floor) for name, each in gross.items()
        },
    )


def _gain(cut: _Cut, gross: Sequence[float], own: Day, floor: Day) -> Gain:
    past = cut.past
    hourly = sorted(cut.sums(past.hours, gross), reverse=True)
    return Gain(
        by_class=cut.by_class(gross),
        net=own.profit - floor.profit,
        starts=own.starts,
        wear=own.starts * past.machine.count * past.machine.wear[-1],
        best_hours=tuple(sum(hourly[:few]) for few in FEW_HOURS),
        best_week=max(weekly(cut.sums(past.days, gross))),
    )
