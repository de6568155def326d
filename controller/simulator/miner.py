"""One simulated miner of any make: its physics, its shares, its fault. No I/O and no clock."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from controller.simulator.energy import EnergyAccount
from controller.simulator.faults import HEALTHY, MinerFault
from controller.simulator.physics import MinerPhysics
from controller.simulator.shares import ShareCount


class RebootingError(Exception):
    """The order that just came makes the miner reboot, before it is carried out or answered."""


@dataclass(kw_only=True)
class SimulatedMiner:
    """What all makes have in common. Each adds what it remembers beside, and how it boots."""

    make: ClassVar[str]
    faults: ClassVar[frozenset[str]]
    """The faults that it can have."""

    name: str
    """Its address; with the port where several share an address."""
    address: str
    port: int
    own_address: str
    """The address that it says it has; behind NAT not the one that it is reached at."""
    group: str
    highest_w: float
    """The most that it can draw."""
    account: EnergyAccount
    shares: ShareCount
    booted_at: datetime
    reply_delay_s: float = 0.0
    """Real seconds before each reply."""
    fault: MinerFault = HEALTHY
    claimed: MinerPhysics | None = None
    """What a liar would be if it had obeyed."""
    pool_alive: bool = True
    """Whether its pools can be reached."""

    @property
    def physics(self) -> MinerPhysics:
        """The truth."""
        return self.account.miner

    @property
    def mac(self) -> str:
        """A locally administered address that is the miner's own."""
        digest = hashlib.blake2b(self.name.encode(), digest_size=5).hexdigest()
        return ":".join(["02", *(digest[i : i + 2] for i in range(0, 10, 2))])

    def paid(self) -> bool:
        """Whether somebody accepts its shares."""
        return self.pool_alive

    def boots_awake(self) -> bool:
        """Whether it starts to hash when its power comes back."""
        return True

    def forget(self) -> None:
        """Lose what does not survive a loss of power."""

    def shown(self) -> MinerPhysics:
        """What it reports of itself."""
        return (self.claimed if self.fault.lie_watts else None) or self.physics

    def energy_wh(self, at: datetime) -> float:
        """Energy drawn since the start of the simulation."""
        self.account = self.account.settle(at)
        return self.account.energy_wh

    def accepted(self, at: datetime) -> int:
        """Shares that its pool accepted since its mining process started."""
        self.shares = self.shares.settle(self.shown().motion, at, paid=self.paid())
        return int(self.shares.shares)

    def change(self, command: Callable[[MinerPhysics], MinerPhysics], at: datetime) -> None:
        """Change what is true."""
        self.accepted(at)
        self.account = self.account.change(command, at)

    def receive_order(self) -> None:
        """An order begins: here a miner that reboots in the middle of one leaves.

        Raises:
            RebootingError: it does; whoever serves it takes it away.
        """
        if self.fault.kind == "reboot_on_order":
            raise RebootingError

    def order(self, command: Callable[[MinerPhysics], MinerPhysics], at: datetime) -> None:
        """Carry out an accepted command, unless this one only says so."""
        self.accepted(at)
        if self.fault.kind == "lie":
            self.claimed = command(self.claimed or self.physics)
        else:
            self.change(command, at)

    def set_pool(self, at: datetime, *, alive: bool) -> None:
        """Its pools come, or go."""
        self.accepted(at)
        self.pool_alive = alive

    def set_fault(self, fault: MinerFault, at: datetime) -> None:
        """Replace its fault; power that an earlier fault took away comes back."""
        self.accepted(at)
        self.fault, self.claimed = fault, None
        if fault.cuts_power:
            self.forget()
            self.change(lambda physics: physics.cut(at), at)
        elif not self.physics.powered:
            self.begin(at)
            awake = self.boots_awake()
            self.change(lambda physics: physics.restore(at, awake=awake), at)

    def begin(self, at: datetime) -> None:
        """Its mining process starts anew: it counts from here."""
        self.booted_at = at
        self.shares = ShareCount(self.shares.difficulty, at)
