"""The yardsticks of a whole site: each kind of its miners by itself, added up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from controller.backtest.accounts import Account, Day
from controller.backtest.yardsticks.fixed import always_on, off
from controller.backtest.yardsticks.machine import Machine, Market
from controller.backtest.yardsticks.perfect import perfect
from controller.backtest.yardsticks.settlement import account, settle
from controller.backtest.yardsticks.strike import Parameters, strike
from controller.backtest.yardsticks.tuning import tune
from controller.backtest.years import Year, others, part, years

NO_OTHER_YEAR = "there is none: a year is tuned on the others, so give prices of another year too"


@dataclass(frozen=True)
class Kind:
    """Miners of a group that are alike."""

    machine: Machine
    market: Market
    """Of the whole history."""
    by_money: bool
    """Whether price may stop them; if not, whatever looks at prices leaves them on."""


@dataclass(frozen=True)
class Ground:
    """What yardsticks are laid on."""

    kinds: Sequence[Kind]
    days: Sequence[date]
    """The local day of each interval of the whole history."""
    first: int
    stop: int
    """The intervals that are judged."""


Rule = Callable[[Machine, Market], bytes]


def yardsticks(ground: Ground) -> tuple[dict[str, Account], dict[str, str]]:
    """The accounts by name, in the order of the report, and a remark on some."""
    found = {
        "always_on": _laid("always_on", ground, always_on, always=True),
        "off": _laid("off", ground, lambda _, market: off(market), always=True),
        "strike": _laid("strike", ground, strike),
    }
    notes = {"tuned_strike": NO_OTHER_YEAR}
    judged = years(ground.days, ground.first, ground.stop)
    if all(list(others(ground.kinds[0].market, ground.days, one.number)) for one in judged):
        tuning = _Tuning(ground, judged)
        found["tuned_strike"] = tuning.account()
        notes["tuned_strike"] = tuning.words()
    found["perfect"] = _laid("perfect", ground, perfect)
    return found, notes


def _laid(name: str, ground: Ground, rule: Rule, *, always: bool = False) -> Account:
    """The account of a rule. Who does not ask for money runs `always` by it."""
    paths = [
        (rule if always or kind.by_money else always_on)(kind.machine, _judged(ground, kind))
        for kind in ground.kinds
    ]
    return _account(name, ground, paths)


def _judged(ground: Ground, kind: Kind) -> Market:
    return part(kind.market, ground.first, ground.stop)


def _account(name: str, ground: Ground, paths: Sequence[bytes]) -> Account:
    """All kinds together; hours and starts are those of the mean miner."""
    days = ground.days[ground.first : ground.stop]
    miners = sum(kind.machine.count for kind in ground.kinds)
    found = {day: Day() for day in days}
    for kind, path in zip(ground.kinds, paths, strict=True):
        market = _judged(ground, kind)
        flows = settle(kind.machine, market, path)
        on = settle(kind.machine, market, always_on(kind.machine, market))
        share = kind.machine.count / miners
        for day, one in account(name, flows, on, days).days.items():
            one.hours, one.starts = one.hours * share, one.starts * share
            found[day].add(one)
    return Account(name, found)


class _Tuning:
    """Each kind of miners, in each judged year, by a strike price tuned on all other years."""

    def __init__(self, ground: Ground, judged: Sequence[Year]) -> None:
        self._ground = ground
        self._judged = judged
        self._known: dict[tuple[object, ...], Parameters] = {}

    def account(self) -> Account:
        return _account("tuned_strike", self._ground, [self._path(k) for k in self._ground.kinds])

    def _path(self, kind: Kind) -> bytes:
        if not kind.by_money:
            return always_on(kind.machine, _judged(self._ground, kind))
        return b"".join(
            strike(kind.machine, part(kind.market, one.first, one.stop), self._of(kind, one.number))
            for one in self._judged
        )

    def _of(self, kind: Kind, year: int) -> Parameters:
        """Equal machines on one market are tuned once."""
        machine = kind.machine
        key = (machine.rungs, machine.start, id(kind.market), year)
        if key not in self._known:
            self._known[key] = tune(machine, others(kind.market, self._ground.days, year))
        return self._known[key]

    def words(self) -> str:
        """What was found, by year: off above so many times the break-even, on below so many."""
        found = []
        for (_, _, _, year), one in self._known.items():
            held = f" for {one.hold} intervals" if one.hold > 1 else ""
            found.append(f"{year}: off above {one.k_off:.2f}, on below {one.k_on:.2f}{held}")
        unique = "; ".join(dict.fromkeys(found))
        return f"times the break-even, tuned on the other years: {unique}"
