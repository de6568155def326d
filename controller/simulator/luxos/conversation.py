"""The LuxOS API on a connection: one request, one reply, and the miner closes."""

from __future__ import annotations

import asyncio

from controller.clock import SiteClock
from controller.simulator.luxos import api
from controller.simulator.luxos.miner import LuxOsMiner
from controller.simulator.wire_faults import misbehave, spoiled

_LONGEST_REQUEST = 4096
_REQUEST_S = 5.0


class LuxOsConversation:
    """A request is bounded in size and time."""

    def __init__(self, miner: LuxOsMiner, clock: SiteClock) -> None:
        self._miner = miner
        self._clock = clock

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received = await _read_request(reader)
        if received and not await misbehave(self._miner, reader, writer):
            reply = api.answer(self._miner, received, self._clock.now())
            writer.write(spoiled(self._miner.fault, reply))

    def end(self) -> None:
        """Nothing is under way beside the connections."""


async def _read_request(reader: asyncio.StreamReader) -> bytes:
    """What the client sends until it is a request, too long, or too slow."""
    received = b""
    try:
        async with asyncio.timeout(_REQUEST_S):
            while len(received) < _LONGEST_REQUEST:
                chunk = await reader.read(_LONGEST_REQUEST - len(received))
                received += chunk
                if not chunk or api.complete(received):
                    break
    except TimeoutError:
        pass  # what came is answered as it is: with "Invalid JSON"
    return received
