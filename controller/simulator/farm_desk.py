"""The control port's desk for the miners and meters of this process."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from controller.clock import SiteClock
from controller.simulator.desk import Answer, Row
from controller.simulator.fault_desk import FaultDesk
from controller.simulator.faults import HEALTHY
from controller.simulator.meter import SimulatedMeter
from controller.simulator.miner import SimulatedMiner
from controller.simulator.places import Places
from controller.simulator.plant import Plant
from controller.simulator.server import MinerServer


class FarmDesk:
    """The desk of the farm in this process."""

    def __init__(
        self,
        plant: Plant,
        miners: Mapping[str, MinerServer],
        meters: Mapping[str, SimulatedMeter],
        places: Places,
        clock: SiteClock,
    ) -> None:
        self._plant = plant
        self._miners = miners
        self._meters = meters
        self._places = places
        self._clock = clock
        self._faults = FaultDesk(plant, miners, meters, places)

    async def miners(self) -> list[Row]:
        at = self._clock.now()
        return [_describe(miner, at) for miner in self._plant.miners()]

    async def load(self) -> Row:
        at, site = self._clock.now(), self._plant.site
        return {
            "at": at,
            "site_w": site.power_w(at),
            "site_wh": site.energy_wh(at),
            "house_load_w": site.constant_w,
            "groups": {name: load.power_w(at) for name, load in self._plant.groups.items()},
        }

    async def power(self) -> Row:
        load = await self.load()
        return {
            **load,
            "miners": {m.name: m.physics.power_w(load["at"]) for m in self._plant.miners()},
            "meter_faults": {name: meter.fault.kind for name, meter in self._meters.items()},
            "place_faults": {
                name: self._places.fault(name).kind for name in (*self._plant.groups, "site")
            },
        }

    async def set_fault(self, wanted: Row) -> Answer:
        return await self._faults.set(wanted)


def _describe(miner: SimulatedMiner, at: datetime) -> Row:
    physics = miner.physics
    return {
        "name": miner.name,
        "address": miner.address,
        "port": miner.port,
        "mac": miner.mac,
        "make": miner.make,
        "group": miner.group,
        "profile": physics.level.name,
        "awake": physics.awake,
        "powered": physics.powered,
        "paid": miner.paid(),
        "accepted": miner.accepted(at),
        "power_w": physics.power_w(at),
        "reported_w": miner.shown().power_w(at),
        "hashrate_ths": physics.hashrate_ths(at),
        "fault": None if miner.fault == HEALTHY else miner.fault.model_dump(exclude_defaults=True),
    }
