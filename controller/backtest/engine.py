"""The app on a virtual clock: the loop of the daemon, asked at every moment that matters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from msgspec.structs import replace

from controller.backtest.news import News
from controller.backtest.quiet import Quiet
from controller.backtest.series import Series
from controller.backtest.stage import Stage
from controller.core.habits.learning import habits
from controller.model.grid import SITE
from controller.model.samples import MeterSample
from controller.model.seen import State

METER = "site-meter"


class Engine:
    """Plays news to the app until they end."""

    def __init__(self, stage: Stage, news: Iterator[News]) -> None:
        self._stage = stage
        self._news = news
        self._next = next(news, None)
        self._asked_again: datetime | None = None
        self._quiet = Quiet(stage)
        self._start = stage.clock.now()

    def warm_up(self, start: datetime) -> None:
        """Hear what was known before `start`, and learn of it, without deciding anything."""
        observer, state = self._stage.parts.observer, State()
        seen = observer.look(())
        while self._next is not None and self._next.at < start:
            self._stage.clock.go(self._next.at)
            self._hear()
            seen = observer.priced(seen)
            state = replace(state, habits=habits(seen, state))
        self._stage.control.remember(state)
        self._stage.clock.go(start)

    async def run(self, grid: Series, closed: Callable[[int], None]) -> None:
        """Let every interval of `grid` happen; `closed` is told of each at its end, before what
        begins there does."""
        for index in range(len(grid)):
            await self._until(grid.time(index + 1))
            closed(index)
        await self._last_look()

    async def _last_look(self) -> None:
        """At the very end, for the books: they close the last interval."""
        at = self._stage.clock.now()
        while self._next is not None and self._next.at <= at:
            self._hear()
        self._read_meter(at)
        await self._stage.control.cycle()

    async def _until(self, end: datetime) -> None:
        """Let everything happen before `end`; then it is `end`."""
        stage = self._stage
        while (at := self._next_moment()) is not None and at < end:
            arrived = stage.fleet.next_change(stage.clock.now()) == at
            stage.clock.go(at)
            while self._next is not None and self._next.at <= at:
                self._hear()
            self._read_meter(at)
            if stage.every_look or arrived or not self._quiet.passes(at):
                self._asked_again = await stage.control.cycle()
                self._quiet.decided()
            else:
                self._asked_again = self._quiet.until
        stage.clock.go(end)

    def _next_moment(self) -> datetime | None:
        arrival = self._stage.fleet.next_change(self._stage.clock.now())
        moments = (self._next and self._next.at, self._asked_again, arrival)
        return min((at for at in moments if at is not None), default=None)

    def _hear(self) -> None:
        if self._next is not None:
            self._stage.control.take(self._next.feed, self._next.sample)
            self._next = next(self._news, None)

    def _read_meter(self, at: datetime) -> None:
        stage = self._stage
        power_w = stage.fleet.power_w() + stage.other_w
        energy_wh = stage.fleet.imported_wh() + stage.other_w * self._hours_since_start(at)
        sample = MeterSample(scope=SITE, at=at, power_w=power_w, energy_wh=round(energy_wh))
        stage.control.take(METER, sample)

    def _hours_since_start(self, at: datetime) -> float:
        return (at - self._start).total_seconds() / 3600
