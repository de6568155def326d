"""The loop: observe, decide, record the intent, act. Power verifies it in a later cycle."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from msgspec.structs import replace

from controller.app.board import Board
from controller.app.books import Books
from controller.app.diary import Diary
from controller.app.inbox import Desk
from controller.app.observe import Observer
from controller.app.responses import Responses
from controller.app.shadow import ShadowFleet
from controller.app.supervisor import Supervisor
from controller.core.counting.frozen import believed
from controller.core.decide import decide
from controller.core.obedience.evidence import IN_FLIGHT
from controller.core.observations.quality import Refusal
from controller.model.grid import SITE
from controller.model.plan import Plan
from controller.model.records import SampleArrived
from controller.model.samples import HashpriceSample, PriceSample, Sample, SignalSample
from controller.model.seen import Snapshot, State
from controller.model.view import AdapterHealth, MinerEntry, Reloads, View
from controller.ports import Clock, Fleet, Ledger

_log = structlog.get_logger(__name__)
LEAST_GATHER = 1 / 100
"""For this part of the longest pause between two cycles news are gathered before the next; what is
worth a look at once cuts it short, every other time: a flood of it is gathered."""
MOST_GATHER = 1 / 5
"""News of miners as long as a cycle took, and for this part of the longest pause at most: many of
them answer at once, and a large site is not to do nothing but decide."""
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
    stir: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by miners: a look is worth while when more of them have answered."""


@dataclass(frozen=True)
class _Change:
    make: Callable[[Parts], Awaitable[Parts]]
    done: asyncio.Future[Parts]


class Control:
    """Runs the site. Implements `Watch`."""

    def __init__(self, parts: Parts, state: State) -> None:
        self._parts = parts
        self._state = state
        self._started_at = parts.clock.now()
        self._cycles = 0
        self._view: View | None = None
        self._hurried = False
        self._watchers: set[asyncio.Event] = set()
        self._refusals: dict[str, Refusal | None] = {}
        self._responses = Responses()
        self._changes: deque[_Change] = deque()
        self.reloads = Reloads()
        """Said in every view."""
        self._last_cycle = asyncio.get_running_loop().time()
        self._last_cycle_at = self._started_at

    def take(self, feed: str, sample: Sample) -> None:
        """Judge a sample and keep it, or count why not; say so where the last had another fate."""
        now = self._parts.clock.now()
        if self._parts.board.is_retold(feed, sample, now):
            return
        refusal = self._parts.board.offer(feed, sample, now)
        if refusal is not None and refusal is not self._refusals.get(feed):
            _log.warning("sample_refused", feed=feed, why=refusal.value)
        self._refusals[feed] = refusal
        if isinstance(sample, PriceSample | HashpriceSample):
            said = "" if refusal is None else refusal.value
            record = SampleArrived(at=now, feed=feed, sample=sample, refused=said)
            self._parts.diary.note(record)
            self._parts.wake.set()
        elif isinstance(sample, SignalSample) and refusal is None:
            self._parts.wake.set()

    async def run(self) -> None:
        """Cycle until cancelled.

        Raises what cycles fail with when none has succeeded for so long that the loop is dead.
        """
        await self._parts.fleet.start(self._parts.stir.set)
        while True:
            self._parts.wake.clear()
            self._parts.stir.clear()
            began = self._parts.clock.now()
            next_at = await self._cycle_or_hold()
            await self._rest(began, next_at)
            await self._swap()

    def remember(self, state: State) -> None:
        """Go on from here: what a look taught at which nothing moves, and that was no cycle."""
        self._state = state

    async def between_cycles(self, change: Callable[[Parts], Awaitable[Parts]]) -> Parts:
        """Let `change` replace what the loop works with, while no cycle is under way.

        Raises whatever `change` raises; then the loop goes on with what it had.
        """
        wanted = _Change(change, asyncio.get_running_loop().create_future())
        self._changes.append(wanted)
        self._parts.wake.set()
        return await wanted.done

    async def _swap(self) -> None:
        while self._changes:
            wanted = self._changes.popleft()
            if not wanted.done.done():  # who asked has not gone away
                await self._make(wanted)

    async def _make(self, wanted: _Change) -> None:
        try:
            self._parts = await wanted.make(self._parts)
        except Exception as error:  # noqa: BLE001 - it is for who asked; the site goes on as it was
            if not wanted.done.done():
                wanted.done.set_exception(error)
        else:
            if not wanted.done.done():
                wanted.done.set_result(self._parts)

    async def _cycle_or_hold(self) -> datetime:
        """A cycle that fails changes nothing: what was decided last goes on to hold, and the next
        one tries again. A process that only fails is to be started afresh."""
        try:
            return await self.cycle()
        except Exception as error:
            _log.exception("cycle_failed")
            self._parts.supervisor.count("the decision", "loop", error)
            if not self.alive():
                raise
            if self._view is not None:
                self._tell(replace(self._view, adapters=self._adapters(self._parts.clock.now())))
            return self._parts.clock.now() + timedelta(seconds=self._parts.cycle_s)

    async def _rest(self, began: datetime, next_at: datetime) -> None:
        """Until the decision wants to be asked, or there is news; of miners, gathered news."""
        now, cycle_s = self._parts.clock.now(), self._parts.cycle_s
        wake, stir = self._parts.wake, self._parts.stir
        until = min(max(next_at, now), now + timedelta(seconds=cycle_s))
        least = now + timedelta(seconds=cycle_s * LEAST_GATHER)
        gathered = now + min(now - began, timedelta(seconds=cycle_s * MOST_GATHER))
        await self._pause(min(until, least), *(() if self._hurried else (wake,)))
        self._hurried = not self._hurried and wake.is_set()
        await self._pause(min(until, gathered), wake)
        await self._pause(until, wake, stir)

    async def _pause(self, until: datetime, *events: asyncio.Event) -> None:
        """Until then, or until one of these is set."""
        left_s = (until - self._parts.clock.now()).total_seconds()
        if left_s <= 0 or any(event.is_set() for event in events):
            return
        nap = asyncio.ensure_future(self._parts.clock.sleep(left_s))
        waits = {nap, *(asyncio.ensure_future(event.wait()) for event in events)}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()

    async def cycle(self) -> datetime:
        """One round; returns when the decision wants to be asked again."""
        parts = self._parts
        before = self._state
        seen = parts.observer.look(before.motions, before.asked)
        loop = asyncio.get_running_loop()
        began = loop.time()
        plan, self._state, next_at = decide(seen, before)
        parts.board.distrust(plan.frozen_meters)
        parts.desk.heed(plan)
        took_s = loop.time() - began
        await self._write_down(seen, plan, next_at, before)
        parts.fleet.send(plan.commands)
        parts.fleet.watch(_under_way(self._state), self._state.asked)
        self._responses.look(seen, plan)
        self._cycles += 1
        self._last_cycle = loop.time()
        self._last_cycle_at = parts.clock.now()
        self._show(seen, plan, took_s)
        return next_at

    async def _write_down(
        self, seen: Snapshot, plan: Plan, next_at: datetime, before: State
    ) -> None:
        """Into books and ledger. Whatever breaks in them, the site goes on being controlled."""
        parts = self._parts
        try:
            energy = parts.board.energy(SITE)
            closed = parts.books.on_cycle(seen, plan, energy)
            await parts.diary.keep(
                seen, plan, next_at, before=before, after=self._state, energy=energy, closed=closed
            )
        except Exception as error:  # noqa: BLE001 - it is counted and shown; commands have to go
            _log.exception("books_failed")
            parts.supervisor.count("the books", "loop", error)

    def _show(self, seen: Snapshot, plan: Plan, took_s: float) -> None:
        parts = self._parts
        view = View(
            seen=believed(seen, plan.frozen_meters),
            state=self._state,
            plan=plan,
            totals=parts.books.totals,
            interval=parts.books.open,
            imported=parts.books.imported,
            adapters=self._adapters(seen.now),
            responses=self._responses.found,
            disagreements=parts.board.disagreements(seen.now),
            ledger=parts.ledger.health(),
            fleet=parts.fleet.health(),
            shadow=parts.shadow is not None,
            shadow_commands=parts.shadow.withheld if parts.shadow else 0,
            cycles=self._cycles,
            cycle_seconds=took_s,
            dispatches_refused=parts.desk.refused,
            recalled=parts.desk.recalled(seen.now),
            reloads=self.reloads,
            started_at=self._started_at,
            code_version=parts.code_version,
            config_hash=parts.config_hash,
        )
        self._tell(view)

    def _tell(self, view: View) -> None:
        self._view = view
        for watcher in self._watchers:
            watcher.set()

    def _adapters(self, now: datetime) -> Mapping[str, AdapterHealth]:
        board = self._parts.board
        refused = board.refused
        return {
            name: replace(
                health,
                refused=refused.get(name, {}),
                heard_at=board.heard_at(name),
                late=board.is_late(name, now, self._started_at),
            )
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

    def miners(self, after: str, most: int) -> Sequence[MinerEntry]:
        return self._parts.fleet.listing(after, most)

    def alive(self) -> bool:
        real_s = asyncio.get_running_loop().time() - self._last_cycle
        site_s = (self._parts.clock.now() - self._last_cycle_at).total_seconds()
        return real_s <= LATE_S or site_s <= LATE_CYCLES * self._parts.cycle_s


def _under_way(state: State) -> list[str]:
    """The miners whose power still has to show what they were told."""
    return [name for name, motion in state.motions.items() if motion.stage in IN_FLIGHT]
