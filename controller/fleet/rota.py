"""Whose turn it is to be read, and which command goes next. No I/O, no clock."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from datetime import datetime
from enum import IntEnum

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


class Lane(IntEnum):
    """Which commands go before which."""

    DOWN = 0
    """It brings power down."""
    DOWN_IN_DOUBT = 1
    """So does this, but its miner failed the last time: it may hang and hold its place for long."""
    OTHER = 2


class CommandQueue:
    """Commands by lane and in order of arrival, one at a time to each miner."""

    def __init__(self) -> None:
        self._lanes: dict[Lane, dict[str, Command]] = {lane: {} for lane in Lane}
        self._busy: set[str] = set()

    def put(self, command: Command, lane: Lane = Lane.OTHER) -> Command | None:
        """The command that this one replaces, if that has not begun."""
        found = (waiting.pop(command.miner, None) for waiting in self._lanes.values())
        replaced = [each for each in found if each is not None]
        self._lanes[lane][command.miner] = command
        return replaced[0] if replaced else None

    def next_lane(self) -> Lane | None:
        """That of the command which is taken next."""
        lanes = self._lanes.items()
        return next((lane for lane, waiting in lanes if self._first_free(waiting)), None)

    def take(self) -> Command | None:
        """The next one whose miner is free; its miner is busy until `done`."""
        for lane in self._lanes.values():
            miner = self._first_free(lane)
            if miner is not None:
                self._busy.add(miner)
                return lane.pop(miner)
        return None

    def _first_free(self, lane: Iterable[str]) -> str | None:
        return next((miner for miner in lane if miner not in self._busy), None)

    def done(self, miner: str) -> None:
        self._busy.discard(miner)

    def clear(self) -> list[Command]:
        """Take out everything that has not begun."""
        waiting = [command for lane in self._lanes.values() for command in lane.values()]
        for lane in self._lanes.values():
            lane.clear()
        return waiting
