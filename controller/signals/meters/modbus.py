"""A meter over Modbus TCP: by SunSpec, or by a register map."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from controller.links.modbus import ModbusLink, ModbusLinks
from controller.model.grid import SITE
from controller.model.samples import MeterSample
from controller.ports import Clock
from controller.signals.meters.mapped import MappedMeter, reader
from controller.signals.meters.register_map import MapName, read_map, shipped
from controller.signals.meters.roll_over import RollOver
from controller.signals.meters.sunspec import (
    METER_REGISTERS,
    Read,
    decode_meter,
    find_meter,
)

Reading: TypeAlias = Callable[[], Awaitable[tuple[float, int | None]]]


class MeterModbusSettings(BaseModel):
    """A meter behind Modbus TCP."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    adapter: Literal["meter_modbus"]
    scope: str = Field(
        SITE, min_length=1, description="What it meters: `site`, a breaker, a group, a neighbour."
    )
    host: str = Field(min_length=1, description="Address or name of the meter or its gateway.")
    port: int = Field(502, ge=1, le=65535, description="TCP port.")
    unit: int = Field(1, ge=0, le=255, description="Modbus unit id of the meter.")
    map: MapName = Field(
        "sunspec", description="How it is read: `sunspec` (models 201 to 204), or a register map."
    )
    map_file: Path | None = Field(
        None, description="A register map of your own (YAML), in place of `map`."
    )
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

    @model_validator(mode="after")
    def _one_map(self) -> MeterModbusSettings:
        if self.map_file is not None and "map" in self.model_fields_set:
            raise ValueError("give map or map_file, not both")
        return self


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
        self._mapped: MappedMeter | None = None

    async def samples(self) -> AsyncGenerator[MeterSample, None]:
        """A reading every `poll_s`, stamped with the moment at which it was asked for.

        Raises:
            TemporaryError: no connection, no reply, garbage, or no meter there.
        """
        settings = self._settings
        async with self._links.use(settings.host, settings.port) as link:
            read = await self._reader(link)
            while True:
                asked_at = self._clock.now()
                power_w, energy_wh = await read()
                yield MeterSample(
                    scope=settings.scope, at=asked_at, power_w=power_w, energy_wh=energy_wh
                )
                await self._clock.sleep(settings.poll_s)

    async def _reader(self, link: ModbusLink) -> Reading:
        """Reads power in W and, where there is one, the counter in Wh."""
        settings = self._settings
        if settings.map_file is None and settings.map == "sunspec":
            read = partial(link.read_holding, unit=settings.unit, timeout_s=settings.timeout_s)
            address = await find_meter(read, settings.base_address)
            return lambda: self._by_sunspec(read, address)
        if self._mapped is None:
            file = settings.map_file
            known = shipped(settings.map) if file is None else await to_thread(read_map, file)
            self._mapped = MappedMeter(known)
        by_map = reader(link, unit=settings.unit, timeout_s=settings.timeout_s)
        return partial(self._mapped.read, by_map)

    async def _by_sunspec(self, read: Read, address: int) -> tuple[float, int | None]:
        registers = decode_meter(await read(address, METER_REGISTERS))
        if registers.imported is None:
            return registers.power_w, None
        return registers.power_w, int(self._counter.grown(registers.imported) * registers.step_wh)
