"""Questions to the process of pyasic-rs and its answers, over the socket between us."""

from __future__ import annotations

import asyncio
import subprocess
from typing import cast

import msgspec

from controller.fleet.asic_rs.said import READY, Ask, Said, to_line

_IDLE_S = 60.0
"""Real seconds without a question after which the process ends."""


class _Numbered(msgspec.Struct):
    number: int


class Line(asyncio.Protocol):
    """To one process, from its first word until it ends."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.over = False
        self._loop = asyncio.get_running_loop()
        self.first_word: asyncio.Future[Said] = self._loop.create_future()
        self._waiting = {READY.number: self.first_word}
        self._begun = bytearray()
        self._transport: asyncio.Transport | None = None
        self._idle: asyncio.TimerHandle | None = None

    async def ask(self, ask: Ask) -> Said:
        """What it says; where the asker is cancelled, the process is told to give up.

        Raises:
            EOFError: it is gone. msgspec.ValidationError: it says what cannot be.
        """
        if self.over:
            raise EOFError
        answer: asyncio.Future[Said] = self._loop.create_future()
        self._waiting[ask.number] = answer
        self._keep()
        self._write(ask)
        try:
            return await answer
        finally:
            if self._waiting.pop(ask.number, None) is not None:
                self._write(Ask(number=ask.number))
            self.rest()

    def rest(self) -> None:
        """End the process in a while, if nothing is asked and nobody asks."""
        self._keep()
        if not self._waiting and not self.over:
            self._idle = self._loop.call_later(_IDLE_S, self.close)

    def close(self) -> None:
        """End the process; it has nothing to lose."""
        self.over = True
        self._keep()
        if self._transport is not None:
            self._transport.abort()
        self.process.kill()
        self.process.wait()

    def _keep(self) -> None:
        if self._idle is not None:
            self._idle.cancel()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._begun += data
        *lines, rest = self._begun.split(b"\n")
        self._begun = rest
        for line in lines:
            self._hear(bytes(line))

    def connection_lost(self, _: Exception | None) -> None:
        self.close()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(EOFError())
        self._waiting.clear()

    def _hear(self, line: bytes) -> None:
        answer = self._waiting.pop(msgspec.json.decode(line, type=_Numbered).number, None)
        if answer is None or answer.done():
            return
        try:
            answer.set_result(msgspec.json.decode(line, type=Said))
        except msgspec.ValidationError as error:
            answer.set_exception(error)

    def _write(self, ask: Ask) -> None:
        if self._transport is not None and not self.over:
            self._transport.write(to_line(ask))
