"""A simulated site from its start to its end, with its grid operator."""

from __future__ import annotations

import asyncio
from datetime import datetime

import structlog

from controller.clock import SiteClock
from controller.simulator.farm import Farm
from controller.simulator.operator import GridOperator
from controller.simulator.processes.farm import ProcessFarm
from controller.simulator.settings import SimulationSettings

_log = structlog.get_logger(__name__)


async def run_farm(
    settings: SimulationSettings,
    clock: SiteClock,
    stop: asyncio.Event,
    *,
    epoch: datetime | None = None,
) -> None:
    """Simulate the site until `stop` is set. Dispatches count from `epoch`, default: now.

    Raises:
        PermanentError: an address or port cannot be had, or a process of the farm ended; nothing is
            left listening.
    """
    farm = ProcessFarm(settings, clock) if settings.processes > 1 else Farm(settings, clock)
    sending: list[asyncio.Task[None]] = []
    try:
        await farm.start()
        sending = _start_operator(settings, clock, epoch or clock.now())
        _log.info("simulation_ready", **farm.summary())
        await _until_stopped(farm, stop)
    finally:
        for task in sending:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)
        await farm.stop()


async def _until_stopped(farm: Farm | ProcessFarm, stop: asyncio.Event) -> None:
    """Until `stop` is set, or a part of the farm is lost."""
    told = asyncio.create_task(stop.wait())
    broken = asyncio.create_task(farm.broken())
    await asyncio.wait({told, broken}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if not broken.cancel():
        broken.result()


def _start_operator(
    settings: SimulationSettings, clock: SiteClock, epoch: datetime
) -> list[asyncio.Task[None]]:
    if settings.operator is None:
        return []
    operator = GridOperator(settings.operator, clock, epoch)
    sending = [asyncio.create_task(operator.send(dispatch)) for dispatch in settings.dispatches]
    for task in sending:
        task.add_done_callback(_report)
    return sending


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("simulated_operator_failed", exc_info=error)
