"""A back-test from its history to what is reported."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from controller.backtest.accounts import Account
from controller.backtest.block import Fault
from controller.backtest.engine import Engine
from controller.backtest.faulty import spoil
from controller.backtest.known_miners import machines_of
from controller.backtest.limited import limits_bind, most_w, rungs_within
from controller.backtest.machines import Machines
from controller.backtest.market import curtailed_for_money, full_prices, market_of
from controller.backtest.news import News, day_aheads, hashprices, in_order, prices
from controller.backtest.past import History
from controller.backtest.reckoning import Reckoning
from controller.backtest.report.result import Result
from controller.backtest.series import Series
from controller.backtest.site import in_history, site_in_history
from controller.backtest.stage import staged
from controller.backtest.told import assumptions, booked, of_faults
from controller.backtest.yard import Ground, Kind, yardsticks
from controller.backtest.yardsticks.machine import WATTS_A_MW, Machine, Market, Rung, Start
from controller.config.compose import Settings
from controller.model.books import Totals
from controller.model.site import Site


@dataclass(frozen=True)
class Played:
    """What the site did."""

    account: Account
    load_kw: array[float]
    books: Totals
    cycles: int


@dataclass(frozen=True)
class Backtest:
    """A site on a history."""

    settings: Settings
    history: History
    faults: bool = False
    """Whether the faults that are declared befall the miners."""

    @cached_property
    def site(self) -> Site:
        return site_in_history(self._played)

    @cached_property
    def machines(self) -> list[Machines]:
        return machines_of(self.settings)[0]

    @cached_property
    def _played(self) -> Settings:
        return in_history(self.settings, self.history.prices.minutes, self.history.known_at)

    @cached_property
    def markets(self) -> dict[str, Market]:
        """By group, on the whole history; groups on equal terms have the very same."""
        found: dict[str, Market] = {}
        known: dict[object, Market] = {}
        past = self.history
        for name, group in self.site.groups.items():
            terms = (group.adder_per_mwh, group.adders, group.losses, group.hosting)
            if terms not in known:
                known[terms] = market_of(
                    self.site, name, past.prices, past.hashprice, past.known_at
                )
            found[name] = known[terms]
        return found

    @cached_property
    def days(self) -> list[date]:
        """The local day of each interval of the whole history."""
        zone, series = ZoneInfo(self.site.zone), self.history.prices
        known: dict[date, date] = {}
        found = (series.time(index).astimezone(zone).date() for index in range(len(series)))
        return [known.setdefault(day, day) for day in found]

    @property
    def other_w(self) -> float:
        backtest = self.settings.backtest
        return float(backtest.other_load_kw) * 1000 if backtest else 0.0

    async def play(self, keep: Path | None = None) -> Played:
        """Run the app through the judged history. With `keep` the books of every look are kept in
        that folder, as those of a daemon.

        Raises:
            PermanentError: there are books in the folder already.
        """
        past, reckoning = self.history, self._reckoning()
        async with staged(self._played, self.machines, past.prices.start, keep) as stage:
            if self.faults:
                spoil(stage.fleet, self._declared_faults())
            engine = Engine(stage, self._news())
            engine.warm_up(past.judged.start)
            stage.fleet.done()
            await engine.run(
                past.judged, lambda index: reckoning.add(past.first + index, stage.fleet.done())
            )
            view = stage.control.view()
            cycles = view.cycles if view else 0
            books = stage.parts.books.totals
        return Played(reckoning.account(), reckoning.load_kw, books, cycles)

    def _news(self) -> Iterator[News]:
        """Of one moment, prices come last: they are what is decided on."""
        past = self.history
        start = past.prices.start
        sources = [hashprices(past.hashprice, start)]
        if past.day_ahead is not None:
            zone = ZoneInfo(self.site.zone)
            sources.append(day_aheads(past.day_ahead, past.gate, zone, start))
        return in_order(*sources, prices(past.prices, past.known_at))

    def _declared_faults(self) -> dict[str, dict[Fault, Decimal]]:
        backtest = self.settings.backtest
        groups = backtest.groups if backtest else {}
        return {name: dict(group.faults) for name, group in groups.items()}

    def _reckoning(self) -> Reckoning:
        rungs = rungs_within(self.site, self.machines, self.other_w)
        return Reckoning(
            self.markets,
            self.days,
            float(self.site.economics.start_wear_per_mw),
            miners=sum(one.count for one in self.machines),
            most_mwh=most_w(self.machines, rungs) / WATTS_A_MW * self.history.prices.minutes / 60,
            other_kw=self.other_w / 1000,
        )

    def ground(self) -> Ground:
        """What the yardsticks are laid on."""
        rungs = rungs_within(self.site, self.machines, self.other_w)
        kinds = [
            Kind(self._machine(one, within), self.markets[one.group], self._by_money(one.group))
            for one, within in zip(self.machines, rungs, strict=True)
            if len(within) > 1
        ]
        return Ground(kinds, self.days, self.history.first, self.history.stop)

    def _by_money(self, group: str) -> bool:
        return curtailed_for_money(self.site, group)

    def _machine(self, machines: Machines, rungs: tuple[Rung, ...]) -> Machine:
        """Rest begins when power has been seen to move, so a minimum time of an interval or less
        is over before the next price."""
        interval_s, pacing = self.history.prices.minutes * 60, self.site.pacing
        lost_h = machines.dynamics.start_s / 3600
        return Machine(
            rungs,
            machines.count,
            Start(lost_h, float(self.site.economics.start_wear_per_mw)),
            minimum_on=1 + (pacing.minimum_on_s - 1) // interval_s,
            minimum_off=1 + (pacing.minimum_off_s - 1) // interval_s,
        )

    def _also_assumed(self) -> Iterator[str]:
        if self.faults:
            yield from of_faults(self._declared_faults())
        if limits_bind(self.machines, rungs_within(self.site, self.machines, self.other_w)):
            yield "Always on, and perfect foresight, run what the site's limits leave."

    async def result(self, command: str, version: str, keep: Path | None = None) -> Result:
        """The site beside its yardsticks."""
        played = await self.play(keep)
        found, notes = yardsticks(self.ground())
        judged = self.history.judged
        full = Series(judged.start, judged.minutes, _full(self.site, judged))
        return Result(
            site=self.site.id,
            currency=self.site.currency,
            zone=self.site.zone,
            first=judged.start,
            end=judged.end,
            command=command,
            version=version,
            assumptions=(*assumptions(self.settings, self.history), *self._also_assumed()),
            accounts={played.account.name: played.account, **found},
            price=full,
            load_kw=played.load_kw,
            notes=notes,
            books=booked(played.books, self.site.currency),
        )


def _full(site: Site, judged: Series) -> array[float]:
    """At the site's meter, without the groups' own adders."""
    return array("d", full_prices(site, "", judged))
