"""A signal in a register of a Modbus TCP device: a sensor, a relay, a battery."""

from __future__ import annotations

import struct
from collections.abc import AsyncGenerator, Sequence
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from controller.links.modbus import ModbusLinks
from controller.model.samples import SignalSample
from controller.ports import Clock
from controller.signals.local.range import SignalName, check_range

_LAYOUTS = {"int16": ">h", "uint16": ">H", "int32": ">i", "uint32": ">I", "float32": ">f"}
_SEVEN_DIGITS = ".7g"
"""What a float of 32 bits holds; more would be noise of its conversion."""


class SignalModbusSettings(BaseModel):
    """One number in one or two registers behind Modbus TCP."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    adapter: Literal["signal_modbus"]
    signal: SignalName = Field(description="The name by which rules and floors follow it.")
    host: str = Field(min_length=1, description="Address or name of the device or its gateway.")
    port: int = Field(502, ge=1, le=65535, description="TCP port.")
    unit: int = Field(1, ge=0, le=255, description="Modbus unit id of the device.")
    address: int = Field(ge=0, le=65535, description="The first register, counted from 0.")
    table: Literal["holding", "input"] = Field(
        "holding", description="Which registers: function 3 or function 4."
    )
    type: Literal["int16", "uint16", "int32", "uint32", "float32"] = Field(
        "int16", description="How the number is written; 32 bits take two registers."
    )
    word_order: Literal["big", "little"] = Field(
        "big", description="Of two registers, whether the first or the last is the high one."
    )
    scale: Decimal = Field(
        Decimal(1),
        ge=-1_000_000,
        le=1_000_000,
        description="Multiplies the number: 0.1 for tenths of a degree.",
    )
    offset: Decimal = Field(
        Decimal(0), ge=-1_000_000, le=1_000_000, description="Added after that."
    )
    least: Decimal = Field(description="The lowest number that is believed, after scale, offset.")
    most: Decimal = Field(description="The highest one.")
    max_age_s: int = Field(
        30, ge=1, le=86_400, description="A value older than this is stale: nothing starts on it."
    )
    poll_s: float = Field(5.0, gt=0, le=3600, description="Site seconds between two readings.")
    timeout_s: float = Field(
        2.0, gt=0, le=60, description="Real seconds that connecting, and a reply, may take."
    )

    @model_validator(mode="after")
    def _whole(self) -> SignalModbusSettings:
        check_range(self.least, self.most)
        if self.address + self.registers > 65536:
            raise ValueError("address 65535 has no second register: correct address or type")
        if not self.scale:
            raise ValueError("scale 0 would make every number 0")
        if self.max_age_s <= self.poll_s:
            raise ValueError("max_age_s has to be above poll_s: it would be stale between two")
        return self

    @property
    def registers(self) -> int:
        return 2 if self.type.endswith("32") else 1


class SignalModbus:
    """Reads a register for as long as it answers; the supervisor starts it again when it fails."""

    def __init__(
        self, name: str, settings: SignalModbusSettings, clock: Clock, links: ModbusLinks
    ) -> None:
        self.name = name
        self._settings = settings
        self._clock = clock
        self._links = links

    async def samples(self) -> AsyncGenerator[SignalSample, None]:
        """A value every `poll_s`, stamped with the moment at which it was asked for.

        Raises:
            TemporaryError: no connection, no reply, garbage, or no such registers.
        """
        settings = self._settings
        async with self._links.use(settings.host, settings.port) as link:
            read = link.read_holding if settings.table == "holding" else link.read_input
            while True:
                asked_at = self._clock.now()
                words = await read(
                    settings.address,
                    settings.registers,
                    unit=settings.unit,
                    timeout_s=settings.timeout_s,
                )
                value = decode(words, settings)
                yield SignalSample(name=settings.signal, at=asked_at, value=value)
                await self._clock.sleep(settings.poll_s)


def decode(words: Sequence[int], settings: SignalModbusSettings) -> str:
    """The number as text. A float that is none stays `nan` or `inf`: to be refused where all are
    judged."""
    ordered = words if settings.word_order == "big" else words[::-1]
    raw = struct.pack(f">{len(words)}H", *ordered)
    (number,) = struct.unpack(_LAYOUTS[settings.type], raw)
    written = format(number, _SEVEN_DIGITS) if settings.type == "float32" else str(number)
    value = Decimal(written)
    return str(value * settings.scale + settings.offset) if value.is_finite() else written
