"""A signal of a Modbus TCP device: a number in a register, or a contact."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from controller.links.modbus import ModbusLink, ModbusLinks
from controller.model.samples import SignalSample
from controller.ports import Clock
from controller.signals.local.range import SignalName, check_range
from controller.signals.reading.registers import number

BITS = ("coil", "discrete")


class SignalModbusSettings(BaseModel):
    """One number in one or two registers behind Modbus TCP, or a contact: 0 or 1."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    adapter: Literal["signal_modbus"]
    signal: SignalName = Field(description="The name by which rules and floors follow it.")
    host: str = Field(min_length=1, description="Address or name of the device or its gateway.")
    port: int = Field(502, ge=1, le=65535, description="TCP port.")
    unit: int = Field(1, ge=0, le=255, description="Modbus unit id of the device.")
    address: int = Field(ge=0, le=65535, description="The first register, counted from 0.")
    table: Literal["holding", "input", "coil", "discrete"] = Field(
        "holding",
        description=(
            "Registers by function 3 (`holding`) or 4 (`input`); a contact, which is 0 or 1, by "
            "function 1 (`coil`) or 2 (`discrete`)."
        ),
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
    invert: bool = Field(default=False, description="Of a contact: open is 1, closed is 0.")
    settle_readings: int = Field(
        1,
        ge=1,
        le=100,
        description=(
            "Of a contact: so many readings in a row have to agree. One that chatters says "
            "nothing, grows old and stale."
        ),
    )
    least: Decimal = Field(
        description=(
            "The lowest number that is believed, after scale and offset; of a contact it is 0."
        )
    )
    most: Decimal = Field(description="The highest one; of a contact it is 1.")
    max_age_s: int = Field(
        30, ge=1, le=86_400, description="A value older than this is stale: nothing starts on it."
    )
    poll_s: float = Field(5.0, gt=0, le=3600, description="Site seconds between two readings.")
    timeout_s: float = Field(
        2.0, gt=0, le=60, description="Real seconds that connecting, and a reply, may take."
    )

    @model_validator(mode="before")
    @classmethod
    def _a_contact_has_two_values(cls, said: Any) -> Any:
        if isinstance(said, dict) and said.get("table") in BITS:
            return {"least": 0, "most": 1, **said}
        return said

    @model_validator(mode="after")
    def _whole(self) -> SignalModbusSettings:
        check_range(self.least, self.most)
        if self.address + self.registers > 65536:
            raise ValueError("address 65535 has no second register: correct address or type")
        if not self.scale:
            raise ValueError("scale 0 would make every number 0")
        if self.max_age_s <= self.poll_s:
            raise ValueError("max_age_s has to be above poll_s: it would be stale between two")
        self._check_contact()
        return self

    def _check_contact(self) -> None:
        numbers = {"type", "word_order", "scale", "offset"} & self.model_fields_set
        if self.table in BITS and numbers:
            raise ValueError(f"{min(numbers)} is of a number: a contact is 0 or 1")
        if self.table not in BITS and (self.invert or self.settle_readings > 1):
            raise ValueError("invert and settle_readings are of a contact: table coil or discrete")
        if self.max_age_s <= self.poll_s * self.settle_readings:
            raise ValueError("max_age_s has to be above poll_s times settle_readings")

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
        settings, steady = self._settings, Steady(self._settings.settle_readings)
        async with self._links.use(settings.host, settings.port) as link:
            while True:
                asked_at = self._clock.now()
                value = steady.settled(await self._value(link))
                if value is not None:
                    yield SignalSample(name=settings.signal, at=asked_at, value=value)
                await self._clock.sleep(settings.poll_s)

    async def _value(self, link: ModbusLink) -> str:
        settings = self._settings
        unit, timeout_s = settings.unit, settings.timeout_s
        if settings.table in BITS:
            read_bit = link.read_coils if settings.table == "coil" else link.read_discrete
            (closed,) = await read_bit(settings.address, 1, unit=unit, timeout_s=timeout_s)
            return str(int(closed != settings.invert))
        read = link.read_holding if settings.table == "holding" else link.read_input
        words = await read(settings.address, settings.registers, unit=unit, timeout_s=timeout_s)
        return decode(words, settings)


class Steady:
    """What so many readings in a row agree on."""

    def __init__(self, readings: int) -> None:
        self._readings = readings
        self._last = ""
        self._times = 0

    def settled(self, value: str) -> str | None:
        """The value, if the readings before it said the same; else None. With one reading it is
        always the value."""
        self._times = self._times + 1 if value == self._last else 1
        self._last = value
        return value if self._times >= self._readings else None


def decode(words: Sequence[int], settings: SignalModbusSettings) -> str:
    """The number as text. A float that is none stays `NaN` or `Infinity`: to be refused where all
    are judged."""
    value = number(words, settings.type, settings.word_order)
    return str(value * settings.scale + settings.offset) if value.is_finite() else str(value)
