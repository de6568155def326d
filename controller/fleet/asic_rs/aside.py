"""The process that pyasic-rs runs in, seen from here: begun when needed, ended when idle."""

from __future__ import annotations

import asyncio
import itertools
import socket
import subprocess
import sys
from collections.abc import Sequence

import msgspec

from controller.errors import TemporaryError
from controller.fleet.asic_rs.line import Line
from controller.fleet.asic_rs.said import Ask, Said

CHILD = "controller.fleet.asic_rs.child"
_START_S = 30.0
MEMORY_MIB = 512
"""Of the process. Without a miner that floods it, it uses less than a hundred."""


class EndedError(TemporaryError):
    """The process ended over what it was asked, or does not start."""


class Aside:
    """What is asked here costs this process no memory, descriptors or tasks beyond the question."""

    def __init__(self, memory_mib: int = MEMORY_MIB) -> None:
        self._memory_mib = memory_mib
        self._numbers = itertools.count(1)
        self._line: asyncio.Task[Line] | None = None

    async def ask(self, ask: Ask, limit_s: float) -> Said:
        """What it says. The time that the process takes to start does not count.

        Raises:
            TimeoutError: after `limit_s` real seconds.
            EndedError: there is no process, or not any more.
            msgspec.ValidationError: it says what cannot be.
        """
        if self._line is None or _is_over(self._line):
            self._line = asyncio.create_task(_begun(self._memory_mib))
        line = await asyncio.shield(self._line)  # for all who ask meanwhile
        numbered = msgspec.structs.replace(ask, number=next(self._numbers))
        try:
            async with asyncio.timeout(limit_s):
                return await line.ask(numbered)
        except EOFError:
            raise EndedError("the process of pyasic-rs ended over it") from None


def _is_over(begun: asyncio.Task[Line]) -> bool:
    if not begun.done():
        return False
    return begun.cancelled() or begun.exception() is not None or begun.result().over


async def _begun(memory_mib: int) -> Line:
    command = (sys.executable, "-m", CHILD, str(memory_mib))
    ours, theirs = socket.socketpair()
    with theirs:
        line = Line(_process(command, theirs))
    ready = False
    try:
        await asyncio.get_running_loop().create_unix_connection(lambda: line, sock=ours)
        async with asyncio.timeout(_START_S):
            await line.first_word
        ready = True
    except (EOFError, TimeoutError):
        raise EndedError(
            f"the process of pyasic-rs does not start: try {' '.join(command)}"
        ) from None
    finally:
        if not ready:
            line.close()
    line.rest()
    return line


def _process(command: Sequence[str], theirs: socket.socket) -> subprocess.Popen[bytes]:
    """Started in a few milliseconds, in which nothing else goes on."""
    return subprocess.Popen(  # noqa: S603 - its words are ours
        command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, start_new_session=True
    )
