"""Server-sent events: every open stream gets the newest state, none holds up another."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog
from aiohttp import web
from pydantic import BaseModel

from controller.model.view import View
from controller.ports import Clock, Watch
from controller.surfaces.api_models import Beat
from controller.surfaces.history import Ring
from controller.surfaces.present.state import state
from controller.surfaces.problems import RETRY_AFTER_S, ProblemError

logger = structlog.get_logger(__name__)

SPACING_S = 0.5
BEAT_S = 1.0
SLOWEST_WRITE_S = 15.0
MOST_STREAMS = 64
RECONNECT_MS = 2000


class Events:
    """Follows the watch and feeds the streams. A reader that is slow misses states."""

    def __init__(self, watch: Watch, clock: Clock) -> None:
        self._watch = watch
        self._clock = clock
        self._ring = Ring()
        self._newest: View | None = None
        self._number = 0
        self._rendered: tuple[int, bytes] = (0, b"")
        self._changed = asyncio.Event()
        self._open = 0
        self._stopping = False
        self._following: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._take(self._watch.view())
        self._following = asyncio.create_task(self._follow(), name="http-events")

    async def stop(self) -> None:
        """Let every stream end after what it is writing."""
        self._stopping = True
        self._changed.set()
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)

    async def _follow(self) -> None:
        """Take views for as long as the surface runs, whatever becomes of one subscription."""
        while True:
            try:
                async for view in self._watch.changes():
                    self._take(view)
                    await asyncio.sleep(SPACING_S)
            except Exception:
                logger.exception("http.events_broke_off")
            await asyncio.sleep(1.0)
            self._take(self._watch.view())

    def _take(self, view: View | None) -> None:
        if view is None or view is self._newest:
            return
        self._ring.add(view)
        self._newest = view
        self._number += 1
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """The handler of GET /api/v1/events."""
        if self._open >= MOST_STREAMS:
            wait = {"Retry-After": str(RETRY_AFTER_S)}
            text = f"{MOST_STREAMS} streams are open already: close one"
            raise ProblemError(503, "too_many_streams", text, headers=wait)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        self._open += 1
        try:
            await response.prepare(request)
            with suppress(ConnectionError):
                await self._feed(response)
        except TimeoutError:
            if request.transport is not None:
                request.transport.abort()
        finally:
            self._open -= 1
        return response

    async def _feed(self, response: web.StreamResponse) -> None:
        await _write(response, f"retry: {RECONNECT_MS}\n\n".encode())
        await _write(response, _event("history", self._ring.history()))
        sent = 0
        while not self._stopping:
            if sent != self._number:
                sent = self._number
                await _write(response, self._state())
            else:
                beat = Beat(at=self._clock.now(), alive=self._watch.alive())
                await _write(response, _event("beat", beat))
            await self._newer(sent)

    def _state(self) -> bytes:
        """The newest state, put into bytes once for all streams."""
        if self._rendered[0] != self._number and self._newest is not None:
            shown = state(self._newest, alive=self._watch.alive())
            self._rendered = (self._number, _event("state", shown))
        return self._rendered[1]

    async def _newer(self, sent: int) -> None:
        """Wait for a state newer than `sent`, or for the time of a beat."""
        if self._number == sent and not self._stopping:
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT_S):
                    await self._changed.wait()


def _event(name: str, body: BaseModel) -> bytes:
    return f"event: {name}\ndata: {body.model_dump_json()}\n\n".encode()


async def _write(response: web.StreamResponse, chunk: bytes) -> None:
    async with asyncio.timeout(SLOWEST_WRITE_S):
        await response.write(chunk)
