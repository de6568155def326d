"""Whose turn it is to be read, and which command goes next. No I/O, no clock."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from datetime import datetime

from controller.model.fleet import Command


class PollRota:
    """Miners by the time at which they are to be read."""

    def __init__(self, miners: Iterable[str], at: datetime) -> None:
        """All are due at `at`, in their order."""
        self._due = dict.fromkeys(miners, at)
        self._heap = [(at, place, miner) for place, miner in enumerate(self._due)]
        self._place = len(self._heap)

    def schedule(self, miner: str, at: datetime) -> None:
        """Its next turn, in place of an earlier word."""
        self._due[miner] = at
        self._place += 1
        heapq.heappush(self._heap, (at, self._place, miner))

    def hasten(self, miner: str, at: datetime) -> None:
        """No later than `at`; a miner that is being read keeps its turn."""
        due = self._due.get(miner)
        if due is not None and at < due:
            self.schedule(miner, at)

    def next_at(self) -> datetime | None:
        """When somebody is due next; None when all are being read."""
        while self._heap and self._due.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)  # rescheduled since
        return self._heap[0][0] if self._heap else None

    def take(self, now: datetime) -> str | None:
        """A miner that is due; not due again until it is scheduled."""
        at = self.next_at()
        if at is None or at > now:
            return None
        miner = heapq.heappop(self._heap)[2]
        del self._due[miner]
        return miner


class CommandQueue:
    """Commands in order of arrival, one at a time to each miner."""

    def __init__(self) -> None:
        self._waiting: dict[str, Command] = {}
        self._busy: set[str] = set()

    def put(self, command: Command) -> Command | None:
        """The command that this one replaces, if that has not begun."""
        replaced = self._waiting.get(command.miner)
        self._waiting[command.miner] = command
        return replaced

    def take(self) -> Command | None:
        """The next one whose miner is free; its miner is busy until `done`."""
        for miner in self._waiting:
            if miner not in self._busy:
                self._busy.add(miner)
                return self._waiting.pop(miner)
        return None

    def done(self, miner: str) -> None:
        self._busy.discard(miner)

    def clear(self) -> list[Command]:
        """Take out everything that has not begun."""
        waiting = list(self._waiting.values())
        self._waiting.clear()
        return waiting
