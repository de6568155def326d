"""Reading a meter by a register map."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Protocol

from controller.errors import TemporaryError
from controller.signals.meters.register_map import WATTS, RegisterMap, Registers
from controller.signals.meters.roll_over import RollOver
from controller.signals.meters.sunspec import RETRY_S
from controller.signals.reading.registers import modulus_of, number

LARGEST_WH = Decimal(10) ** 15
Read = Callable[[Registers], Awaitable[list[int]]]


class Link(Protocol):
    """The part of a Modbus link that is used."""

    async def read_holding(
        self, address: int, count: int, *, unit: int, timeout_s: float
    ) -> list[int]: ...

    async def read_input(
        self, address: int, count: int, *, unit: int, timeout_s: float
    ) -> list[int]: ...


def reader(link: Link, *, unit: int, timeout_s: float) -> Read:
    """Reads what a map names."""

    async def read(one: Registers) -> list[int]:
        ask = link.read_holding if one.table == "holding" else link.read_input
        return await ask(one.address, one.count, unit=unit, timeout_s=timeout_s)

    return read


class MappedMeter:
    """Power and counter of a meter, in W and Wh."""

    def __init__(self, registers: RegisterMap) -> None:
        self._map = registers
        energy = registers.energy
        modulus = None if energy is None else modulus_of(energy.type)
        self._counter = None if modulus is None else RollOver(modulus)

    async def read(self, read: Read) -> tuple[float, int | None]:
        """
        Raises:
            TemporaryError: the registers cannot be read, or do not hold a number.
        """
        power = self._map.power
        watts = self._number(await read(power), power) * power.scale * WATTS[power.unit]
        energy = self._map.energy
        if energy is None:
            return float(watts), None
        raw = self._number(await read(energy), energy)
        if self._counter is not None:
            raw = Decimal(self._counter.grown(int(raw)))
        counted = raw * energy.scale * WATTS[energy.unit.removesuffix("h")]
        if not 0 <= counted < LARGEST_WH:
            raise self._problem(f"its counter says {counted:.0f} Wh")
        return float(watts), int(counted)

    def _number(self, words: list[int], one: Registers) -> Decimal:
        found = number(words, one.type, one.word_order)
        if not found.is_finite():
            raise self._problem(f"register {one.address} holds no number")
        return found

    def _problem(self, why: str) -> TemporaryError:
        check = "check map, unit and word_order"
        return TemporaryError(f"{self._map.meter}: {why}: {check}", delay_s=RETRY_S)
