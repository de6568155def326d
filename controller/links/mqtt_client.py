"""aiomqtt's client, with what it leaves out: packets handed over as they come, refusals of the
broker, and an end that holds in every state.

The pauses and threads of aiomqtt 2 and paho: connecting runs in a thread of the executor, which
cannot be cancelled; a client that is given up meanwhile must not register its socket.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import paho.mqtt.client as paho
from aiomqtt import Client, Message, ProtocolVersion, Will
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from controller.links.mqtt_secrets import Secrets
from controller.links.mqtt_settings import BrokerSettings

CONNECT_S = 3.0
"""For TCP, and again for TLS: a process that ends has to wait for the thread that connects."""


@dataclass(frozen=True, kw_only=True)
class Received:
    """A message of somebody else's."""

    topic: str
    payload: bytes
    retained: bool = False
    response_topic: str = ""
    correlation: bytes | None = None


class PacketClient(Client):
    """One connection, used once. `largest_packet` is what the broker takes, 0 for any size."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.largest_packet = 0
        self._refusal = ""
        self._guard = threading.Lock()
        self._given_up = False
        self._client.connect_timeout = CONNECT_S

    async def open(self) -> None:
        """Raises MqttError, OSError or ValueError (a certificate for another name)."""
        await self.__aenter__()

    async def send(
        self, topic: str, payload: bytes, properties: Properties, *, retain: bool
    ) -> str:
        """Publish; returns what the broker has against it, or nothing. One at a time."""
        self._refusal = ""
        await self.publish(topic, payload, qos=1, retain=retain, properties=properties)
        return self._refusal

    def leave(self) -> None:
        """Tell the broker to publish the will, as far as that can be done at once."""
        reason = ReasonCode(PacketTypes.DISCONNECT, "Disconnect with will message")
        if self._client.disconnect(reason) == paho.MQTT_ERR_SUCCESS:
            self._client.loop_write()

    def drop(self) -> None:
        """Close the socket and forget it, in whatever state the connection is."""
        with self._guard:
            self._given_up = True
            sock = self._client.socket()
            if sock is not None and sock.fileno() >= 0:
                self._loop.remove_reader(sock.fileno())
                self._loop.remove_writer(sock.fileno())
                sock.close()
        if self._misc_task is not None:
            self._misc_task.cancel()
        for state in (self._connected, self._disconnected):
            if state.done() and not state.cancelled():
                state.exception()

    def _client_connect(self) -> None:
        super()._client_connect()
        with self._guard:
            sock = self._client.socket()
            if self._given_up and sock is not None:
                sock.close()

    def _on_socket_open(self, client: paho.Client, userdata: Any, sock: Any) -> None:
        with self._guard:
            if not self._given_up:
                super()._on_socket_open(client, userdata, sock)

    def _on_socket_register_write(
        self,
        client: paho.Client,
        userdata: Any,  # noqa: ARG002 - the shape is aiomqtt's
        sock: Any,
    ) -> None:
        self._loop.call_soon_threadsafe(self._write_when_possible, client, sock)

    def _write_when_possible(self, client: paho.Client, sock: Any) -> None:
        """aiomqtt names the socket by a number, which may be another's when its turn comes."""
        if not self._given_up and sock.fileno() >= 0:
            self._loop.add_writer(sock.fileno(), self._write, client)

    def _write(self, client: paho.Client) -> None:
        try:
            client.loop_write()
        except Exception as error:  # noqa: BLE001 - as for reading: the connection is broken
            if not self._disconnected.done():
                self._disconnected.set_exception(error)

    def _on_connect(
        self,
        client: paho.Client,
        userdata: Any,
        flags: paho.ConnectFlags,
        reason_code: ReasonCode,
        properties: Properties | None = None,
    ) -> None:
        self.largest_packet = int(getattr(properties, "MaximumPacketSize", 0))
        super()._on_connect(client, userdata, flags, reason_code, properties)

    def _on_publish(
        self,
        client: paho.Client,
        userdata: Any,
        mid: int,
        reason_code: ReasonCode,
        properties: Properties,
    ) -> None:
        if reason_code.is_failure:
            self._refusal = str(reason_code)
        super()._on_publish(client, userdata, mid, reason_code, properties)


class _Handover(asyncio.Queue[Message]):
    """Stands where aiomqtt queues messages without bound: hands each on and stays empty."""

    def __init__(self, take: Callable[[Received], None], maxsize: int = 0) -> None:
        super().__init__(maxsize)
        self._take = take

    def put_nowait(self, item: Message) -> None:
        self._take(_received(item))


def _received(message: Message) -> Received:
    properties = message.properties
    return Received(
        topic=message.topic.value,
        payload=bytes(message.payload),
        retained=message.retain,
        response_topic=str(getattr(properties, "ResponseTopic", "")),
        correlation=getattr(properties, "CorrelationData", None),
    )


def new_properties(packet: int) -> Properties:
    """None yet, for a packet of this kind."""
    return Properties(packet)  # type: ignore[no-untyped-call]  # paho leaves it without types


def client_of(
    broker: BrokerSettings,
    secrets: Secrets,
    *,
    client_id: str,
    will: tuple[str, bytes] | None,
    take: Callable[[Received], None],
    session_expiry_s: int,
    largest_packet: int,
    answer_within_s: float,
) -> PacketClient:
    """A client that is not yet connected."""
    properties = new_properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = session_expiry_s
    properties.MaximumPacketSize = largest_packet
    return PacketClient(
        broker.host,
        broker.port,
        username=broker.username or None,
        password=secrets.password,
        identifier=client_id,
        protocol=ProtocolVersion.V5,
        will=None if will is None else Will(*will, qos=1, retain=True),
        clean_start=False,
        properties=properties,
        tls_context=secrets.tls,
        timeout=answer_within_s,
        socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        keepalive=broker.keepalive_s,
        queue_type=cast("type[asyncio.Queue[Message]]", partial(_Handover, take)),
    )
