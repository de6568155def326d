"""Runs calls to miners side by side: so many at a time, and always with room for what must come
down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine
from typing import Any

from controller.links.deadline import abandon

Call = Coroutine[Any, Any, Any]
Ended = asyncio.Future[Any]
"""A call that is over. One that was cut off at its limit failed with TimeoutError."""
Done = Callable[[Ended], None]


class Crew:
    """`width` calls at a time, of which reads take at most three quarters; and beside these as many
    commands as `reduction_width` allows that bring power down."""

    def __init__(self, width: int, reduction_width: int) -> None:
        self._width = width
        self._reduction_width = reduction_width
        self.most_reads = width - max(1, width // 4)
        self._reads: set[asyncio.Task[Any]] = set()
        self._commands: set[asyncio.Task[Any]] = set()
        self._reductions: set[asyncio.Task[Any]] = set()
        self._waiting: dict[asyncio.Task[Any], Done] = {}
        """Who is to be told of a call's end."""
        self._called_off: set[asyncio.Task[Any]] = set()

    def can_reduce(self) -> bool:
        return len(self._reductions) < self._reduction_width

    def can_command(self, *, in_doubt: bool = False) -> bool:
        """Whether there is room for one more; one that may hang leaves half of it to others."""
        if in_doubt and len(self._commands) >= self._width // 2:
            return False
        return len(self._reads) + len(self._commands) < self._width

    def can_read(self) -> bool:
        return len(self._reads) < self.most_reads and self.can_command()

    def read(self, call: Call, limit_s: float, done: Done) -> None:
        """Begin one. `done` is told once, when it is over: after `limit_s` real seconds at the
        latest, whether it obeys its cancellation or not."""
        self._reads.add(self._begin(call, limit_s, done))

    def command(self, call: Call, limit_s: float, done: Done) -> None:
        """The same of a command."""
        self._commands.add(self._begin(call, limit_s, done))

    def reduce(self, call: Call, limit_s: float, done: Done) -> None:
        """The same of one that brings power down."""
        self._reductions.add(self._begin(call, limit_s, done))

    def _begin(self, call: Call, limit_s: float, done: Done) -> asyncio.Task[Any]:
        task = asyncio.create_task(call)
        self._waiting[task] = done
        # A timer, and no second task around each call: of thousands of them that is felt.
        timer = asyncio.get_running_loop().call_later(limit_s, self._cut_off, task, limit_s)
        task.add_done_callback(lambda _: timer.cancel())
        task.add_done_callback(lambda ended: self._end(task, ended))
        return task

    def _cut_off(self, task: asyncio.Task[Any], limit_s: float) -> None:
        abandon(task)
        self._end(task, _failed(TimeoutError(f"cut off after {limit_s:g} s")))

    def _end(self, task: asyncio.Task[Any], ended: Ended) -> None:
        """Its place is free from now on."""
        for calls in (self._reads, self._commands, self._reductions):
            calls.discard(task)
        done = self._waiting.pop(task, None)
        if done is not None:
            by_itself = ended.cancelled() and task not in self._called_off
            done(_failed(RuntimeError("a call cancelled itself")) if by_itself else ended)
        self._called_off.discard(task)

    def _call_off(self, calls: Collection[asyncio.Task[Any]]) -> None:
        self._called_off.update(calls)
        for task in calls:
            task.cancel()

    async def disband(self, *, grace_s: float, patience_s: float) -> int:
        """End everything: reads at once, commands after `grace_s`. How many would not end."""
        self._call_off(self._reads)
        commands = self._commands | self._reductions
        if commands:
            await asyncio.wait(commands, timeout=grace_s)
        self._call_off(commands)
        left = commands | self._reads
        if left:
            await asyncio.wait(left, timeout=patience_s)
        stuck = [task for task in left if not task.done()]
        for task in stuck:
            abandon(task)
        return len(stuck)


def _failed(error: Exception) -> Ended:
    ended: Ended = asyncio.get_running_loop().create_future()
    ended.set_exception(error)
    return ended
