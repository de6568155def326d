"""What passes between the processes of a farm: JSON behind its length."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import msgspec
from pydantic import BaseModel, ConfigDict

from controller.clock import ClockSettings
from controller.simulator.settings import SimulationSettings

_LENGTH_BYTES = 4


class Task(BaseModel):
    """The first word to a worker: what to simulate, by which clock, from when."""

    model_config = ConfigDict(frozen=True)

    settings: SimulationSettings
    clock: ClockSettings
    started_at: datetime


class Ready(msgspec.Struct, frozen=True):
    """The first word of a worker: all of it listens, or `problem`."""

    problem: str = ""
    meters: int = 0
    capacity_w: float = 0.0
    site_w: float = 0.0


class Question(msgspec.Struct, frozen=True):
    """What the desk of a worker is asked: the name of one of its methods."""

    what: str
    wanted: dict[str, Any] = {}


async def receive(reader: asyncio.StreamReader) -> bytes:
    """The next frame.

    Raises:
        asyncio.IncompleteReadError, ConnectionError: the other process is gone.
    """
    length = int.from_bytes(await reader.readexactly(_LENGTH_BYTES), "big")
    return await reader.readexactly(length)


async def send(writer: asyncio.StreamWriter, body: bytes) -> None:
    writer.write(len(body).to_bytes(_LENGTH_BYTES, "big") + body)
    await writer.drain()
