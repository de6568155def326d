"""Deadlines that hold even when the callee swallows its cancellation."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def within(call: Coroutine[Any, Any, T], timeout_s: float) -> T:
    """The result of `call`.

    When the time is over, or the caller is cancelled, `call` is cancelled and not waited for:
    `asyncio.timeout` would wait until it ends.

    Raises:
        TimeoutError: after `timeout_s` real seconds. Besides, whatever `call` raises.
        RuntimeError: `call` ended as if it had been cancelled, and nobody did.
    """
    task = asyncio.ensure_future(call)
    try:
        await asyncio.wait({task}, timeout=timeout_s)
        if not task.done():
            raise TimeoutError
    finally:
        if not task.done():
            abandon(task)
    if task.cancelled():
        raise RuntimeError("a call cancelled itself")
    return task.result()


def abandon(task: asyncio.Task[Any]) -> None:
    """Cancel `task` and never ask what became of it."""
    task.add_done_callback(_forget)
    task.cancel()


def _forget(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()  # marks it as seen, so that asyncio does not complain at its end
