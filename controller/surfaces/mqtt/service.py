"""The MQTT surface: one connection, served until it is lost; the supervisor begins the next."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any

import structlog

from controller.errors import TemporaryError
from controller.links.mqtt import MqttConnection, MqttLink, Outgoing, UnsentError
from controller.model.view import LinkHealth
from controller.ports import Clock, Inbox, Watch
from controller.surfaces.mqtt.answers import Judge
from controller.surfaces.mqtt.intake import MOST_WAITING, Intake, Letter
from controller.surfaces.mqtt.messages import ErrorSent, Online, ReceiptSent, Status
from controller.surfaces.mqtt.progress import Progress
from controller.surfaces.mqtt.settings import MqttSettings
from controller.surfaces.mqtt.telling import Telling
from controller.surfaces.mqtt.topics import Inlet, Topics

_log = structlog.get_logger(__name__)
LARGEST_PACKET = 128 * 1024
"""The broker keeps larger ones from us; a body above 64 KiB is answered with an error."""
OWN_UP_EVERY_S = 1.0
"""How often an authority is told that messages of its flood were not read."""


class MqttService:
    """Dispatches in, answers and the site's state out."""

    name = "mqtt"
    kind = "mqtt"

    def __init__(
        self, settings: MqttSettings, site: str, inbox: Inbox, watch: Watch, clock: Clock
    ) -> None:
        self._settings = settings
        self._watch = watch
        self._topics = Topics(settings.prefix, site)
        inlets = [(Inlet.DISPATCH, who) for who in settings.authorities]
        inlets += [(Inlet.PLAIN, who) for who in settings.plain]
        self._intake = Intake(self._topics, inlets)
        self._judge = Judge(inbox, clock, settings.plain)
        self._progress = Progress()
        self._link = MqttLink(settings.broker, f"{settings.prefix}-{site}")
        self._connected = False
        self._connections = 0
        self._messages: Counter[str] = Counter()
        self._unsent: Counter[str] = Counter()

    def health(self) -> LinkHealth:
        """How the connection is, and what became of messages since the process began."""
        return LinkHealth(
            connected=self._connected,
            connections=self._connections,
            waiting=self._intake.waiting,
            messages=dict(self._messages),
            unsent=dict(self._unsent),
        )

    async def run(self) -> None:
        """Serve one connection.

        Raises:
            TemporaryError: it cannot be opened, or is lost.
        """
        link = self._link.connected(
            self._status(Online.OFFLINE),
            self._intake.take,
            session_expiry_s=self._settings.session_expiry_s,
            largest_packet=LARGEST_PACKET,
        )
        try:
            async with link as connection:
                await self._serve(connection)
        except TemporaryError:
            await self._judge_the_rest()
            raise

    async def _serve(self, connection: MqttConnection) -> None:
        subscriptions = self._intake.subscriptions
        if subscriptions:
            await connection.subscribe(subscriptions)
        await self._send(connection, self._status(Online.ONLINE))
        self._connected = True
        self._connections += 1
        _log.info("mqtt.connected", broker=self._settings.broker.host)
        try:
            await _until_one_ends(
                connection.until_lost(), self._answer(connection), self._tell(connection)
            )
        finally:
            self._connected = False

    def _status(self, status: Online) -> Outgoing:
        payload = Status(status=status).model_dump_json().encode()
        return Outgoing(topic=self._topics.status, payload=payload, retain=True)

    async def _answer(self, connection: MqttConnection) -> None:
        own_up_at = 0.0
        loop = asyncio.get_running_loop()
        while True:
            letter = await self._intake.following(OWN_UP_EVERY_S)
            if letter is not None:
                await self._reply(connection, letter, await self._judged(letter))
            if self._intake.dropped and loop.time() >= own_up_at:
                own_up_at = loop.time() + OWN_UP_EVERY_S
                await self._own_up(connection)

    async def _judged(self, letter: Letter) -> ReceiptSent | ErrorSent:
        answer = await self._judge.answer(letter)
        if isinstance(answer, ErrorSent):
            self._messages[answer.code] += 1
        else:
            self._messages["repeated" if answer.repeated else "received"] += 1
        return answer

    async def _judge_the_rest(self) -> None:
        """What the broker has handed over is ours, though nobody hears the answer: senders repeat
        until they do."""
        while (letter := self._intake.at_hand()) is not None:
            await self._judged(letter)

    async def _reply(
        self, connection: MqttConnection, letter: Letter, answer: ReceiptSent | ErrorSent
    ) -> None:
        own = self._topics.receipt if isinstance(answer, ReceiptSent) else self._topics.error
        payload = answer.model_dump_json().encode()
        for topic in filter(None, (own(letter.authority), letter.reply_to)):
            message = Outgoing(topic=topic, payload=payload, correlation=letter.correlation)
            await self._send(connection, message)

    async def _own_up(self, connection: MqttConnection) -> None:
        for authority in list(self._intake.dropped):
            count = self._intake.dropped.pop(authority)
            self._messages["too_many"] += count
            problem = (
                f"{count} messages were not read, {MOST_WAITING} were waiting already: send no "
                "more than a few before their receipts, and what has none again"
            )
            answer = self._judge.error("too_many", problem)
            payload = answer.model_dump_json().encode()
            await self._send(
                connection, Outgoing(topic=self._topics.error(authority), payload=payload)
            )

    async def _tell(self, connection: MqttConnection) -> None:
        loop = asyncio.get_running_loop()
        telling = Telling(self._topics, self._watch, self._progress)
        while True:
            for message in telling.due(loop.time()):
                await self._send(connection, message)
            await asyncio.sleep(self._settings.state_every_s)

    async def _send(self, connection: MqttConnection, message: Outgoing) -> None:
        """A message that the broker will not take must not end the connection."""
        try:
            await connection.send(message)
        except UnsentError as error:
            if not self._unsent[error.reason]:
                _log.warning("mqtt.unsent", why=str(error))
            self._unsent[error.reason] += 1


async def _until_one_ends(*work: Coroutine[Any, Any, None]) -> None:
    """Run these beside one another; the first that fails ends all, and its error is raised."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result
