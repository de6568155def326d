"""A worker as the process that started it sees it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from asyncio.subprocess import Process
from typing import Any

import msgspec

from controller.errors import PermanentError
from controller.simulator.processes.frames import Question, Ready, Task, receive, send

_BODY = "controller.simulator.processes.worker"
_GONE_WITHIN_S = 3.0
_GONE = (asyncio.IncompleteReadError, ConnectionError)


class WorkerLink:
    """One worker process and the socket to it; one question at a time."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self.groups = [group.id for group in task.settings.groups]
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    @property
    def pid(self) -> int:
        """Of its process, which was started."""
        if self._process is None:
            raise self._lost()
        return self._process.pid

    async def start(self) -> Ready:
        """Start the process; returns when it listens.

        Raises:
            PermanentError: it cannot listen where it should, or ended.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", _BODY, stdin=theirs.fileno()
            )
        self._reader, self._writer = await asyncio.open_connection(sock=ours)
        task = self._task.model_dump_json(exclude_unset=True)  # a default may not fit every make
        ready = msgspec.json.decode(await self._exchange(task.encode()), type=Ready)
        if ready.problem:
            raise PermanentError(ready.problem)
        return ready

    async def ask(self, what: str, wanted: dict[str, Any] | None = None) -> Any:
        """What its desk answers.

        Who asked may leave, as a meter's client does: the answer is awaited all the same, or the
        next one would get it.

        Raises:
            PermanentError: it ended.
        """
        question = msgspec.json.encode(Question(what, wanted or {}))
        exchange = asyncio.ensure_future(self._exchange(question))
        exchange.add_done_callback(_noticed)
        return msgspec.json.decode(await asyncio.shield(exchange))

    async def ended(self) -> None:
        """Wait until the process ends, which it never should.

        Raises:
            PermanentError: it did.
        """
        if self._process is not None:
            await self._process.wait()
        raise self._lost()

    async def stop(self) -> None:
        """End it: at once when it does not go by itself."""
        if self._writer is not None:
            self._writer.close()
        if self._process is None:
            return
        gone = asyncio.ensure_future(self._process.wait())
        await asyncio.wait({gone}, timeout=_GONE_WITHIN_S)
        if not gone.done():
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await gone

    async def _exchange(self, body: bytes) -> bytes:
        async with self._turn:
            if self._reader is None or self._writer is None:
                raise self._lost()
            try:
                await send(self._writer, body)
                return await receive(self._reader)
            except _GONE as error:
                raise self._lost() from error

    def _lost(self) -> PermanentError:
        groups = ", ".join(self.groups)
        return PermanentError(
            f"simulation: the process of the groups {groups} ended; start the farm anew"
        )


def _noticed(exchange: asyncio.Future[bytes]) -> None:
    """Nobody may wait for its error any more; `ended` tells of the worker."""
    if not exchange.cancelled():
        exchange.exception()
