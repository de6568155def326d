"""Sources of JSON prices for tests: a real server, one that writes raw bytes, and their feeds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from aiohttp import web

from controller.errors import TemporaryError
from controller.model.samples import PriceSample
from controller.signals.polled.feed import PolledFeed
from controller.signals.prices.http import PriceHttpSource
from controller.signals.prices.http_settings import PriceHttpSettings
from tests.virtual_clock import VirtualClock

START = datetime(2023, 9, 6, 17, 0, tzinfo=UTC)
"""When virtual clocks start."""


def document(*prices: object, start: datetime = START, **more: object) -> bytes:
    """Prices of quarters of an hour, one after the other."""
    rows = [
        {"from": (start + timedelta(minutes=15 * number)).isoformat(), "value": price}
        for number, price in enumerate(prices)
    ]
    return json.dumps({"currency": "USD", "rows": rows, **more}).encode()


@dataclass
class Source:
    """Answers every request with what it is told to, and remembers what it was asked."""

    body: bytes = field(default_factory=lambda: document(48.2, 51))
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[Mapping[str, str]] = field(default_factory=list)
    """The headers of each request."""
    url: str = ""

    def __post_init__(self) -> None:
        self._one_more = asyncio.Event()

    async def until_asked(self, times: int) -> None:
        """Wait in real time for so many requests."""
        async with asyncio.timeout(30):
            while len(self.asked) < times:
                self._one_more.clear()
                await self._one_more.wait()

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.headers.copy())
        self._one_more.set()
        etag = self.headers.get("ETag")
        if etag and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(status=self.status, body=self.body, headers=self.headers)


@asynccontextmanager
async def serving(**answer: Any) -> AsyncIterator[Source]:
    source = Source(**answer)
    app = web.Application()
    app.router.add_get("/{tail:.*}", source.answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        source.url = f"http://127.0.0.1:{runner.addresses[0][1]}/prices"
        yield source
    finally:
        await runner.cleanup()


Writing = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def writing(write: Writing) -> AsyncIterator[str]:
    """The address of a server that has `write` answer once the request is read."""
    open_ones: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_ones[asyncio.current_task()] = writer
        try:
            await reader.readuntil(b"\r\n\r\n")
            await write(writer)
            await writer.drain()
            writer.close()
        except (ConnectionError, asyncio.IncompleteReadError):
            return

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/prices?key=in-the-query"
    finally:
        server.close()
        for writer in open_ones.values():
            writer.transport.abort()
        await asyncio.gather(*(task for task in open_ones if task is not None))


class PriceFeed(PolledFeed):
    """A feed that says nothing but prices."""

    def samples(self) -> AsyncGenerator[PriceSample, None]:
        return cast("AsyncGenerator[PriceSample, None]", super().samples())


def price_feed(
    url: str, folder: Path, clock: VirtualClock | None = None, **settings: Any
) -> PriceFeed:
    defaults: dict[str, Any] = {
        "rows": "rows",
        "start": "from",
        "price": "value",
        "interval_minutes": 15,
        "timeout_s": 10.0,
    }
    if settings.get("end"):
        del defaults["interval_minutes"]
    checked = PriceHttpSettings(adapter="price_http", url=url, **{**defaults, **settings})
    source = PriceHttpSource(checked)
    return PriceFeed("price", checked, clock or VirtualClock(), folder, source)


async def first(feed: PriceFeed, count: int = 1) -> list[PriceSample]:
    """The first samples of a feed."""
    async with aclosing(feed.samples()) as samples, asyncio.timeout(30):
        return [await anext(samples) for _ in range(count)]


async def until_it_fails(feed: PriceFeed) -> tuple[list[PriceSample], TemporaryError]:
    """What a feed says at once, and the error that it then ends with."""
    said: list[PriceSample] = []
    try:
        async with aclosing(feed.samples()) as samples, asyncio.timeout(30):
            while True:
                said.append(await anext(samples))
    except TemporaryError as error:
        return said, error


def told(samples: list[PriceSample]) -> list[tuple[str, str]]:
    """Start and price of each."""
    return [(f"{sample.start:%H:%M}", sample.price_per_mwh) for sample in samples]
