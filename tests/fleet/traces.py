"""What a call may leave behind in the process: nothing."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from controller.simulator import listener
from tests.simulator.help import turns, until

from .benches import Bench

_reached: set[str] | None = None


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if _reached is not None and event == "socket.connect":
        _reached.add(str(arguments[1][0]))


sys.addaudithook(_note)  # for the life of the process: an audit hook cannot be taken away


@contextmanager
def hosts_reached() -> Iterator[set[str]]:
    """The addresses that this process connects to meanwhile."""
    global _reached  # noqa: PLW0603 - the hook knows nothing else
    _reached = set()
    try:
        yield _reached
    finally:
        _reached = None


@asynccontextmanager
async def no_trace(bench: Bench) -> AsyncIterator[None]:
    """Tasks, descriptors and the root logger are in the end as they were, but for the miner's."""
    place = (bench.server.miner.address, bench.server.miner.port)
    gc.collect()  # what tests before have left to it
    await turns()
    before = _traces(place)
    yield
    await until(lambda: _traces(place) == before, f"{before}, and there is {_traces(place)}")


def _traces(miner: tuple[str, int]) -> tuple[int, int, int, int]:
    """Tasks, descriptors, and the root logger's level and handlers."""
    descriptors = [int(name) for name in os.listdir("/proc/self/fd")]  # noqa: PTH208 - no paths
    kept = [one for one in descriptors if _end_of(one) != miner]
    tasks = [task for task in asyncio.all_tasks() if not _serves(task)]
    root = logging.getLogger()
    return len(tasks), len(kept), root.level, len(root.handlers)


def _end_of(descriptor: int) -> object:
    """Our end of a socket; None where it is none."""
    try:
        end = socket.socket(fileno=descriptor)
    except OSError:
        return None
    try:
        return end.getsockname()
    finally:
        end.detach()


def _serves(task: asyncio.Task[Any]) -> bool:
    """Whether it is the simulated miner's: it keeps a connection as long as the other side does."""
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and code.co_filename == listener.__file__
