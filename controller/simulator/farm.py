"""The simulated site on the network: miners, meters, switches and control port."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime

from controller.clock import SiteClock
from controller.simulator import makes
from controller.simulator.control import Control
from controller.simulator.farm_desk import FarmDesk
from controller.simulator.fate import Fate
from controller.simulator.group_settings import Endpoint
from controller.simulator.meter import SimulatedMeter
from controller.simulator.places import Places
from controller.simulator.plant import Load, Plant
from controller.simulator.relays import RelayBank
from controller.simulator.server import MinerServer
from controller.simulator.settings import SimulationSettings

SITE = "site"


class Farm:
    """Everything that listens."""

    def __init__(
        self, settings: SimulationSettings, clock: SiteClock, started_at: datetime | None = None
    ) -> None:
        self.settings = settings
        self._clock = clock
        self._started_at = started_at or clock.now()
        self.plant = Plant.build(settings, self._started_at)
        self.miners = dict(self._miner_servers())
        self.meters = {
            name: SimulatedMeter(name, endpoint, load, clock, settings.seed)
            for name, endpoint, load in self._metered()
        }
        self.places = Places(dict(self._members()), clock)
        self.switches = dict(self._relay_banks())
        self._fates = list(self._fates_of_groups())
        self.desk = FarmDesk(self.plant, self.miners, self.meters, self.places, clock)
        self._control = Control(self.desk, settings.control) if settings.control else None

    async def start(self) -> None:
        """Listen everywhere."""
        for server in self._servers():
            await server.start()
        for fate in self._fates:
            await fate.start(self._started_at)
        if self._control is not None:
            await self._control.start()

    async def stop(self) -> None:
        """Listen nowhere, at once."""
        self.places.stop()
        for fate in self._fates:
            fate.stop()
        for server in self._servers():
            server.stop()
        if self._control is not None:
            await self._control.stop()

    async def broken(self) -> None:
        """Wait until a part of it is lost; there is none that could be."""
        await asyncio.get_running_loop().create_future()

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

    def _fates_of_groups(self) -> Iterator[Fate]:
        for group in self.settings.groups:
            if group.faults:
                members = {place.name: self.miners[place.name] for place in group.places()}
                yield Fate(group, self.settings.seed, members, self._clock)

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
