"""The body of `curtaild simulate`: a process of its own that lives no longer than its daemon."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from datetime import datetime

from controller.clock import SiteClock
from controller.errors import PermanentError
from controller.simulator.loop import run
from controller.simulator.run import run_farm
from controller.simulator.settings import SimulationSettings
from controller.simulator.sockets import allow_many_sockets

_STDIN = 0


def serve(
    settings: SimulationSettings,
    clock: SiteClock,
    *,
    follow_stdin: bool,
    epoch: datetime | None = None,
) -> int:
    """Simulate until told to end; returns the exit code.

    With `follow_stdin` the end of standard input ends it and Ctrl-C does not: a daemon that holds
    the other end of the pipe takes it along however the daemon dies. Otherwise SIGINT ends it.
    SIGTERM always does.
    """
    allow_many_sockets()
    if follow_stdin:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the Ctrl-C is meant for the daemon
    try:
        run(_serve(settings, clock, epoch, follow_stdin=follow_stdin))
    except PermanentError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


async def _serve(
    settings: SimulationSettings, clock: SiteClock, epoch: datetime | None, *, follow_stdin: bool
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    if follow_stdin:
        _watch_stdin(loop, stop)
    else:
        loop.add_signal_handler(signal.SIGINT, stop.set)
    await run_farm(settings, clock, stop, epoch=epoch)


def _watch_stdin(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    def wait_for_the_end() -> None:
        # os.read, not sys.stdin: a buffered reader's lock would block the exit of the interpreter.
        while os.read(_STDIN, 4096):
            pass
        with contextlib.suppress(RuntimeError):  # SIGTERM was faster: the loop is gone
            loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=wait_for_the_end, daemon=True, name="stdin").start()
