"""Reading server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp

DEADLINE_S = 20


async def events(answer: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, Any]]:
    """Name and data of each event."""
    name = ""
    async for line in answer.content:
        field, _, value = line.decode().rstrip("\n").partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


async def first(
    stream: AsyncIterator[tuple[str, Any]], name: str, fits: Callable[[Any], bool] = lambda _: True
) -> Any:
    """The data of the next event of that name that fits; others are passed over."""
    async with asyncio.timeout(DEADLINE_S):
        async for found, data in stream:
            if found == name and fits(data):
                return data
    raise AssertionError(f"the stream ended without {name}")
