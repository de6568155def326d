"""Lets the faults that a group has by rate befall its miners."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from controller.clock import SiteClock
from controller.errors import PermanentError
from controller.simulator.fault_rate import of_each
from controller.simulator.faults import HEALTHY, MinerFault
from controller.simulator.group_settings import GroupSettings
from controller.simulator.misfortunes import Misfortune, from_the_start, now_and_then
from controller.simulator.server import MinerServer

_log = structlog.get_logger(__name__)


class Fate:
    """Of one group. A fault befalls only who has none, and ends only where nothing replaced it."""

    def __init__(
        self, group: GroupSettings, seed: str, miners: Mapping[str, MinerServer], clock: SiteClock
    ) -> None:
        self._rates = group.faults
        self._seed = seed
        self._miners = miners
        self._clock = clock
        self._waiting: set[asyncio.Task[None]] = set()

    async def start(self, started_at: datetime) -> None:
        """Those of the start have it when this returns; the others follow."""
        names = list(self._miners)
        for one in from_the_start(self._seed, names, self._rates):
            await self._miners[one.miner].inject(of_each(one.rate))
        if any(rate.per_hour for rate in self._rates):
            self._later(self._go_on(names, started_at))

    def stop(self) -> None:
        for task in self._waiting:
            task.cancel()

    async def _go_on(self, names: Sequence[str], started_at: datetime) -> None:
        for one in now_and_then(self._seed, names, self._rates):
            due = started_at + timedelta(seconds=one.after_s)
            await self._clock.sleep((due - self._clock.now()).total_seconds())
            await self._befall(one)

    async def _befall(self, one: Misfortune) -> None:
        server = self._miners[one.miner]
        if server.miner.fault != HEALTHY:
            return
        fault = of_each(one.rate)
        await server.inject(fault)
        if one.rate.lasts_s is not None:
            self._later(self._end(server, fault, one.rate.lasts_s))

    async def _end(self, server: MinerServer, fault: MinerFault, lasts_s: float) -> None:
        await self._clock.sleep(lasts_s)
        if server.miner.fault is not fault:
            return
        try:
            await server.inject(HEALTHY)
        except PermanentError as error:
            _log.exception("simulated_miner_lost", miner=server.miner.name, error=str(error))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)
