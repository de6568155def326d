"""One question, one reply, over a TCP connection of our own: bounded in time and in size."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from enum import Enum, auto
from typing import cast

from controller.fleet.faults import FaultKind, MinerError
from controller.fleet.settings import FleetSettings
from controller.fleet.tally import Tally

_END = b"\0"
"""What cgminer's descendants send after a reply, before they close."""


@dataclass(frozen=True, slots=True)
class Link:
    """The way to one miner. Every exchange is a connection of its own, closed by us at the end."""

    miner: str
    address: str
    port: int
    settings: FleetSettings
    tally: Tally

    async def exchange(self, request: bytes) -> bytes:
        """The reply, without the NUL that may end it.

        Raises:
            MinerError: no connection, no whole reply in time, or too long a reply.
        """
        reply = _Reply(request, self.settings.reply_limit_bytes)
        try:
            await self._connect(reply)
            return await self._whole(reply)
        finally:
            reply.close()

    async def _connect(self, reply: _Reply) -> None:
        loop = asyncio.get_running_loop()
        limit_s = self.settings.connect_timeout_s
        try:
            # Held by asyncio's own timeout: what it waits for ends at once when cancelled.
            async with asyncio.timeout(limit_s):
                await loop.create_connection(lambda: reply, self.address, self.port)
        except TimeoutError:
            self.tally.abandoned += 1
            raise self._fault(
                FaultKind.NO_CONNECTION, f"no connection within {limit_s:g} s"
            ) from None
        except OSError as error:
            # asyncio puts the address into the text; the message has it already
            why = os.strerror(error.errno) if error.errno else str(error)
            raise self._fault(FaultKind.NO_CONNECTION, f"no connection: {why}") from None

    async def _whole(self, reply: _Reply) -> bytes:
        limit_s = self.settings.reply_timeout_s
        match await reply.within(limit_s):
            case _Short.TOO_LATE:
                self.tally.abandoned += 1
                raise self._fault(FaultKind.NO_REPLY, f"no whole reply within {limit_s:g} s")
            case _Short.TOO_LONG:
                limit = self.settings.reply_limit_bytes
                why = f"cut off: a reply of more than {limit} bytes"
                raise self._fault(FaultKind.TOO_LONG, why)
            case _Short.CLOSED:
                why = "it closed the connection before its reply was whole"
                raise self._fault(FaultKind.NO_REPLY, why)
            case received:
                return received

    def _fault(self, kind: FaultKind, what: str) -> MinerError:
        return MinerError(kind, f"{self.miner}: {what}")


class _Short(Enum):
    """Why there is no whole reply."""

    TOO_LATE = auto()
    TOO_LONG = auto()
    CLOSED = auto()


class _Reply(asyncio.Protocol):
    """Gathers what comes until the miner closes, marks the end, says too much or takes too long."""

    def __init__(self, request: bytes, limit_bytes: int) -> None:
        self._done: asyncio.Future[bytes | _Short] = asyncio.get_running_loop().create_future()
        self._request = request
        self._limit_bytes = limit_bytes
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None

    async def within(self, limit_s: float) -> bytes | _Short:
        """The reply, or why there is none. A timer of its own costs a tenth of `asyncio.wait`."""
        timer = asyncio.get_running_loop().call_later(limit_s, self._settle, _Short.TOO_LATE)
        try:
            return await self._done
        finally:
            timer.cancel()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not asked what it is: uvloop's own transports are no asyncio.Transport.
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if _END in data:
            self._settle(bytes(self._received.partition(_END)[0]))
        elif len(self._received) > self._limit_bytes:
            self._settle(_Short.TOO_LONG)

    def connection_lost(self, exc: Exception | None) -> None:
        whole = bytes(self._received) if self._received and exc is None else _Short.CLOSED
        self._settle(whole)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _settle(self, outcome: bytes | _Short) -> None:
        if not self._done.done():
            self._done.set_result(outcome)
        self.close()
