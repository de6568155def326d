"""Everything that was found, ready to be looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from controller.backtest.report.result import CEILING, FLOOR, HOUSE
from controller.backtest.report.spans import of_storm
from controller.backtest.report.summary import Part
from controller.backtest.study.cases import LIGHT, S19J_PRO, Case
from controller.backtest.study.gains import Gains
from controller.backtest.study.running import STORM, Outcome

USUAL = Case(S19J_PRO, LIGHT, "end")
"""The case that sentences speak of where a table would say too much."""


@dataclass(frozen=True)
class Findings:
    """What the page is made of."""

    command: str
    version: str
    files: tuple[str, ...]
    """What was read, in sentences."""
    hubs: tuple[str, ...]
    outcomes: Mapping[tuple[str, Case], Outcome]

    @property
    def _first(self) -> Sequence[Part]:
        return self.outcomes[self.hubs[0], USUAL].parts

    @property
    def years(self) -> list[str]:
        """Names of the parts that are years, each followed by itself without the storm."""
        years = [one.name for one in self._first if not one.span.whole]
        return years or [one.name for one in self._first]

    @property
    def calm_years(self) -> list[str]:
        """Those of `years` that have no day of the storm."""
        years = {one.name: one.span.days for one in self._first if one.name in self.years}
        return [name for name, days in years.items() if not any(map(of_storm, days))]

    @property
    def calm(self) -> str:
        """The name of the whole, without the storm if it is in there."""
        return [one.name for one in self._first if one.span.whole][-1]

    @property
    def days(self) -> tuple[date, ...]:
        return self._first[0].span.days

    @property
    def stormy(self) -> bool:
        return STORM in self.gains(self.hubs[0], USUAL)

    def gains(self, hub: str, case: Case) -> Mapping[str, Gains]:
        return self.outcomes[hub, case].gains

    def free(self, hub: str, case: Case, name: str) -> float:
        return self.outcomes[hub, case].free[name]

    def part(self, hub: str, case: Case, name: str) -> Part:
        return next(one for one in self.outcomes[hub, case].parts if one.name == name)

    def profit(self, hub: str, case: Case, name: str, way: str = HOUSE) -> float:
        """$ of all miners."""
        return self.part(hub, case, name).accounts[way].profit.value

    def gain(self, hub: str, case: Case, name: str, way: str = HOUSE) -> float:
        """Over always on, $ of all miners."""
        return self.profit(hub, case, name, way) - self.profit(hub, case, name, FLOOR)

    def a_mw_year(self, hub: str, case: Case) -> float:
        """The gain over always on, $ a MW and year, on the mean of `calm`."""
        years = self.gains(hub, case)[self.calm].years
        return self.gain(hub, case, self.calm) / (case.mw * years)

    def share(self, hub: str, case: Case, name: str, way: str = HOUSE) -> float | None:
        """Of the gain of perfect foresight, of 1."""
        found = self.part(hub, case, name).accounts.get(way)
        return found.share.value if found and found.share else None

    def reach(self, hub: str, case: Case, name: str) -> float:
        """The gain of perfect foresight, $ of all miners."""
        return self.gain(hub, case, name, CEILING)
