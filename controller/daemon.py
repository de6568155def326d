"""The life of the process: start, supervise each adapter, stop."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import structlog

from controller.assembly import Whole, assemble
from controller.clock import SiteClock
from controller.config.compose import Settings
from controller.farm_process import farm_process
from controller.model.records import RunStopped

_log = structlog.get_logger(__name__)
GONE_WITHIN_S = 2.0


async def run(settings: Settings, *, shadow: bool = False, farm: Path | None = None) -> int:
    """Run the site until told to end; returns the exit code.

    `farm` is the configuration file to start the simulated farm from. SIGINT and SIGTERM end the
    daemon within 10 s. Miners stay as they are: our going wakes nothing that is curtailed.
    """
    stop = _signals()
    shared = settings.clock
    async with AsyncExitStack() as stack:
        if farm is not None and settings.simulation is not None:
            child = farm_process(farm, settings.simulation, settings.clock)
            shared = await stack.enter_async_context(child)
        whole = await assemble(settings, SiteClock(shared), shadow=shadow)
        _log.info("started", site=settings.site.id, shadow=shadow)
        why = "it failed"
        try:
            code = await _live(whole, stop)
            why = "told to stop" if stop.is_set() else "the loop ended"
        finally:
            await _end(whole, why)
        return code


def _signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


async def _live(whole: Whole, stop: asyncio.Event) -> int:
    """Until told to stop, or until the loop itself has ended, which is an error."""
    await whole.surface.start()
    _log.info("page", url=whole.surface.url)
    loop = asyncio.create_task(whole.control.run(), name="control")
    adapters = {asyncio.create_task(work, name=name) for name, work in whole.adapters()}
    told = asyncio.create_task(stop.wait(), name="stop")
    await asyncio.wait({loop, told}, return_when=asyncio.FIRST_COMPLETED)
    broken = loop.done()
    tasks = {*adapters, loop, told}
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=GONE_WITHIN_S)
    if broken:
        _log.error("the_loop_ended", exc_info=loop.exception())
    return int(broken)


async def _end(whole: Whole, why: str) -> None:
    await whole.surface.stop()
    await whole.parts.fleet.stop()
    await whole.parts.diary.close(RunStopped(at=whole.parts.clock.now(), why=why))
    await whole.parts.ledger.close()
    _log.info("stopped", **whole.summary())
