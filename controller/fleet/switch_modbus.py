"""Relays or switched outlets whose coils stand behind Modbus TCP (function codes 1 and 5)."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from controller.links.modbus import ModbusLink, ModbusLinks

_MOST_IN_A_REPLY = 2000
"""Coils, by MODBUS Application Protocol V1.1b3, 6.1."""
_LAST_COIL = 65_535


class SwitchModbusSettings(BaseModel):
    """Relays or switched outlets, one coil for each miner of the group, behind Modbus TCP."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True
    )

    adapter: Literal["switch_modbus"]
    host: Annotated[str, Field(min_length=1)]
    """Address or name of the relays or their gateway."""
    port: Annotated[int, Field(ge=1, le=65_535)] = 502
    """TCP port."""
    unit: Annotated[int, Field(ge=0, le=255)] = 1
    """Modbus unit id."""
    first_coil: Annotated[int, Field(ge=0, le=_LAST_COIL)] = 0
    """The coil of the group's first miner, counted from 0. The others follow in the order of
    `addresses`, and after them those of `behind_nat`."""
    contacts: Literal["normally_open", "normally_closed"] = "normally_open"
    """Whether a coil at 1 gives its miner power, or at 0. Relays that fail let normally closed
    contacts give power, and normally open ones cut it."""
    poll_s: Annotated[float, Field(gt=0, le=3600)] = 10
    """Site seconds between two readings of all coils."""
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 2
    """Real seconds that connecting, and a reply, may take."""

    def outlets(self, count: int) -> list[str]:
        """Each coil by its place.

        Raises:
            ValueError: so many coils go beyond the last.
        """
        if self.first_coil + count - 1 > _LAST_COIL:
            raise ValueError(
                f"{count} miners from coil {self.first_coil} on go beyond {_LAST_COIL}"
            )
        return [self.outlet(number) for number in range(count)]

    def outlet(self, number: int) -> str:
        """The place of a miner's coil."""
        return f"{self.host}:{self.port} unit {self.unit} coil {self.first_coil + number}"


class ModbusBank:
    """Implements `controller.fleet.switch_bank.Bank`."""

    def __init__(self, settings: SwitchModbusSettings, links: ModbusLinks) -> None:
        self.poll_s = settings.poll_s
        self._settings = settings
        self._links = links
        self._closed_value = settings.contacts == "normally_open"

    def connected(self) -> AbstractAsyncContextManager[ModbusLink]:
        return self._links.use(self._settings.host, self._settings.port)

    def place(self, number: int) -> str:
        return self._settings.outlet(number)

    async def read(self, first: int, count: int) -> list[bool]:
        settings, found = self._settings, list[bool]()
        async with self.connected() as link:
            while len(found) < count:
                coils = await link.read_coils(
                    settings.first_coil + first + len(found),
                    min(count - len(found), _MOST_IN_A_REPLY),
                    unit=settings.unit,
                    timeout_s=settings.timeout_s,
                )
                found += [coil == self._closed_value for coil in coils]
        return found

    async def write(self, number: int, *, closed: bool) -> None:
        settings = self._settings
        async with self.connected() as link:
            await link.write_coil(
                settings.first_coil + number,
                on=closed == self._closed_value,
                unit=settings.unit,
                timeout_s=settings.timeout_s,
            )
