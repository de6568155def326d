"""A deadline that holds."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, or TimeoutError after `seconds` of real time.

    Unlike `asyncio.wait_for` it does not wait for `work` to accept its cancellation: the caller
    closes whatever `work` still holds.
    """
    task = asyncio.ensure_future(work)
    task.add_done_callback(_take_error)
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
    finally:
        task.cancel()
    if not done:
        raise TimeoutError
    return task.result()


def _take_error(task: asyncio.Task[Any]) -> None:
    """The error of an abandoned task is nobody's; asyncio would log it as a loss."""
    if not task.cancelled():
        task.exception()
