"""Another client at the broker: a sender, a display. It keeps what it hears."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiomqtt import Client, Message, ProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.mqtt.broker import HOST

PATIENCE_S = 20.0


async def until(condition: Callable[[], Any], what: str) -> None:
    """Return when it holds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE_S
    while not condition():
        assert loop.time() < deadline, f"in vain waited for {what}"
        await asyncio.sleep(0.02)


@dataclass
class Peer:
    client: Client
    heard: list[Message] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        async for message in self.client.messages:
            self.heard.append(message)
            self.news.set()

    async def send(self, topic: str, body: object, **how: Any) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        await self.client.publish(topic, raw, qos=1, **how)

    def on(self, topic: str) -> list[Message]:
        return [one for one in self.heard if one.topic.value == topic]

    def said(self, topic: str) -> list[Any]:
        """The bodies that came there, emptied ones as None."""
        return [json.loads(bytes(one.payload)) if one.payload else None for one in self.on(topic)]

    async def until(self, condition: Callable[[], Any], what: str) -> Any:
        """The first true answer, asked whenever something was heard."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                while not (answer := condition()):
                    self.news.clear()
                    await self.news.wait()
            except TimeoutError:
                pass
        assert answer, f"in vain waited for {what}; heard {self.summary()}"
        return answer

    async def next_on(self, topic: str, count: int = 1) -> Any:
        """The body of the message number `count` there."""
        await self.until(lambda: len(self.on(topic)) >= count, f"{count} on {topic}")
        return self.said(topic)[count - 1]

    def summary(self) -> list[str]:
        return [f"{one.topic} {bytes(one.payload)[:200]!r}" for one in self.heard[-8:]]


@asynccontextmanager
async def peer(port: int, *topics: str, **how: Any) -> AsyncIterator[Peer]:
    """A client that subscribes to these."""
    settings = {"protocol": ProtocolVersion.V5, "timeout": 10} | how
    async with Client(HOST, port, **settings) as client:
        for topic in topics:
            await client.subscribe(topic, qos=1)
        one = Peer(client)
        listening = asyncio.create_task(one.listen())
        try:
            yield one
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


def properties(**values: Any) -> Properties:
    """Of a message."""
    made = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    for name, value in values.items():
        setattr(made, name, value)
    return made
