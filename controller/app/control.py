"""The loop: observe, decide, record the intent, act. Power verifies it in a later cycle."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from msgspec.structs import replace

from controller.app.board import Board
from controller.app.books import Books
from controller.app.diary import Diary
from controller.app.inbox import Desk
from controller.app.observe import Observer
from controller.app.shadow import ShadowFleet
from controller.app.supervisor import Supervisor
from controller.core.decide import decide
from controller.core.quality import Refusal
from controller.model.grid import SITE
from controller.model.plan import Plan
from controller.model.records import SampleArrived
from controller.model.samples import HashpriceSample, PriceSample, Sample
from controller.model.seen import Snapshot, State
from controller.model.view import AdapterHealth, View
from controller.ports import Clock, Fleet, Ledger

_log = structlog.get_logger(__name__)
GATHER = 1 / 20
"""For which part of a cycle news are gathered before the next look: many miners answer at once."""
LATE_CYCLES = 4
"""How many cycles may be missed before the loop counts as dead,"""
LATE_S = 10.0
"""and for how long at least, in real time: at a high rate a cycle is a moment."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the loop works with."""

    clock: Clock
    observer: Observer
    fleet: Fleet
    ledger: Ledger
    board: Board
    desk: Desk
    books: Books
    diary: Diary
    supervisor: Supervisor
    cycle_s: float
    code_version: str
    config_hash: str
    shadow: ShadowFleet | None = None
    wake: asyncio.Event
    """Set by whatever makes a look worth while at once."""


class Control:
    """Runs the site. Implements `Watch`."""

    def __init__(self, parts: Parts, state: State) -> None:
        self._parts = parts
        self._state = state
        self._started_at = parts.clock.now()
        self._cycles = 0
        self._view: View | None = None
        self._watchers: set[asyncio.Event] = set()
        self._refusals: dict[str, Refusal | None] = {}
        self._last_cycle = asyncio.get_running_loop().time()
        self._last_cycle_at = self._started_at

    def take(self, feed: str, sample: Sample) -> None:
        """Judge a sample and keep it, or count why not; say so where the last had another fate."""
        now = self._parts.clock.now()
        refusal = self._parts.board.offer(feed, sample, now)
        if refusal is not None and refusal is not self._refusals.get(feed):
            _log.warning("sample_refused", feed=feed, why=refusal.value)
        self._refusals[feed] = refusal
        if isinstance(sample, PriceSample | HashpriceSample):
            said = "" if refusal is None else refusal.value
            record = SampleArrived(at=now, feed=feed, sample=sample, refused=said)
            self._parts.diary.note(record)
            self._parts.wake.set()

    async def run(self) -> None:
        """Cycle until cancelled."""
        await self._parts.fleet.start(self._parts.wake.set)
        while True:
            self._parts.wake.clear()
            next_at = await self.cycle()
            await self._rest(next_at)

    async def _rest(self, next_at: datetime) -> None:
        pause_s = (next_at - self._parts.clock.now()).total_seconds()
        pause_s = min(max(pause_s, 0.0), self._parts.cycle_s)
        await self._parts.clock.sleep(min(pause_s, self._parts.cycle_s * GATHER))
        nap = asyncio.ensure_future(self._parts.clock.sleep(pause_s))
        woken = asyncio.ensure_future(self._parts.wake.wait())
        try:
            await asyncio.wait({nap, woken}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            nap.cancel()
            woken.cancel()

    async def cycle(self) -> datetime:
        """One round; returns when the decision wants to be asked again."""
        parts = self._parts
        before = self._state
        seen = parts.observer.look(before.motions)
        loop = asyncio.get_running_loop()
        began = loop.time()
        plan, self._state, next_at = decide(seen, before)
        took_s = loop.time() - began
        energy = parts.board.energy(SITE)
        closed = parts.books.on_cycle(seen, plan, energy)
        await parts.diary.keep(
            seen, plan, next_at, before=before, after=self._state, energy=energy, closed=closed
        )
        parts.fleet.send(plan.commands)
        parts.fleet.watch(self._state.motions.keys())
        self._cycles += 1
        self._last_cycle = loop.time()
        self._last_cycle_at = parts.clock.now()
        self._show(seen, plan, took_s)
        return next_at

    def _show(self, seen: Snapshot, plan: Plan, took_s: float) -> None:
        parts = self._parts
        self._view = View(
            seen=seen,
            state=self._state,
            plan=plan,
            totals=parts.books.totals,
            interval=parts.books.open,
            adapters=self._adapters(),
            ledger=parts.ledger.health(),
            fleet=parts.fleet.health(),
            shadow=parts.shadow is not None,
            shadow_commands=parts.shadow.withheld if parts.shadow else 0,
            cycles=self._cycles,
            cycle_seconds=took_s,
            dispatches_refused=parts.desk.refused,
            started_at=self._started_at,
            code_version=parts.code_version,
            config_hash=parts.config_hash,
        )
        for watcher in self._watchers:
            watcher.set()

    def _adapters(self) -> Mapping[str, AdapterHealth]:
        refused = self._parts.board.refused
        return {
            name: replace(health, refused=refused.get(name, {}))
            for name, health in self._parts.supervisor.health().items()
        }

    def view(self) -> View | None:
        return self._view

    async def changes(self) -> AsyncIterator[View]:
        news = asyncio.Event()
        self._watchers.add(news)
        try:
            while True:
                await news.wait()
                news.clear()
                if self._view is not None:
                    yield self._view
        finally:
            self._watchers.discard(news)

    def alive(self) -> bool:
        real_s = asyncio.get_running_loop().time() - self._last_cycle
        site_s = (self._parts.clock.now() - self._last_cycle_at).total_seconds()
        return real_s <= LATE_S or site_s <= LATE_CYCLES * self._parts.cycle_s
