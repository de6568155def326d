"""A simulated site whose groups are played by worker processes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from controller.clock import ClockSettings, SiteClock
from controller.simulator.control import Control
from controller.simulator.farm_desk import FarmDesk
from controller.simulator.group_settings import Endpoint
from controller.simulator.meter import SimulatedMeter
from controller.simulator.places import Places
from controller.simulator.plant import Load, Plant
from controller.simulator.processes.desk import SITE, ProcessDesk, WholeSite
from controller.simulator.processes.frames import Ready, Task
from controller.simulator.processes.link import WorkerLink
from controller.simulator.processes.split import split
from controller.simulator.settings import SimulationSettings


class ProcessFarm:
    """The workers; and, in this process, the site's meter and the control port."""

    def __init__(self, settings: SimulationSettings, clock: SiteClock) -> None:
        self.settings = settings
        self._clock = clock
        self._started_at = clock.now()
        self._parts = split(settings)
        shared = _shared(clock)
        tasks = [
            Task(settings=part, clock=shared, started_at=self._started_at) for part in self._parts
        ]
        self.workers = [WorkerLink(task) for task in tasks]
        self.meters: dict[str, SimulatedMeter] = {}
        self._control: Control | None = None
        self._places = Places({SITE: []}, clock)
        self._ready: Sequence[Ready] = ()

    async def start(self) -> None:
        """Let the workers listen everywhere, then the meter and the control port here."""
        self._ready = await asyncio.gather(*(worker.start() for worker in self.workers))
        house = Load([], self.settings.house_load_kw * 1000, self._started_at)
        desk = self._desk(house)
        if self.settings.site_meter is not None:
            await self._open_meter(self.settings.site_meter, desk, house)
        if self.settings.control is not None:
            self._control = Control(desk, self.settings.control)
            await self._control.start()

    async def stop(self) -> None:
        self._places.stop()
        for meter in self.meters.values():
            meter.stop()
        if self._control is not None:
            await self._control.stop()
        await asyncio.gather(*(worker.stop() for worker in self.workers))

    async def broken(self) -> None:
        """Wait until a worker ends, which none should.

        Raises:
            PermanentError: it did.
        """
        await asyncio.gather(*(worker.ended() for worker in self.workers))

    def summary(self) -> dict[str, object]:
        """For the line that says that all is up."""
        control = self.settings.control
        watts = sum(ready.site_w for ready in self._ready) + self.settings.house_load_kw * 1000
        return {
            "miners": sum(group.miners for group in self.settings.groups),
            "meters": sum(ready.meters for ready in self._ready) + len(self.meters),
            "control": f"http://{control.address}:{control.port}" if control else None,
            "site_kw": round(watts / 1000, 1),
            "processes": len(self.workers),
        }

    def _desk(self, house: Load) -> ProcessDesk:
        own = FarmDesk(Plant({}, house), {}, self.meters, self._places, self._clock)
        return ProcessDesk(own, self.workers, self._where())

    def _where(self) -> dict[str, WorkerLink]:
        found: dict[str, WorkerLink] = {}
        for part, worker in zip(self._parts, self.workers, strict=True):
            for group in part.groups:
                names = (group.id, *(place.name for place in group.places()))
                found.update(dict.fromkeys(names, worker))
        return found

    async def _open_meter(self, endpoint: Endpoint, desk: ProcessDesk, house: Load) -> None:
        capacity_w = sum(ready.capacity_w for ready in self._ready) + house.constant_w
        load = WholeSite(desk, capacity_w)
        meter = SimulatedMeter(SITE, endpoint, load, self._clock, self.settings.seed)
        await meter.start()
        self.meters[SITE] = meter


def _shared(clock: SiteClock) -> ClockSettings:
    """For clocks in other processes that tell what this one tells."""
    return ClockSettings(epoch=clock.now(), anchor=datetime.now(UTC), rate=clock.rate)
