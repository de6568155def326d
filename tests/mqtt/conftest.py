from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from controller.errors import TemporaryError
from controller.surfaces.mqtt.service import MqttService
from controller.surfaces.mqtt.settings import MqttSettings
from tests.app.office import Office
from tests.mqtt.broker import HOST, Broker
from tests.mqtt.peer import until
from tests.surfaces.fakes import FakeWatch
from tests.surfaces.views import a_view

SITE = "pecos-1"
ROOT = f"curtaild/{SITE}"


@dataclass
class Station:
    """The surface between a broker and a desk, kept going as the supervisor does."""

    broker: Broker
    office: Office = field(default_factory=Office)
    watch: FakeWatch = field(default_factory=lambda: FakeWatch(a_view()))
    errors: list[TemporaryError] = field(default_factory=list)
    service: MqttService = field(init=False)

    def build(self, **changes: Any) -> None:
        plain = {
            "broker": {"host": HOST, "port": self.broker.port, "tls": False},
            "authorities": ["grid", "utility"],
            "plain": {"utility": {"program": "plain"}, "grid": {"program": "ers"}},
            "state_every_s": 0.2,
        }
        settings = MqttSettings.model_validate(plain | changes)
        self.service = MqttService(settings, SITE, self.office.desk, self.watch, self.office.clock)

    async def keep(self) -> None:
        while True:
            try:
                await self.service.run()
            except TemporaryError as error:
                self.errors.append(error)
            await asyncio.sleep(0.1)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        life = asyncio.create_task(self.keep())
        try:
            await self.connected()
            yield
        finally:
            life.cancel()
            await asyncio.gather(life, return_exceptions=True)

    async def connected(self) -> None:
        await until(lambda: self.service.health().connected, "the connection")

    async def lost(self) -> None:
        await until(lambda: not self.service.health().connected, "the loss of the connection")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    one = Broker(tmp_path)
    one.start()
    yield one
    one.kill()


@pytest.fixture
async def station(broker: Broker) -> AsyncIterator[Station]:
    """Connected."""
    one = Station(broker)
    one.build()
    async with one.running():
        yield one
