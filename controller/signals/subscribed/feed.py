"""A feed that listens to a topic of a broker."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from secrets import token_hex
from typing import Any, Protocol

from controller.errors import TemporaryError
from controller.links.mqtt import MqttLink
from controller.links.mqtt_client import Received
from controller.model.samples import Sample
from controller.ports import Clock
from controller.signals.subscribed.settings import SubscribedSettings

MOST_WAITING = 64
"""Messages. Of a flood the newest are read: an older reading is no use to anybody."""
LARGEST_MESSAGE = 262_144


class Reader(Protocol):
    """Reads the messages of one topic, in the order in which they come."""

    def read(self, payload: bytes, at: datetime, *, retained: bool) -> Sequence[Sample]:
        """What a message says that came at this moment; nothing, where a retained one does not say
        how old it is.

        Raises:
            ValueError: it is no such message; saying where it is wrong.
        """


class SubscribedFeed:
    """One connection of its own; the supervisor starts it again when it is lost."""

    def __init__(
        self, name: str, settings: SubscribedSettings, clock: Clock, site: str, reader: Reader
    ) -> None:
        self.name = name
        self._settings = settings
        self._clock = clock
        self._reader = reader
        # A broker lets one client of an id live, and `feeds test` runs beside the daemon.
        self._link = MqttLink(settings.broker, f"curtaild-{site}-{name}-{token_hex(4)}")
        self._waiting: deque[tuple[datetime, Received]] = deque(maxlen=MOST_WAITING)
        self._news = asyncio.Event()

    async def samples(self) -> AsyncGenerator[Sample, None]:
        """What each message says, stamped with its own time or its arrival.

        Raises:
            TemporaryError: there is no connection, it is lost, the broker does not let us read the
                topic, or a message cannot be read.
        """
        opened = self._link.connected(
            None, self._take, session_expiry_s=0, largest_packet=LARGEST_MESSAGE
        )
        async with opened as connection:
            self._waiting.clear()
            await connection.subscribe([self._settings.topic])
            lost = asyncio.ensure_future(connection.until_lost())
            try:
                while True:
                    for sample in await self._next(lost):
                        yield sample
            finally:
                lost.cancel()

    def _take(self, message: Received) -> None:
        if message.topic == self._settings.topic and message.payload:
            self._waiting.append((self._clock.now(), message))
            self._news.set()

    async def _next(self, lost: asyncio.Future[None]) -> Sequence[Sample]:
        """The samples of the oldest message that waits, once there is one."""
        while not self._waiting:
            self._news.clear()
            news = asyncio.ensure_future(self._news.wait())
            both: set[asyncio.Future[Any]] = {news, lost}
            try:
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            finally:
                news.cancel()
            if lost.done():
                lost.result()
        at, message = self._waiting.popleft()
        try:
            return self._reader.read(message.payload, at, retained=message.retained)
        except ValueError as error:
            topic = self._settings.topic
            raise TemporaryError(f"topic {topic}: the message {error}: check its sender") from error
