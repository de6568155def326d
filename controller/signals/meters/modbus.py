"""A SunSpec meter over Modbus TCP."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime
from functools import partial
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from controller.links.modbus import ModbusLinks
from controller.model.grid import SITE
from controller.model.samples import MeterSample
from controller.ports import Clock
from controller.signals.meters.roll_over import RollOver
from controller.signals.meters.sunspec import (
    METER_REGISTERS,
    MeterRegisters,
    decode_meter,
    find_meter,
)


class MeterModbusSettings(BaseModel):
    """A SunSpec meter (models 201 to 204) behind Modbus TCP."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    adapter: Literal["meter_modbus"]
    scope: str = Field(
        SITE, min_length=1, description="What it meters: `site`, a breaker, a group, a neighbour."
    )
    host: str = Field(min_length=1, description="Address or name of the meter or its gateway.")
    port: int = Field(502, ge=1, le=65535, description="TCP port.")
    unit: int = Field(1, ge=0, le=255, description="Modbus unit id of the meter.")
    base_address: int = Field(
        40000,
        ge=0,
        le=65400,
        description="Where the SunSpec marker stands, counted from 0: 40000, 50000 or 0.",
    )
    poll_s: float = Field(5.0, gt=0, le=3600, description="Site seconds between two readings.")
    timeout_s: float = Field(
        2.0, gt=0, le=60, description="Real seconds that connecting, and a reply, may take."
    )


class MeterModbus:
    """Reads a meter for as long as it answers; the supervisor starts it again when it fails."""

    def __init__(
        self, name: str, settings: MeterModbusSettings, clock: Clock, links: ModbusLinks
    ) -> None:
        self.name = name
        self._settings = settings
        self._clock = clock
        self._links = links
        self._counter = RollOver()

    async def samples(self) -> AsyncGenerator[MeterSample, None]:
        """A reading every `poll_s`, stamped with the moment at which it was asked for.

        Raises:
            TemporaryError: no connection, no reply, garbage, or no meter there.
        """
        settings = self._settings
        async with self._links.use(settings.host, settings.port) as link:
            read = partial(link.read_holding, unit=settings.unit, timeout_s=settings.timeout_s)
            address = await find_meter(read, settings.base_address)
            while True:
                asked_at = self._clock.now()
                registers = decode_meter(await read(address, METER_REGISTERS))
                yield self._sample(asked_at, registers)
                await self._clock.sleep(settings.poll_s)

    def _sample(self, at: datetime, registers: MeterRegisters) -> MeterSample:
        energy_wh = None
        if registers.imported is not None:
            energy_wh = int(self._counter.grown(registers.imported) * registers.step_wh)
        return MeterSample(
            scope=self._settings.scope, at=at, power_w=registers.power_w, energy_wh=energy_wh
        )
