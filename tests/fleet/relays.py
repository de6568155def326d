"""Relays for tests: a Modbus server that is not ours, the farm's own, and one that is stuck."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from controller.fleet.fleet import MinerFleet
from controller.fleet.luxos import LUXOS
from controller.fleet.switch_modbus import ModbusBank, SwitchModbusSettings
from controller.links.modbus import ModbusLinks
from controller.simulator.farm import Farm
from controller.simulator.group_settings import Endpoint
from tests.simulator.help import HandClock

from .help import HASTY, group_of, wire

UNIT = 4
READ_COILS = 1


def bank(host: str, port: int, **more: Any) -> ModbusBank:
    plain = {"adapter": "switch_modbus", "host": host, "port": port, "timeout_s": 1.0}
    return ModbusBank(SwitchModbusSettings.model_validate({**plain, **more}), ModbusLinks())


def place_of(farm: Farm) -> Endpoint:
    """Where the relays of the farm's group are."""
    endpoint = farm.settings.groups[0].switches
    assert endpoint is not None
    return endpoint


def fleet_with(
    farm: Farm, clock: HandClock, state_dir: Path, at: tuple[str, int] | None = None, **more: Any
) -> MinerFleet:
    """The miners of a farm, with their own relays or others."""
    own = place_of(farm)
    host, port = at or (str(own.address), own.port)
    return MinerFleet(
        settings=HASTY,
        groups={"hall": group_of(farm, levels=("415MHz", "default"))},
        firmwares={"luxos": LUXOS},
        state_dir=state_dir,
        clock=clock,
        banks={"hall": bank(host, port, **more)},
    )


class Coils:
    """A running server of coils, read and set from behind."""

    def __init__(self, server: ModbusTcpServer, first: int) -> None:
        self._server, self._first = server, first
        self.port: int = server.transport.sockets[0].getsockname()[1]

    async def values(self, count: int) -> list[bool]:
        found: list[bool] = await self._server.async_getValues(UNIT, READ_COILS, self._first, count)
        return found[:count]


@asynccontextmanager
async def serve(values: Sequence[bool], first: int = 0) -> AsyncIterator[Coils]:
    """Coils from `first` on, as unit `UNIT`, on a free port of loopback."""
    coils = [SimData(first, values=list(values), datatype=DataType.BITS)]
    bits = [SimData(0, values=[False], datatype=DataType.BITS)]
    words = [SimData(0, values=[0], datatype=DataType.REGISTERS)]
    device = SimDevice(UNIT, (coils, bits, words, words))
    server = ModbusTcpServer(device, address=("127.0.0.1", 0))
    await server.serve_forever(background=True)
    try:
        yield Coils(server, first)
    finally:
        await server.shutdown()


@asynccontextmanager
async def stuck(closed: int = 0xFF) -> AsyncIterator[tuple[str, int]]:
    """Eight relays that say yes to every write and stay as they are: `closed` by the bit."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readexactly(7)
            pdu = await reader.readexactly(int.from_bytes(head[4:6], "big") - 1)
            first = int.from_bytes(pdu[1:3], "big")
            reply = bytes((1, 1, closed >> first)) if pdu[0] == READ_COILS else pdu
            writer.write(head[:4] + (len(reply) + 1).to_bytes(2, "big") + head[6:7] + reply)
            await writer.drain()

    async with wire(talk) as place:
        yield place
