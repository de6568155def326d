"""A clock that moves only when a test moves it."""

from __future__ import annotations

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count

TURNS = 50
"""How often the loop runs between two moments: enough for a chain of tasks to come to rest."""


class VirtualClock:
    """Implements the Clock port. Those who sleep wake in order, each at its exact moment."""

    def __init__(self, start: datetime = datetime(2023, 9, 6, 17, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._order = count()
        self._fell_asleep = asyncio.Event()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        wake = asyncio.get_running_loop().create_future()
        moment = self._now + timedelta(seconds=seconds)
        self._fell_asleep.set()
        heapq.heappush(self._sleepers, (moment, next(self._order), wake))
        await wake

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass, with everything that happens in them."""
        until = self._now + timedelta(seconds=seconds)
        await _rest()
        while self._sleepers and self._sleepers[0][0] <= until:
            moment, _, wake = heapq.heappop(self._sleepers)
            if not wake.done():
                self._now = max(self._now, moment)
                wake.set_result(None)
                await _rest()
        self._now = max(self._now, until)
        await _rest()

    def work(self, seconds: float) -> None:
        """Somebody is busy for so long, and nobody who sleeps can be woken meanwhile."""
        self._now += timedelta(seconds=seconds)

    async def until_asleep(self, sleepers: int = 1) -> None:
        """Wait in real time until so many sleep: what they did before took threads or sockets."""
        async with asyncio.timeout(10):
            while len([1 for _, _, wake in self._sleepers if not wake.done()]) < sleepers:
                self._fell_asleep.clear()
                await self._fell_asleep.wait()


async def _rest() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)
