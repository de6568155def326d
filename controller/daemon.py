"""The life of the process: start, supervise each adapter, reload, stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog

from controller.assembly import Whole, assemble
from controller.clock import SiteClock
from controller.config.compose import Settings
from controller.farm_process import farm_process
from controller.links.systemd import Notifier, live, status_line
from controller.model.records import RunStopped
from controller.model.view import View
from controller.reload import Reloader, Source

_log = structlog.get_logger(__name__)
GONE_WITHIN_S = 2.0


@dataclass(frozen=True)
class Signals:
    """What the process was told from outside."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    reload: asyncio.Event = field(default_factory=asyncio.Event)

    def listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stop.set)
        loop.add_signal_handler(signal.SIGHUP, self.reload.set)


async def run(source: Source, *, shadow: bool = False, farm: Path | None = None) -> int:
    """Run the site until told to end; returns the exit code.

    `farm` is the configuration file to start the simulated farm from. SIGHUP reads the
    configuration again. SIGINT and SIGTERM end the daemon within 10 s. Miners stay as they are: our
    going wakes nothing that is curtailed.

    Raises:
        CurtaildError: it cannot start.
    """
    manager = Notifier.from_environment()
    source = _watched(source, manager)
    settings = source.read()
    source.log_as(settings)
    signals = Signals()
    signals.listen()
    shared = settings.clock
    async with AsyncExitStack() as stack:
        if farm is not None and settings.simulation is not None:
            child = farm_process(farm, settings.simulation, settings.clock)
            shared = await stack.enter_async_context(child)
        whole = await assemble(settings, SiteClock(shared), shadow=shadow)
        loop = type(asyncio.get_running_loop()).__module__.partition(".")[0]
        _log.info("started", site=settings.site.id, shadow=shadow, loop=loop)
        reloader = Reloader(whole, settings, source)
        why = "it failed"
        try:
            code = await _live(reloader, signals, manager)
            why = "told to stop" if signals.stop.is_set() else "the loop ended"
        finally:
            manager.stopping()
            await _end(reloader.whole, why)
        return code


def _watched(source: Source, manager: Notifier) -> Source:
    """A source that refuses what the watchdog would take for a loop that stalls."""

    def read() -> Settings:
        settings = source.read()
        manager.expect(float(settings.cycle_s) / settings.clock.rate)
        return settings

    return replace(source, read=read)


async def _live(reloader: Reloader, signals: Signals, manager: Notifier) -> int:
    """Until told to stop, or until the loop itself has ended, which is an error."""
    whole = reloader.whole
    await whole.surface.start()
    _log.info("page", url=whole.surface.url)
    loop = asyncio.create_task(whole.control.run(), name="control")
    told = asyncio.create_task(signals.stop.wait(), name="stop")
    async with _adapters(whole, manager):
        reloads = asyncio.create_task(_reload(reloader, signals, manager), name="reload")
        await asyncio.wait({loop, told, reloads}, return_when=asyncio.FIRST_COMPLETED)
        broken = [task for task in (loop, reloads) if task.done()]
        tasks = {loop, told, reloads}
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=GONE_WITHIN_S)
    for task in broken:
        _log.error("the_loop_ended", task=task.get_name(), exc_info=task.exception())
    return int(bool(broken))


@asynccontextmanager
async def _adapters(whole: Whole, manager: Notifier) -> AsyncIterator[None]:
    """Everything that the supervisor keeps going, for as long as the site runs."""
    supervisor = whole.parts.supervisor
    for adapter in whole.adapters():
        supervisor.begin(adapter.name, adapter.kind, adapter.work, adapter.link)
    if manager.is_heard:
        supervisor.begin("systemd", "watchdog", lambda: live(manager, whole.control))
    try:
        yield
    finally:
        await supervisor.end_all(within_s=GONE_WITHIN_S)


async def _reload(reloader: Reloader, signals: Signals, manager: Notifier) -> None:
    """Read the configuration again, each time that it is asked for."""
    while True:
        await signals.reload.wait()
        signals.reload.clear()
        control = reloader.whole.control
        manager.reloading()
        await reloader.reload()
        view = control.view()
        if view is not None:  # before the first cycle nothing is ready
            manager.ready(_after_reload(control.reloads.problem, view))


def _after_reload(problem: str, view: View) -> str:
    return f"reload refused, going on as before: {problem}" if problem else status_line(view)


async def _end(whole: Whole, why: str) -> None:
    """Each part whatever becomes of the one before; the books last."""
    parts = whole.parts
    async with AsyncExitStack() as stack:
        stack.push_async_callback(parts.ledger.close)
        stack.push_async_callback(parts.diary.close, RunStopped(at=parts.clock.now(), why=why))
        stack.push_async_callback(whole.miners.stop)
        stack.push_async_callback(whole.surface.stop)
    _log.info("stopped", **whole.summary())
