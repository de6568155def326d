"""Simulated relays behind Modbus TCP: one coil for each miner of a group, from address 0 (function
codes 1, 5 and 15). A coil at 1 closes its relay: the miner has power.

MODBUS Application Protocol V1.1b3. Own code on purpose, like that of the meters.
"""

from __future__ import annotations

import struct
from collections.abc import Awaitable, Callable, Sequence

from controller.simulator.group_settings import Endpoint
from controller.simulator.modbus import (
    ILLEGAL_ADDRESS,
    ILLEGAL_FUNCTION,
    ILLEGAL_VALUE,
    ModbusListener,
    exception,
)

READ_COILS, WRITE_COIL, WRITE_COILS = 1, 5, 15
_SHORTEST = {READ_COILS: 5, WRITE_COIL: 5, WRITE_COILS: 7}
_MOST_READ, _MOST_WRITTEN = 2000, 1968
_VALUES = {0x0000: False, 0xFF00: True}

Switch = Callable[[int, bool], Awaitable[None]]
"""Opens (False) or closes (True) the relay of a number; returns when it has."""


class RelayBank:
    """The relays of a group; all are closed at the start."""

    def __init__(self, group: str, endpoint: Endpoint, count: int, switch: Switch) -> None:
        self.closed = [True] * count
        self._switch = switch
        self._server = ModbusListener(
            f"switches of {group}", str(endpoint.address), endpoint.port, self.respond
        )

    async def start(self) -> None:
        await self._server.open()

    def stop(self) -> None:
        self._server.close()

    async def respond(self, pdu: bytes) -> bytes:
        """The answer to a protocol data unit, once it is done; or an exception."""
        function = pdu[0]
        if function not in _SHORTEST:
            return exception(function, ILLEGAL_FUNCTION)
        if len(pdu) < _SHORTEST[function]:
            return exception(function, ILLEGAL_VALUE)
        address, value = struct.unpack(">HH", pdu[1:5])
        if function == READ_COILS:
            return self._read(address, value) if len(pdu) == 5 else _bad(function)
        if function == WRITE_COIL:
            wanted = [_VALUES[value]] if len(pdu) == 5 and value in _VALUES else []
        else:
            wanted = _written(value, pdu[5], pdu[6:])
        if not wanted:
            return _bad(function)
        if address + len(wanted) > len(self.closed):
            return exception(function, ILLEGAL_ADDRESS)
        for number, closed in enumerate(wanted, address):
            await self._put(number, closed=closed)
        return pdu[:5]

    def _read(self, address: int, count: int) -> bytes:
        if not 1 <= count <= _MOST_READ:
            return _bad(READ_COILS)
        if address + count > len(self.closed):
            return exception(READ_COILS, ILLEGAL_ADDRESS)
        packed = _packed(self.closed[address : address + count])
        return bytes((READ_COILS, len(packed))) + packed

    async def _put(self, number: int, *, closed: bool) -> None:
        if self.closed[number] is not closed:
            self.closed[number] = closed
            await self._switch(number, closed)


def _bad(function: int) -> bytes:
    return exception(function, ILLEGAL_VALUE)


def _packed(bits: Sequence[bool]) -> bytes:
    """Eight to the byte, the first in its lowest bit."""
    whole = sum(1 << place for place, bit in enumerate(bits) if bit)
    return whole.to_bytes(-(-len(bits) // 8), "little")


def _written(count: int, size: int, data: bytes) -> list[bool]:
    """What a write of several coils asks for; empty where it does not agree with itself."""
    if not 1 <= count <= _MOST_WRITTEN or not size == len(data) == -(-count // 8):
        return []
    whole = int.from_bytes(data, "little")
    return [bool(whole >> place & 1) for place in range(count)]
