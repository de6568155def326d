"""SunSpec: finding a meter among a device's models, and reading it.

Register layout and scale factors after the model definitions 201 to 204 of the SunSpec Alliance
(github.com/sunspec/models, Apache-2.0). Addresses count from 0.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from controller.errors import TemporaryError

Read: TypeAlias = Callable[[int, int], Awaitable[list[int]]]
"""Registers from an address, so many."""

MARKER = [0x5375, 0x6E53]
"""The letters SunS: what a chain of models begins with."""

METER_MODELS = range(201, 205)
"""Single phase, split phase, wye, delta: the same layout."""

END_MODEL = 0xFFFF
MOST_MODELS = 64
METER_REGISTERS = 55
"""From a meter model's id to the scale factor of its energy."""

NOT_IMPLEMENTED = 0x8000
RETRY_S = 30.0
"""What is wrong here may pass when the device has started, but not within a second."""

_MODEL, _POWER, _POWER_SCALE, _IMPORTED, _ENERGY_SCALE = 0, 18, 22, 46, 54


class MeterRegisters(NamedTuple):
    """What a meter model says: watts, its import counter, and Wh in a step of the counter."""

    power_w: float
    imported: int | None
    step_wh: Decimal


async def find_meter(read: Read, base: int) -> int:
    """The address of the first meter model in the chain at `base`.

    Raises:
        TemporaryError: there is no chain, or no meter in it.
    """
    if await read(base, 2) != MARKER:
        raise _problem(f"no SunSpec marker at register {base}: check base_address and unit")
    address = base + 2
    met: list[int] = []
    while len(met) < MOST_MODELS and address + METER_REGISTERS <= 0x10000:
        model, length = await read(address, 2)
        if model in METER_MODELS and length >= METER_REGISTERS - 2:
            return address
        if model == END_MODEL:
            break
        met.append(model)
        address += 2 + length
    raise _problem(f"none of its models {met} is a meter (201 to 204): check unit")


def decode_meter(registers: Sequence[int]) -> MeterRegisters:
    """Read a meter model, given from its id on.

    Raises:
        TemporaryError: it is no meter model any more, or does not implement power.
    """
    if registers[_MODEL] not in METER_MODELS:
        raise _problem(f"model {registers[_MODEL]} stands where the meter was: was it replaced?")
    power, scale = registers[_POWER], _exponent(registers[_POWER_SCALE])
    if power == NOT_IMPLEMENTED or scale is None:
        raise _problem("the meter does not implement power (W and W_SF)")
    imported = registers[_IMPORTED] << 16 | registers[_IMPORTED + 1]
    energy_scale = _exponent(registers[_ENERGY_SCALE])
    return MeterRegisters(
        power_w=float(Decimal(_signed(power)).scaleb(scale)),
        # a counter at 0 is one that is not implemented
        imported=imported or None if energy_scale is not None else None,
        step_wh=Decimal(1).scaleb(energy_scale or 0),
    )


def _exponent(register: int) -> int | None:
    """A scale factor; None where it is not implemented."""
    if register == NOT_IMPLEMENTED:
        return None
    exponent = _signed(register)
    if not -10 <= exponent <= 10:
        raise _problem(f"a scale factor of {exponent} is outside -10 to 10: not a SunSpec meter?")
    return exponent


def _signed(register: int) -> int:
    return register - 0x10000 if register >= 0x8000 else register


def _problem(message: str) -> TemporaryError:
    return TemporaryError(message, delay_s=RETRY_S)
