"""What has arrived and waits to be judged: a bounded number for each authority, served in turn."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass

from controller.links.mqtt_client import Received
from controller.surfaces.bodies import LARGEST_BODY
from controller.surfaces.mqtt.topics import Inlet, Topics

MOST_WAITING = 64
"""Of an authority. With bodies of 64 KiB that is 4 MiB."""
MOST_CORRELATION = 128
"""Bytes of correlation data that are given back."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message, and who sent it. `too_large` ones have lost their body."""

    authority: str
    inlet: Inlet
    body: bytes
    too_large: bool = False
    reply_to: str = ""
    correlation: bytes | None = None


class Intake:
    """`take` is called by the connection and never waits; `following` is served in turn, so that
    a flood from one authority holds up no other."""

    def __init__(self, topics: Topics, inlets: Iterable[tuple[Inlet, str]]) -> None:
        self._topics = topics
        self._senders = {topics.inlet(inlet, who): (inlet, who) for inlet, who in inlets}
        self._waiting: dict[str, deque[Letter]] = {
            who: deque() for _, who in self._senders.values()
        }
        self._turns = deque(self._waiting)
        self._news = asyncio.Event()
        self.dropped: Counter[str] = Counter()
        """By authority: messages that were not read because too many waited. Who says so to the
        authority takes it out."""

    @property
    def subscriptions(self) -> list[str]:
        return sorted(self._senders)

    @property
    def waiting(self) -> int:
        return sum(len(one) for one in self._waiting.values())

    def take(self, message: Received) -> None:
        """Keep it, or count it where too many wait. An empty message only clears a retained one."""
        sender = self._senders.get(message.topic)
        if sender is None or not message.payload:
            return
        inlet, authority = sender
        if len(self._waiting[authority]) >= MOST_WAITING:
            self.dropped[authority] += 1
        else:
            self._waiting[authority].append(self._letter(inlet, authority, message))
        self._news.set()

    async def following(self, within_s: float) -> Letter | None:
        """The next one; None when nothing has come for so long."""
        if not self.waiting:
            self._news.clear()
            waiting = asyncio.ensure_future(self._news.wait())
            try:
                await asyncio.wait({waiting}, timeout=within_s)
            finally:
                waiting.cancel()
        return self.at_hand()

    def at_hand(self) -> Letter | None:
        """The next one, if there is one now."""
        for _ in range(len(self._turns)):
            authority = self._turns[0]
            self._turns.rotate(-1)
            if self._waiting[authority]:
                return self._waiting[authority].popleft()
        return None

    def _letter(self, inlet: Inlet, authority: str, message: Received) -> Letter:
        too_large = len(message.payload) > LARGEST_BODY
        replies = self._topics.may_reply_to(message.response_topic, authority)
        tag = message.correlation
        return Letter(
            authority=authority,
            inlet=inlet,
            body=b"" if too_large else message.payload,
            too_large=too_large,
            reply_to=message.response_topic if replies else "",
            correlation=tag if tag is not None and len(tag) <= MOST_CORRELATION else None,
        )
