"""Deadlines that hold even when the callee swallows its cancellation."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`.

    When the time is over, or the caller is cancelled, `work` is cancelled and not waited for, as
    `asyncio.timeout` and `asyncio.wait_for` would: the caller closes whatever it still holds.

    Raises:
        TimeoutError: after `seconds` of real time. Besides, whatever `work` raises.
        RuntimeError: `work` ended as if it had been cancelled, and nobody did.
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task}, timeout=seconds)
        if not task.done():
            raise TimeoutError
        if task.cancelled():
            raise RuntimeError("a call cancelled itself")
        return task.result()
    finally:
        if not task.done():
            abandon(task)
        # What it raises would hold this frame, and so itself: hundreds of objects for each miner
        # that fails, until the garbage collector looks.
        del task


def abandon(task: asyncio.Task[Any]) -> None:
    """Cancel `task` and never ask what became of it."""
    task.add_done_callback(_forget)
    task.cancel()


def _forget(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()  # marks it as seen, so that asyncio does not complain at its end
