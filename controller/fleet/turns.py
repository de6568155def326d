"""When each miner is read: at the pace of its firmware, fast where something moves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from controller.fleet.roster import Member
from controller.fleet.rota import PollRota
from controller.fleet.segments import Segments

_LEAST_REST = 4
"""A miner is left alone for at least this part of the time between two reads."""
_LEAST_OFTEN = 4
"""An unreachable miner is read this many times less often in the end."""


class Turns:
    """Who is read next, and when again."""

    def __init__(
        self,
        members: Mapping[str, Member],
        segments: Segments,
        *,
        most_in_doubt: int,
        unreachable_after: int,
        at: datetime,
    ) -> None:
        """All are due at `at`. So many of those that failed the last time, and may hang, are read
        at a time."""
        self._members = members
        self._segments = segments
        self._most_in_doubt = most_in_doubt
        self._unreachable_after = unreachable_after
        self._rota = PollRota(members, at)
        self._unread = {miner: place for place, miner in enumerate(members, 1)}
        self._doubted: set[str] = set()
        self._being_told: set[str] = set()
        self._goals: dict[str, str] = {}
        self._shown: set[str] = set()
        self._watched: frozenset[str] = frozenset()

    def is_watched(self, miner: str) -> bool:
        return miner in self._watched

    def watch(self, miners: Collection[str], now: datetime) -> None:
        """Read these often from now on, and no others. One that shows what it was told is not read
        again before this: who asks has to see it first, and others do not show it yet."""
        wanted = frozenset(miners) & self._members.keys()
        for miner in wanted - (self._watched - self._shown):
            self.hasten(self._members[miner], now)
        self._watched = wanted
        self._shown.clear()

    def hasten(self, member: Member, now: datetime) -> None:
        """Read it as soon as one that moves; a miner that is being read keeps its turn."""
        self._rota.hasten(member.miner, now + _soon(member))

    def tell(self, member: Member, level: str, now: datetime) -> None:
        """It is being told to go to a level. To read it often meanwhile would only disturb it; that
        it is read at all shows what it does where it never answers."""
        self._segments.enter(member.segment)
        self._being_told.add(member.miner)
        self._goals[member.miner] = level
        self._rota.postpone(member.miner, now + timedelta(seconds=member.poll_s))

    def told(self, member: Member, now: datetime) -> None:
        """It has answered, or never will."""
        self._being_told.discard(member.miner)
        self._leave(member, now)
        self.hasten(member, now)

    def next_at(self) -> datetime | None:
        """When somebody is due next; None when all are being read."""
        return self._rota.next_at()

    def take(self, now: datetime) -> Member | None:
        """One to be read now, until it has `ended`."""
        while miner := self._rota.take(now):
            member = self._members[miner]
            if not self._segments.has_room(member.segment):
                self._segments.wait(member.segment, miner)
            elif not self._may_doubt(member):
                self._rota.schedule(miner, now + _soon(member))
            else:
                self._segments.enter(member.segment)
                return member
        return None

    def ended(self, member: Member, began: datetime, now: datetime) -> None:
        """It was read from `began` until now, or could not be. At an even pace, but a miner that
        answers slowly is left alone for a while in between."""
        self._doubted.discard(member.miner)
        if member.shows(self._goals.get(member.miner, "")):
            self._shown.add(member.miner)
        pause = self._pause(member)
        self._rota.schedule(member.miner, max(began + pause, now + pause / _LEAST_REST))
        self._leave(member, now)

    def _leave(self, member: Member, now: datetime) -> None:
        waited = self._segments.leave(member.segment)
        if waited is not None:
            self._rota.schedule(waited, now)

    def _may_doubt(self, member: Member) -> bool:
        """Whether a miner that failed the last time may hold a place again: some are for others."""
        if not member.failures:
            return True
        if len(self._doubted) >= self._most_in_doubt:
            return False
        self._doubted.add(member.miner)
        return True

    def _pause(self, member: Member) -> timedelta:
        seconds = member.poll_moving_s if self._moves(member.miner) else member.poll_s
        place = self._unread.pop(member.miner, None)
        if place is not None:
            # All were read at once at the start: from here on they take turns.
            seconds *= place / len(self._members)
        rounds_lost = max(0, member.failures - self._unreachable_after)
        return timedelta(seconds=seconds * min(2**rounds_lost, _LEAST_OFTEN))

    def _moves(self, miner: str) -> bool:
        if miner in self._being_told or miner in self._shown:
            return False
        return miner in self._watched


def _soon(member: Member) -> timedelta:
    return timedelta(seconds=member.poll_moving_s)
