"""What the site came to under curtaild: the true energy and hash of each interval at its price."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from controller.backtest.accounts import Account, Day
from controller.backtest.block import SECONDS_AN_HOUR, Done
from controller.backtest.yardsticks.machine import WATTS_A_MW, Market

CURTAILD = "curtaild"


@dataclass(frozen=True)
class Reckoning:
    """Adds up interval by interval."""

    markets: Mapping[str, Market]
    """By group."""
    days: Sequence[date]
    """The local day of each interval."""
    wear_per_mw: float
    miners: int
    most_mwh: float
    """What all of them draw in an interval at the top of their curves."""
    other_kw: float
    load_kw: array[float] = field(default_factory=lambda: array("f"))
    """Of the site: the mean of each interval."""
    _found: dict[date, Day] = field(default_factory=dict)

    def add(self, index: int, done: Mapping[str, Done]) -> None:
        """What was done in an interval, by group."""
        day = self._found.setdefault(self.days[index], Day())
        energy_mwh = 0.0
        for group, one in done.items():
            market, mwh = self.markets[group], one.energy_wh / 1_000_000
            energy_mwh += mwh
            day.profit += (
                one.work_th / SECONDS_AN_HOUR * market.per_ths_h[index]
                - mwh * market.price[index]
                - one.started_w / WATTS_A_MW * self.wear_per_mw
            )
            day.hours += one.run_s / SECONDS_AN_HOUR / self.miners
            day.starts += one.starts / self.miners
        day.energy_mwh += energy_mwh
        day.curtailed_mwh += max(0.0, self.most_mwh - energy_mwh)
        hours = next(iter(self.markets.values())).hours
        self.load_kw.append(energy_mwh / hours * 1000 + self.other_kw)

    def account(self) -> Account:
        return Account(CURTAILD, self._found)
