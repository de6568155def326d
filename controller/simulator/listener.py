"""A TCP listener that can be closed and opened again, and never leaves a connection behind."""

from __future__ import annotations

import asyncio
import contextlib
import errno
from collections.abc import Awaitable, Callable

from controller.errors import PermanentError

Converse = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
_MOST_CONNECTIONS = 64
# A peer that leaves early or says nothing in time; and our own `close`, which ends this task: on
# Python 3.11 a stream handler that ends cancelled is logged as a failure.
_EVERYDAY = (ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError)


class Listener:
    """Serves `converse` at one address, with a bounded number of connections at a time."""

    def __init__(self, what: str, address: str, port: int, converse: Converse) -> None:
        self._what = what
        self._address = address
        self._port = port
        self._converse = converse
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    async def open(self) -> None:
        """Listen; nothing happens if it does already.

        Raises:
            PermanentError: the address or the port cannot be had.
        """
        if self._server is not None:
            return
        try:
            self._server = await asyncio.start_server(self._serve, self._address, self._port)
        except OSError as error:
            raise PermanentError(self._trouble(error)) from error

    def close(self) -> None:
        """Refuse connections from now on and cut the living ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for task, writer in self._connections.items():
            writer.transport.abort()
            if task is not None:
                task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._connections) >= _MOST_CONNECTIONS:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        self._connections[task] = writer
        with contextlib.suppress(*_EVERYDAY):
            try:
                await self._converse(reader, writer)
                await writer.drain()
            finally:
                del self._connections[task]
                writer.close()

    def _trouble(self, error: OSError) -> str:
        place = f"{self._address}:{self._port}"
        if error.errno == errno.EADDRINUSE:
            return (
                f"simulation: {self._what}: {place} is already in use; "
                "end the program that listens there or choose another address or port"
            )
        return f"simulation: {self._what}: cannot listen on {place}: {error.strerror or error}"
