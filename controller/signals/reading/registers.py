"""Numbers in registers of 16 bits."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal, TypeAlias

NumberType: TypeAlias = Literal[
    "int16", "uint16", "int32", "uint32", "float32", "int64", "uint64", "float64"
]
WordOrder: TypeAlias = Literal["big", "little"]
LAYOUTS: Mapping[str, str] = {
    "int16": ">h",
    "uint16": ">H",
    "int32": ">i",
    "uint32": ">I",
    "float32": ">f",
    "int64": ">q",
    "uint64": ">Q",
    "float64": ">d",
}
_DIGITS = {"float32": ".7g", "float64": ".15g"}
"""What a float holds; more would be noise of its conversion."""


def registers_of(number_type: NumberType) -> int:
    """How many registers it takes."""
    return struct.calcsize(LAYOUTS[number_type]) // 2


def modulus_of(number_type: NumberType) -> int | None:
    """How many values a counter of this type holds until it starts again; None: it does not."""
    if number_type.startswith("float"):
        return None
    bits = 16 * registers_of(number_type)
    return 1 << (bits if number_type.startswith("u") else bits - 1)


def number(words: Sequence[int], number_type: NumberType, word_order: WordOrder) -> Decimal:
    """The number; a float may be NaN or infinite."""
    ordered = words if word_order == "big" else words[::-1]
    raw = struct.pack(f">{len(words)}H", *ordered)
    (found,) = struct.unpack(LAYOUTS[number_type], raw)
    return Decimal(format(found, _DIGITS[number_type]) if number_type in _DIGITS else found)
