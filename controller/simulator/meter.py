"""A simulated Modbus TCP meter: the true power of a load in SunSpec registers, with its faults."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Protocol

from controller.clock import SiteClock
from controller.simulator import sunspec
from controller.simulator.faults import MeterFault
from controller.simulator.group_settings import Endpoint
from controller.simulator.modbus import Image, ModbusServer
from controller.simulator.plant import Reading

# SunSpec reads 0 in a counter as "does not count": a real one has counted before us.
_MOST_COUNTED_WH = 1_000_000_000


class Metered(Protocol):
    """What a meter measures, in this process or in others."""

    capacity_w: float

    async def measured(self, at: datetime) -> Reading:
        """Its power and energy."""


class SimulatedMeter:
    """The meter of a group or of the site."""

    def __init__(
        self, meter_id: str, endpoint: Endpoint, load: Metered, clock: SiteClock, seed: str
    ) -> None:
        self.id = meter_id
        self.load = load
        self.fault = MeterFault(kind="clear")
        self._clock = clock
        self._scale = sunspec.MeterScale(load.capacity_w)
        self._counted_wh = _counted_before(f"{seed}/{meter_id}")
        self._frozen: list[int] = []
        self._server = ModbusServer(
            f"meter of {meter_id}", str(endpoint.address), endpoint.port, self._registers
        )

    async def start(self) -> None:
        await self._server.open()

    def stop(self) -> None:
        self._server.close()

    async def inject(self, fault: MeterFault) -> None:
        """Make the meter faulty from now on, or heal it.

        Raises:
            PermanentError: it was dead and its port is taken meanwhile.
        """
        if fault.kind == "die":
            self._server.close()
        else:
            await self._server.open()
        self._frozen = await self._measure() if fault.kind == "freeze" else []
        self.fault = fault

    async def _registers(self) -> Image:
        return sunspec.BASE, self._frozen or await self._measure()

    async def _measure(self) -> list[int]:
        reading = await self.load.measured(self._clock.now())
        energy_wh = self._counted_wh + reading.energy_wh
        return sunspec.image(self.id, reading.power_w, energy_wh, self._scale)


def _counted_before(key: str) -> int:
    digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
    return 1 + int.from_bytes(digest, "big") % _MOST_COUNTED_WH
