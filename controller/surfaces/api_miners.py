"""The answer of `GET /api/v1/miners`: the fleet, miner by miner."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from controller.surfaces.api_parts import Served


class IdentityNow(Served):
    """What a miner is."""

    firmware: str
    model: str
    version: str
    mac: str


class LevelNow(Served):
    """One way a miner can run."""

    level: str
    power_w: int
    hashrate_ths: Decimal


class MinerNow(Served):
    miner: str
    group: str
    address: str
    port: int
    identity: IdentityNow | None
    """Null until it has been identified."""
    own_level: str | None
    """The level at which the operator had it when it was first met."""
    previous: IdentityNow | None
    """What it was before it answered as something else, in the life of this process."""
    changed_at: datetime | None
    curve: str
    """Which of `curves` it has; empty until it has been identified."""
    level: str
    """Empty where it does not say."""
    power_w: int
    """The last that was proven."""
    hashrate_ths: Decimal
    reachable: bool
    at: datetime | None
    """When it was last heard."""
    failure: str
    """Why it could not be read the last time."""


class Miners(Served):
    """By name."""

    miners: list[MinerNow]
    curves: dict[str, list[LevelNow]]
    """Of these miners, as far as the last decision knew them: their levels, by rising power."""
    next_after: str | None
    """What to ask for next, as `after`; null at the end."""
