"""Whose turn it is to be read, and which command goes next. No I/O, no clock."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
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

    def postpone(self, miner: str, at: datetime) -> None:
        """No earlier than `at`; a miner that is being read keeps its turn."""
        due = self._due.get(miner)
        if due is not None and due < at:
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
    """Commands by lane, segment and order of arrival, one at a time to each miner."""

    def __init__(self, has_room: Callable[[str], bool] = lambda _: True) -> None:
        """`has_room`: whether one more may be sent into a segment. What brings power down does not
        ask."""
        self._has_room = has_room
        self._lanes: dict[Lane, dict[str, dict[str, Command]]] = {lane: {} for lane in Lane}
        self._busy: set[str] = set()

    def put(self, command: Command, lane: Lane = Lane.OTHER, segment: str = "") -> Command | None:
        """The command that this one replaces, if that has not begun. A miner keeps its segment."""
        lanes = (waiting.get(segment, {}) for waiting in self._lanes.values())
        found = (waiting.pop(command.miner, None) for waiting in lanes)
        replaced = [each for each in found if each is not None]
        self._lanes[lane].setdefault(segment, {})[command.miner] = command
        return replaced[0] if replaced else None

    def next_lane(self) -> Lane | None:
        """That of the command which is taken next."""
        return next((lane for lane in Lane if self._first_free(lane)), None)

    def take(self) -> Command | None:
        """The next one whose miner is free; its miner is busy until `done`."""
        for lane in Lane:
            if found := self._first_free(lane):
                waiting, miner = found
                self._busy.add(miner)
                return waiting.pop(miner)
        return None

    def _first_free(self, lane: Lane) -> tuple[dict[str, Command], str] | None:
        for segment, waiting in self._lanes[lane].items():
            if lane is Lane.DOWN or self._has_room(segment):
                for miner in waiting:
                    if miner not in self._busy:
                        return waiting, miner
        return None

    def _waiting(self) -> Iterator[dict[str, Command]]:
        for lane in self._lanes.values():
            yield from lane.values()

    def done(self, miner: str) -> None:
        self._busy.discard(miner)

    def clear(self) -> list[Command]:
        """Take out everything that has not begun."""
        waiting = [command for segment in self._waiting() for command in segment.values()]
        for lane in self._lanes.values():
            lane.clear()
        return waiting
