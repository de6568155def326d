"""A small Modbus TCP server, and one for registers that are only read (function codes 3 and 4).

MODBUS Application Protocol V1.1b3 and MODBUS Messaging on TCP/IP V1.0b. Own code on purpose: the
daemon reads meters with a library, and two minds find each other's mistakes.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable, Sequence

from controller.simulator.listener import Listener

READ_HOLDING, READ_INPUT = 3, 4
ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3
_MOST_REGISTERS = 125
_HEADER = struct.Struct(">HHHB")
_LONGEST_PDU = 253
_IDLE_S = 300.0

Image = tuple[int, Sequence[int]]
"""The protocol address of the first register and the words from there on."""
Registers = Callable[[], Awaitable[Image]]
"""The registers as they are now."""
Answer = Callable[[bytes], Awaitable[bytes]]
"""The answer to a protocol data unit."""


def respond(pdu: bytes, image: Image) -> bytes:
    """The answer to a protocol data unit: the words asked for, or an exception."""
    function = pdu[0]
    if function not in {READ_HOLDING, READ_INPUT}:
        return exception(function, ILLEGAL_FUNCTION)
    if len(pdu) != 5:
        return exception(function, ILLEGAL_VALUE)
    address, count = struct.unpack(">HH", pdu[1:])
    if not 1 <= count <= _MOST_REGISTERS:
        return exception(function, ILLEGAL_VALUE)
    base, words = image
    if address < base or address + count > base + len(words):
        return exception(function, ILLEGAL_ADDRESS)
    chosen = words[address - base : address - base + count]
    return struct.pack(f">BB{count}H", function, 2 * count, *chosen)


def exception(function: int, code: int) -> bytes:
    """The answer that says why not."""
    return bytes((function | 0x80, code))


class ModbusListener:
    """Answers any unit identifier; one request after the other on each connection."""

    def __init__(self, what: str, address: str, port: int, answer: Answer) -> None:
        self._listener = Listener(what, address, port, self._converse)
        self._answer = answer

    async def open(self) -> None:
        await self._listener.open()

    def close(self) -> None:
        self._listener.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            async with asyncio.timeout(_IDLE_S):
                header = await reader.readexactly(_HEADER.size)
                transaction, protocol, length, unit = _HEADER.unpack(header)
                if protocol != 0 or not 2 <= length <= _LONGEST_PDU + 1:
                    return  # out of step with the client: only a new connection helps
                pdu = await reader.readexactly(length - 1)
            reply = await self._answer(pdu)
            writer.write(_HEADER.pack(transaction, 0, len(reply) + 1, unit) + reply)
            await writer.drain()


class ModbusServer(ModbusListener):
    """Serves registers that are only read."""

    def __init__(self, what: str, address: str, port: int, registers: Registers) -> None:
        super().__init__(what, address, port, self._read)
        self._registers = registers

    async def _read(self, pdu: bytes) -> bytes:
        return respond(pdu, await self._registers())
