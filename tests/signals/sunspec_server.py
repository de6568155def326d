"""A SunSpec meter served by pymodbus: its own server, not ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

BASE = 40000
UNIT = 3
COMMON = [1, 66, *[0] * 66]
END = [0xFFFF, 0]
METER = BASE + 2 + len(COMMON)
"""Where the meter's model begins."""


def meter_model(
    power: int = 1800, power_scale: int = 2, imported: int = 500_000, energy_scale: int = 0
) -> list[int]:
    """Model 203 with these raw registers; all else is zero."""
    words = [0] * 107
    words[0:2] = 203, 105
    words[18], words[22] = power & 0xFFFF, power_scale & 0xFFFF
    words[46:48] = divmod(imported, 2**16)
    words[54] = energy_scale & 0xFFFF
    return words


def sunspec(*models: list[int]) -> list[int]:
    """A device with a common model, these, and the end."""
    return [0x5375, 0x6E53, *COMMON, *(word for model in models for word in model), *END]


class Meter:
    """A running server whose registers a test may change."""

    def __init__(self, server: ModbusTcpServer) -> None:
        self._server = server
        self.port: int = server.transport.sockets[0].getsockname()[1]

    async def set(self, address: int, *words: int) -> None:
        await self._server.async_setValues(UNIT, 16, address, list(words))

    async def show(self, model: list[int]) -> None:
        await self.set(METER, *model)

    def connections(self) -> list[str]:
        """The clients that are connected now."""
        return list(self._server.active_connections)

    async def deserted(self) -> None:
        """Wait until no client is connected."""
        while self.connections():  # noqa: ASYNC110 - the library tells nobody when one leaves
            await asyncio.sleep(0.001)

    async def die(self) -> None:
        await self._server.shutdown()


@asynccontextmanager
async def serve(words: list[int], *, base: int = BASE, port: int = 0) -> AsyncIterator[Meter]:
    """Serve `words` from `base` on, as unit `UNIT`, on this loopback port or a free one."""
    registers = SimData(base, values=words, datatype=DataType.REGISTERS)
    device = SimDevice(UNIT, [registers])
    server = ModbusTcpServer(device, address=("127.0.0.1", port))
    await server.serve_forever(background=True)
    try:
        yield Meter(server)
    finally:
        await server.shutdown()
