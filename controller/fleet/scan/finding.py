"""What was found at one address."""

from __future__ import annotations

from enum import StrEnum

from controller.model.base import Model


class Answered(StrEnum):
    FOUND = "found"
    """A miner that can be driven."""
    REFUSED_CREDENTIALS = "refused_credentials"
    """It did not accept our name and password, or its group did not."""
    UNKNOWN = "unknown"
    """Something answers there, and is no miner that we know."""
    NOTHING = "nothing"
    """Nobody accepts a connection."""


class Finding(Model, frozen=True, kw_only=True):
    address: str
    answered: Answered
    port: int | None = None
    firmware: str = ""
    model: str = ""
    version: str = ""
    mac: str = ""
    own_level: str = ""
    """The level that it is set to."""
    why: str = ""
    """What it said, where it is not found."""
