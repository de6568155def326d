"""Servers that do what no meter should."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
"""Is given a request (MBAP header and data), and writes what it likes."""


@asynccontextmanager
async def answering(answer: Answer) -> AsyncIterator[int]:
    """A port on which every request gets `answer`."""
    open_ones: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_ones[asyncio.current_task()] = writer
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                await answer(await reader.readexactly(12), writer)
                await writer.drain()

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in open_ones.values():
            writer.transport.abort()
        await asyncio.gather(*(task for task in open_ones if task is not None))


async def nothing(request: bytes, writer: asyncio.StreamWriter) -> None:
    """Hangs."""


async def hang_up(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def noise(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")


async def endless(request: bytes, writer: asyncio.StreamWriter) -> None:
    while not writer.is_closing():
        writer.write(b"\xa5" * 4096)
        await writer.drain()
        await asyncio.sleep(0)


async def too_short(request: bytes, writer: asyncio.StreamWriter) -> None:
    """One register, whatever was asked for."""
    writer.write(_reply(request, b"\x03\x02\x00\x01"))


async def count_that_lies(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(_reply(request, b"\x03\xfa\x00\x01"))


async def other_function(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(_reply(request, b"\x04\x04\x53\x75\x6e\x53"))


async def other_transaction(request: bytes, writer: asyncio.StreamWriter) -> None:
    """A reply to something that was never asked."""
    transaction = struct.unpack(">H", request[:2])[0] ^ 0x5555
    writer.write(struct.pack(">H", transaction) + _reply(request, b"\x03\x04SunS")[2:])


async def other_unit(request: bytes, writer: asyncio.StreamWriter) -> None:
    reply = bytearray(_reply(request, b"\x03\x04SunS"))
    reply[6] ^= 0x10
    writer.write(bytes(reply))


async def no_path(request: bytes, writer: asyncio.StreamWriter) -> None:
    """A gateway whose unit does not answer."""
    writer.write(_reply(request, b"\x83\x0b"))


async def endless_chain(request: bytes, writer: asyncio.StreamWriter) -> None:
    """A chain of empty models without an end."""
    address = struct.unpack(">H", request[8:10])[0]
    words = b"SunS" if address == 40000 else struct.pack(">HH", 103, 0)
    writer.write(_reply(request, b"\x03\x04" + words))


def _reply(request: bytes, data: bytes) -> bytes:
    return request[:2] + struct.pack(">HHB", 0, len(data) + 1, request[6]) + data
