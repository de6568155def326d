"""The simulated farm as a child: it starts before the daemon, and ends with it."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from controller.clock import ClockSettings, anchored
from controller.errors import PermanentError
from controller.simulator.settings import SimulationSettings

READY_WITHIN_S = 20.0
GONE_WITHIN_S = 3.0


@asynccontextmanager
async def farm_process(
    config: Path, simulation: SimulationSettings, clock: ClockSettings
) -> AsyncIterator[ClockSettings]:
    """Run `curtaild simulate` on `config`; yields the clock that both share.

    The child is in a session of its own, so that a Ctrl-C reaches the daemon alone. It follows its
    standard input: however the daemon ends, the pipe closes and the farm goes too.

    Raises:
        PermanentError: the farm ended by itself, was not ready in time, or runs there already.
    """
    shared = anchored(clock)
    host, port = _opened_last(simulation)
    if await _listens(host, port):
        raise PermanentError(
            f"somebody listens on {host}:{port}, an address of the simulated farm, already: end it"
        )
    child = await _start(config, shared)
    try:
        await _ready(child, host, port)
        yield shared
    finally:
        await _end(child)


def _opened_last(simulation: SimulationSettings) -> tuple[str, int]:
    """The farm opens its miners first, then its meters, then the control port."""
    meters = [group.meter for group in simulation.groups if group.meter is not None]
    for end in (simulation.control, simulation.site_meter, *reversed(meters)):
        if end is not None:
            return str(end.address), end.port
    place = simulation.groups[-1].places()[-1]
    return place.address, place.port


async def _start(config: Path, clock: ClockSettings) -> Process:
    environment = dict(os.environ)
    if clock.anchor is not None:
        environment["CURTAILD_CLOCK__ANCHOR"] = clock.anchor.isoformat()
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "controller", "simulate", "--config", str(config), "--follow-stdin"),
        stdin=PIPE,
        stdout=DEVNULL,
        env=environment,
        start_new_session=True,
    )


async def _ready(child: Process, host: str, port: int) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + READY_WITHIN_S
    while loop.time() < deadline:
        if child.returncode is not None:
            raise PermanentError(f"the simulated farm ended with code {child.returncode}")
        if await _listens(host, port):
            return
        await asyncio.sleep(0.05)
    raise PermanentError(f"the simulated farm was not ready on {host}:{port} in time")


async def _listens(host: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    return True


async def _end(child: Process) -> None:
    if child.stdin is not None:
        child.stdin.close()
    gone = asyncio.ensure_future(child.wait())
    await asyncio.wait({gone}, timeout=GONE_WITHIN_S)
    if not gone.done():
        child.kill()
        await gone
