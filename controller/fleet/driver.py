"""What the fleet needs of a firmware: the port that every driver implements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol, runtime_checkable

from controller.fleet.capabilities import Capabilities
from controller.fleet.owed import Owed
from controller.fleet.settings import FleetSettings, GroupMiners
from controller.fleet.tally import Tally
from controller.model.fleet import Curve, EvidenceGrade, Identity


@dataclass(frozen=True, slots=True)
class Measured:
    """What one read of a miner says."""

    power_w: int
    hashrate_ths: Decimal
    level: str
    """`off` where it draws standby power, whatever else it says; otherwise its own level's name."""
    model: str
    version: str
    mac: str
    grade: EvidenceGrade = EvidenceGrade.SELF_REPORT
    """How `power_w` is known: `inferred` where the miner reports no watts of its own."""
    accepted: int | None = None
    """Shares that its pools have accepted since it started; None where it does not say."""
    accepted_difficulty: int | None = None
    """What those shares' difficulties add up to; None where it does not say."""
    settings: str | None = None
    """See `MinerReading`; None where it was not asked."""

    def is_of(self, identity: Identity) -> bool:
        """Whether the miner is still the one that was identified."""
        return (self.model, self.version, self.mac) == (
            identity.model,
            identity.version,
            identity.mac,
        )


class Driver(Protocol):
    """One firmware. Every call is bounded in time and size, and ends at once when cancelled.

    Each may raise MinerError (TemporaryError), or PermanentError where a person has to act.
    """

    firmware: str

    async def identify(self, miner: str, address: str, port: int) -> Identity:
        """What answers there. `own_level` is the level it is set to."""

    async def curve(self, identity: Identity) -> Curve:
        """Every level that the miner offers, by rising power, the first one `off`."""

    async def read(self, identity: Identity) -> Measured:
        """What it draws and does now."""

    async def apply(self, identity: Identity, level: str) -> None:
        """Tell it to go to `level`. Returns when it answered, which proves nothing."""


@runtime_checkable
class DeclaredDriver(Protocol):
    """A driver that takes from the settings of a group what its miners do not say themselves."""

    def enrol(self, miner: str, declared: GroupMiners) -> None:
        """This miner belongs to a group with these settings. Called before anything else."""

    def vouches_for(self, identity: Identity, curve: Curve) -> bool:
        """Whether a remembered curve is still what the settings say."""


@runtime_checkable
class AskedDriver(Protocol):
    """A driver that can say how a miner is set. Only its firmwares have canaries: of others nobody
    could tell whether a command took the pools."""

    async def settings(self, identity: Identity) -> str:
        """A digest of its pools, the same asleep and awake; empty where it has none."""


@dataclass(frozen=True, slots=True)
class Toolbox:
    """What a driver is built from."""

    settings: FleetSettings
    tally: Tally
    owed: Owed


@dataclass(frozen=True, slots=True)
class Firmware:
    """A driver as the composition root knows it; `build` loads what it needs of libraries."""

    settings: type[GroupMiners]
    build: Callable[[Toolbox], Driver]
    starts_by_itself: bool = True
    """Whether a miner that gets power hashes without being told."""
    capabilities: Capabilities = field(default_factory=Capabilities)
    """For people: what it can be asked and told."""
