"""One desk for all processes of a farm."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from itertools import chain
from typing import Any

from controller.simulator.desk import Answer, Desk, Row, nowhere
from controller.simulator.faults import METER_FAULTS, PLACE_FAULTS
from controller.simulator.plant import Reading
from controller.simulator.processes.link import WorkerLink

SITE = "site"
_SUMS = ("site_w", "site_wh", "house_load_w")


class ProcessDesk:
    """Asks all, and sends a fault to where its target is. `own` has what belongs to the site."""

    def __init__(
        self, own: Desk, workers: Sequence[WorkerLink], where: Mapping[str, WorkerLink]
    ) -> None:
        self._own = own
        self._workers = workers
        self._where = where
        """The worker of each miner and each group."""

    async def miners(self) -> list[Row]:
        return list(chain.from_iterable(await self._all("miners")))

    async def load(self) -> Row:
        return _united([await self._own.load(), *await self._all("load")])

    async def power(self) -> Row:
        return _united([await self._own.power(), *await self._all("power")])

    async def set_fault(self, wanted: Row) -> Answer:
        target = str(wanted.get("target", ""))
        if target in self._where:
            told = await self._where[target].ask("set_fault", wanted)
            return Answer(**told)
        if target != SITE:
            return nowhere(target, self._groups())
        answer = await self._own.set_fault(wanted)
        if answer.status == HTTPStatus.OK and not _of_meter_alone(wanted):
            told = await self._all("set_fault", wanted)
            if all(one["status"] != HTTPStatus.OK for one in told):
                return Answer(**told[0])
        return answer

    async def _all(self, what: str, wanted: Row | None = None) -> list[Any]:
        return await asyncio.gather(*(worker.ask(what, wanted) for worker in self._workers))

    def _groups(self) -> list[str]:
        return [name for worker in self._workers for name in worker.groups]


def _of_meter_alone(wanted: Row) -> bool:
    kind = wanted.get("kind")
    return "share" not in wanted and kind in METER_FAULTS and kind not in PLACE_FAULTS


def _united(told: Sequence[Row]) -> Row:
    """What is told by name from all; sums of what is told of the site; the rest from the first."""
    first, *others = told
    whole = dict(first)
    for part in others:
        for key, value in part.items():
            if isinstance(value, dict):
                whole[key] = {**value, **whole[key]}
            elif key in _SUMS:
                whole[key] += value
    return whole


class WholeSite:
    """What the site's meter measures: every process is asked each time that it is read."""

    def __init__(self, desk: Desk, capacity_w: float) -> None:
        self._desk = desk
        self.capacity_w = capacity_w

    async def measured(self, _: datetime) -> Reading:
        load = await self._desk.load()
        return Reading(load["site_w"], load["site_wh"])
