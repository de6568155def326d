"""A server of several documents, and a source that reads prices of one line each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Literal

from aiohttp import web

from controller.model.samples import PriceSample
from controller.signals.polled.feed import PolledFeed
from controller.signals.polled.over import price_over_at
from controller.signals.polled.price_settings import PolledPriceSettings
from controller.signals.polled.source import Ask, Page
from controller.signals.reading.local_times import LocalTimes
from tests.virtual_clock import VirtualClock


@dataclass
class Server:
    """Answers by path and query, or by the path alone; what it does not have is not found."""

    bodies: dict[str, bytes] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Method, path and query of each request."""
    sent: list[bytes] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(f"{request.method} {request.path_qs}")
        self.sent.append(await request.read())
        whole = request.path_qs.removeprefix("/")
        name = whole if whole in self.bodies else request.path.removeprefix("/")
        status = self.statuses.get(name, 200 if name in self.bodies else 404)
        etag = f'"{hash(self.bodies.get(name))}"'
        if status == 200 and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        headers = {"ETag": etag, **self.headers}
        return web.Response(status=status, body=self.bodies.get(name, b""), headers=headers)


@asynccontextmanager
async def documents(**answer: Any) -> AsyncIterator[Server]:
    server = Server(**answer)
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", server.answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield server
    finally:
        await runner.cleanup()


class LinesSettings(PolledPriceSettings):
    """Prices of lines such as `2023-09-06T17:00Z 2023-09-06T17:15Z 48.2`."""

    adapter: Literal["lines"] = "lines"
    base_url: str
    unverified: ClassVar[str] = ""


Asks = Callable[[str], Sequence[Ask]]


@dataclass
class LinesSource:
    """Asks for what it is told to, by the server's address."""

    base_url: str
    wanted: Asks

    def asks(self, _now: datetime, /) -> Sequence[Ask]:
        return self.wanted(self.base_url)

    def listed(self, page: Page, _now: datetime, /) -> Sequence[Ask]:
        """A path on each line; lasting ones begin with `=`."""
        lines = page.body.decode().split()
        if not lines:
            raise ValueError("lists nothing")
        return [Ask(self._url(line), lasting=line.startswith("=")) for line in lines]

    def _url(self, line: str) -> str:
        path = line.removeprefix("=")
        return path if path.startswith("http") else f"{self.base_url}/{path}"

    def read(self, page: Page, /) -> Sequence[PriceSample]:
        return [self._price(line, page) for line in page.body.decode().splitlines()]

    def over_at(self, sample: Any, /) -> datetime | None:
        return price_over_at(sample, "start", 300)

    def _price(self, line: str, page: Page) -> PriceSample:
        start, end, price = line.split(" ")
        times = LocalTimes("UTC")
        return PriceSample(
            start=times.read(start),
            end=times.read(end),
            price_per_mwh=price,
            published_at=page.published_at,
        )


def lines_feed(
    server: Server,
    folder: Path,
    wanted: Asks,
    *,
    clock: VirtualClock | None = None,
    allowed: frozenset[str] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> PolledFeed:
    checked = LinesSettings(base_url=server.url, **(settings or {}))
    source = LinesSource(server.url, wanted)
    clock = clock or VirtualClock()
    return PolledFeed("lines", checked, clock, folder, source, allowed=allowed)


def line(hour: int, price: object) -> bytes:
    """The price of an hour of the day on which virtual clocks start, at 17:00."""
    return f"2023-09-06T{hour}:00Z 2023-09-06T{hour + 1}:00Z {price}\n".encode()
