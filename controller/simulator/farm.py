"""The simulated site on the network: miners, meters, switches, control port and grid operator."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime

import structlog
from aiohttp import web

from controller.clock import SiteClock
from controller.errors import PermanentError
from controller.simulator import makes
from controller.simulator.control import Control
from controller.simulator.group_settings import Endpoint
from controller.simulator.meter import SimulatedMeter
from controller.simulator.operator import GridOperator
from controller.simulator.places import Places
from controller.simulator.plant import Load, Plant
from controller.simulator.relays import RelayBank
from controller.simulator.server import MinerServer
from controller.simulator.settings import SimulationSettings

_log = structlog.get_logger(__name__)
SITE = "site"


async def run_farm(
    settings: SimulationSettings,
    clock: SiteClock,
    stop: asyncio.Event,
    *,
    epoch: datetime | None = None,
) -> None:
    """Simulate the site until `stop` is set. Dispatches count from `epoch`, default: now.

    Raises:
        PermanentError: an address or port cannot be had; nothing is left listening.
    """
    farm = Farm(settings, clock)
    sending: list[asyncio.Task[None]] = []
    try:
        await farm.start()
        sending = _start_operator(settings, clock, epoch or clock.now())
        _log.info("simulation_ready", **farm.summary())
        await stop.wait()
    finally:
        for task in sending:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)
        await farm.stop()


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


class Farm:
    """Everything that listens."""

    def __init__(self, settings: SimulationSettings, clock: SiteClock) -> None:
        self.settings = settings
        self._clock = clock
        self.plant = Plant.build(settings, clock.now())
        self.miners = dict(self._miner_servers())
        self.meters = {
            name: SimulatedMeter(name, endpoint, load, clock, settings.seed)
            for name, endpoint, load in self._metered()
        }
        self.places = Places(dict(self._members()), clock)
        self.switches = dict(self._relay_banks())
        self._control: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen everywhere."""
        for server in self._servers():
            await server.start()
        if self.settings.control is not None:
            await self._open_control(self.settings.control)

    async def stop(self) -> None:
        """Listen nowhere, at once."""
        self.places.stop()
        for server in self._servers():
            server.stop()
        if self._control is not None:
            await self._control.cleanup()

    def summary(self) -> dict[str, object]:
        """For the line that says that all is up."""
        control = self.settings.control
        return {
            "miners": len(self.miners),
            "meters": len(self.meters),
            "control": f"http://{control.address}:{control.port}" if control else None,
            "site_kw": round(self.plant.site.power_w(self._clock.now()) / 1000, 1),
        }

    def _servers(self) -> Iterator[MinerServer | SimulatedMeter | RelayBank]:
        yield from self.miners.values()
        yield from self.meters.values()
        yield from self.switches.values()

    def _miner_servers(self) -> Iterator[tuple[str, MinerServer]]:
        for miner in self.plant.miners():
            talk = makes.conversation(miner, self._clock)
            yield miner.name, MinerServer(miner, talk, self._clock)

    def _members(self) -> Iterator[tuple[str, list[MinerServer]]]:
        for name, load in self.plant.groups.items():
            yield name, [self.miners[miner.name] for miner in load.miners]
        yield SITE, list(self.miners.values())

    def _relay_banks(self) -> Iterator[tuple[str, RelayBank]]:
        for group in self.settings.groups:
            if group.switches is not None:
                yield group.id, self._relay_bank(group.id, group.switches)

    def _relay_bank(self, group: str, endpoint: Endpoint) -> RelayBank:
        servers = [self.miners[miner.name] for miner in self.plant.groups[group].miners]

        async def switch(number: int, closed: bool) -> None:  # noqa: FBT001 - a coil's value
            await self.places.switch(servers[number], closed=closed)

        return RelayBank(group, endpoint, len(servers), switch)

    def _metered(self) -> Iterator[tuple[str, Endpoint, Load]]:
        for group in self.settings.groups:
            if group.meter is not None:
                yield group.id, group.meter, self.plant.groups[group.id]
        if self.settings.site_meter is not None:
            yield SITE, self.settings.site_meter, self.plant.site

    async def _open_control(self, endpoint: Endpoint) -> None:
        control = Control(self.plant, self.miners, self.meters, self.places, self._clock)
        runner = web.AppRunner(control.app(), access_log=None, shutdown_timeout=0.2)
        self._control = runner
        await runner.setup()
        try:
            await web.TCPSite(runner, str(endpoint.address), endpoint.port).start()
        except OSError as error:
            place = f"{endpoint.address}:{endpoint.port}"
            raise PermanentError(
                f"simulation: control: cannot listen on {place} ({error.strerror}); "
                "end the program that listens there or choose another port"
            ) from error
