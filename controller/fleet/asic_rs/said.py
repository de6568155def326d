"""What is asked of pyasic-rs, and what it says: one line of JSON each, between two processes."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

LONGEST_LINE = 16_384
"""Bytes. What is said of one miner has a few hundred."""

_Text = Annotated[str, Meta(max_length=200)]
_Watts = Annotated[float, Meta(ge=0, le=30_000)]
_TerahashPerSecond = Annotated[float, Meta(ge=0, le=10_000)]


class Ask(Struct, frozen=True, kw_only=True):
    """One miner to read; without an address, question `number` is given up."""

    number: int
    address: str = ""
    firmware: str = ""
    """As pyasic-rs calls it; it holds the name and the password against its list by this."""
    login: tuple[str, str] | None = None
    """Name and password."""


class Said(Struct, frozen=True, kw_only=True):
    """What it read. None is what it could not read, or what the firmware does not tell."""

    number: int
    firmware: _Text = ""
    """Empty: it recognises nothing there."""
    mac: _Text | None = None
    power_w: _Watts | None = None
    hashrate_ths: _TerahashPerSecond | None = None
    accepted: Annotated[int, Meta(ge=0)] | None = None
    is_mining: bool = True
    """Also where it read nothing: only False means anything."""


READY = Said(number=0)
"""The first word of the process."""


def to_line(message: Ask | Said) -> bytes:
    return msgspec.json.encode(message) + b"\n"
