"""A connection to an MQTT 5 broker: opened with a deadline, lost as an error, closed at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from aiomqtt import MqttCodeError, MqttError
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from controller.errors import CurtaildError, TemporaryError
from controller.links.backoff import backoff_s
from controller.links.deadline import within
from controller.links.mqtt_client import PacketClient, Received, client_of, new_properties
from controller.links.mqtt_secrets import Secrets, load_secrets
from controller.links.mqtt_settings import BrokerSettings

CONNECT_WITHIN_S = 8.0
ANSWER_WITHIN_S = 5.0
"""For which time the broker may leave a message of ours unanswered."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 90.0
"""Between two tries. The supervisor pauses for 1 to 60 s itself; these lie above, with jitter."""
T = TypeVar("T")
_QOS = 1
_SPARE = 1024
"""Of a packet, for topic and properties."""


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A message of ours, at least once (QoS 1)."""

    topic: str
    payload: bytes
    retain: bool = False
    expires_s: int | None = None
    """After which time the broker forgets it."""
    correlation: bytes | None = None


class UnsentError(CurtaildError):
    """The broker will not take this message; the connection stands. `reason` is for counting."""

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class MqttConnection:
    """A connection that stands. Messages go one after the other, each until the broker has it."""

    def __init__(self, client: PacketClient, place: str) -> None:
        self._client = client
        self._place = place
        self._turn = asyncio.Lock()

    async def subscribe(self, topics: Sequence[str]) -> None:
        """Be sent these, what is retained there included.

        Raises:
            TemporaryError: the connection is lost, or the broker refuses.
        """
        options = SubscribeOptions(qos=_QOS, retainAsPublished=True)
        wanted = [(topic, options) for topic in topics]
        codes = await self._answered(self._client.subscribe(wanted))
        for topic, code in zip(topics, codes, strict=True):
            if isinstance(code, ReasonCode) and code.is_failure:
                raise TemporaryError(
                    f"{self._place}: the broker does not let us read {topic}: see its ACL",
                    delay_s=LONGEST_PAUSE_S,
                )

    async def send(self, message: Outgoing) -> None:
        """Return when the broker has it.

        Raises:
            UnsentError: it is larger than the broker takes, or the broker's ACL forbids it.
            TemporaryError: the connection is lost.
        """
        largest = self._client.largest_packet
        if largest and len(message.payload) + len(message.topic) + _SPARE > largest:
            raise UnsentError(
                f"{message.topic}: {len(message.payload)} bytes, the broker takes {largest}",
                reason="too_large",
            )
        async with self._turn:
            sending = self._client.send(
                message.topic, message.payload, _properties(message), retain=message.retain
            )
            refusal = await self._answered(sending)
        if refusal:
            raise UnsentError(
                f"{message.topic}: the broker refuses it: {refusal}; see its ACL and its limits",
                reason="refused",
            )

    async def _answered(self, work: Coroutine[Any, Any, T]) -> T:
        """aiomqtt's own deadline swallows a cancellation that meets the answer: it gets ours."""
        try:
            return await within(ANSWER_WITHIN_S + 1.0, work)
        except (MqttError, TimeoutError) as error:
            raise lost(self._place, error) from error

    async def until_lost(self) -> None:
        """Raises TemporaryError when the connection is lost."""
        try:
            async for _ in self._client.messages:
                pass
        except MqttError as error:
            cause = error.__cause__
            why = cause if isinstance(cause, Exception) else error
            raise lost(f"{self._place}: the connection is lost", why) from error


class MqttLink:
    """The way to one broker. It counts failures, so that pauses grow until a connection stands."""

    def __init__(self, broker: BrokerSettings, client_id: str) -> None:
        self._broker = broker
        self._client_id = client_id
        self._place = f"MQTT broker {broker.host}:{broker.port}"
        self._failures = 0

    @asynccontextmanager
    async def connected(
        self,
        will: Outgoing | None,
        take: Callable[[Received], None],
        *,
        session_expiry_s: int,
        largest_packet: int,
    ) -> AsyncIterator[MqttConnection]:
        """A connection for the time of the block; `take` gets what arrives, and must not wait.

        The broker keeps our subscriptions, and what is sent to them, for `session_expiry_s` after
        the connection ends; `will`, where there is one, is published when it ends, however that
        happens.

        Raises:
            TemporaryError: it cannot be opened, or is lost; with a delay that has jitter.
        """
        client = client_of(
            self._broker,
            self._secrets(),
            client_id=self._client_id,
            will=None if will is None else (will.topic, will.payload),
            take=take,
            session_expiry_s=session_expiry_s,
            largest_packet=largest_packet,
            answer_within_s=ANSWER_WITHIN_S,
        )
        try:
            await self._open(client)
            self._failures = 0
            yield MqttConnection(client, self._place)
        except TemporaryError as error:
            self._failures += 1
            error.delay_s = max(error.delay_s, self._pause_s())
            raise
        finally:
            with suppress(MqttError, OSError):
                client.leave()
            client.drop()

    async def _open(self, client: PacketClient) -> None:
        try:
            await within(CONNECT_WITHIN_S, client.open())
        except TimeoutError as error:
            why = f"no connection within {CONNECT_WITHIN_S:g} s: check host, port and network"
            raise TemporaryError(f"{self._place}: {why}") from error
        except (MqttError, OSError, ValueError) as error:
            raise lost(self._place, error) from error

    def _secrets(self) -> Secrets:
        try:
            return load_secrets(self._broker)
        except TemporaryError as error:
            self._failures += 1
            error.delay_s = max(error.delay_s, self._pause_s())
            raise

    def _pause_s(self) -> float:
        key = f"mqtt/{self._client_id}/{self._place}"
        return backoff_s(key, self._failures, first_s=FIRST_PAUSE_S, most_s=LONGEST_PAUSE_S)


def lost(place: str, error: Exception) -> TemporaryError:
    """What went wrong on a connection, with what to do about it where that is known."""
    name = ""
    if isinstance(error, MqttCodeError) and error.rc is not None:
        name = str(error.rc)
    said = name or str(error) or type(error).__name__
    remedy = next((text for word, text in _REMEDIES.items() if word in said.lower()), "")
    return TemporaryError(f"{place}: {said[:200]}{remedy}")


_REMEDIES = {
    "taken over": ": another client uses our client id; a second daemon needs another mqtt.prefix",
    "unspecified error": ": the broker has gone, or let in another client with our client id; a "
    "second daemon needs another mqtt.prefix",
    "bad user name": ": check broker.username and broker.password_file",
    "not authorized": ": check broker.username and broker.password_file, and the broker's ACL",
    "unsupported protocol": ": it has to speak MQTT 5",
    "certificate verify failed": ": check broker.ca_file, and that broker.host is the name in "
    "its certificate",
    "timed out": ": it does not answer; check that it speaks MQTT 5, with TLS where tls is true",
}


def _properties(message: Outgoing) -> Properties:
    properties = new_properties(PacketTypes.PUBLISH)
    if message.expires_s is not None:
        properties.MessageExpiryInterval = message.expires_s
    if message.correlation is not None:
        properties.CorrelationData = message.correlation
    return properties
