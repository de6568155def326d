"""Runs calls to miners side by side: so many at a time, and always with room for commands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from controller.fleet.deadline import abandon

T = TypeVar("T")
Done = Callable[["asyncio.Task[Any]"], None]


class Crew:
    """`width` calls at a time, of which reads take at most three quarters; a command that cannot
    wait takes the place of a read."""

    def __init__(self, width: int) -> None:
        self._width = width
        self.most_reads = width - max(1, width // 4)
        self._reads: dict[asyncio.Task[Any], None] = {}  # oldest first
        self._commands: set[asyncio.Task[Any]] = set()

    def can_command(self, *, in_doubt: bool = False) -> bool:
        """Whether there is room for one more; one that may hang leaves half of it to others."""
        if in_doubt and len(self._commands) >= self._width // 2:
            return False
        return len(self._reads) + len(self._commands) < self._width

    def can_read(self) -> bool:
        return len(self._reads) < self.most_reads and self.can_command()

    def read(self, call: Coroutine[Any, Any, Any], done: Done) -> None:
        task = asyncio.create_task(call)
        self._reads[task] = None
        task.add_done_callback(lambda ended: self._reads.pop(ended, None))
        task.add_done_callback(done)

    def command(self, call: Coroutine[Any, Any, Any], done: Done) -> None:
        task = asyncio.create_task(call)
        self._commands.add(task)
        task.add_done_callback(self._commands.discard)
        task.add_done_callback(done)

    def cut_a_read_short(self) -> bool:
        """Make room for a command by cancelling the oldest read, most likely of a miner that does
        not answer; whether there was one. It has to end at once when cancelled."""
        oldest = next(iter(self._reads), None)
        if oldest is None:
            return False
        del self._reads[oldest]
        oldest.cancel()
        return True

    async def disband(self, *, grace_s: float, patience_s: float) -> int:
        """End everything: reads at once, commands after `grace_s`. How many would not end."""
        for task in self._reads:
            task.cancel()
        if self._commands:
            await asyncio.wait(self._commands, timeout=grace_s)
        for task in self._commands:
            task.cancel()
        left = self._commands.union(self._reads)
        if left:
            await asyncio.wait(left, timeout=patience_s)
        stuck = [task for task in left if not task.done()]
        for task in stuck:
            abandon(task)
        return len(stuck)
