"""One simulated miner: its physics, its session, its fault. No I/O and no clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from controller.simulator.catalog import MinerModel
from controller.simulator.energy import EnergyAccount
from controller.simulator.faults import MinerFault
from controller.simulator.physics import MinerPhysics
from controller.simulator.session import SessionDesk

HEALTHY = MinerFault(kind="clear")


@dataclass
class SimulatedMiner:
    """What stands behind one address."""

    address: str
    group: str
    model: MinerModel
    profiles: Sequence[str]
    draw_ratio: float
    account: EnergyAccount
    booted_at: datetime
    session: SessionDesk
    atm: dict[str, object]
    fault: MinerFault = HEALTHY
    claimed: MinerPhysics | None = None
    """What a liar would be if it had obeyed."""

    @property
    def physics(self) -> MinerPhysics:
        """The truth."""
        return self.account.miner

    def shown(self) -> MinerPhysics:
        """What it reports of itself."""
        return (self.claimed if self.fault.lie_watts else None) or self.physics

    def energy_wh(self, at: datetime) -> float:
        """Energy drawn since the start of the simulation."""
        self.account = self.account.settle(at)
        return self.account.energy_wh

    def order(self, command: Callable[[MinerPhysics], MinerPhysics], at: datetime) -> None:
        """Carry out an accepted command, unless this one only says so."""
        if self.fault.kind == "lie":
            self.claimed = command(self.claimed or self.physics)
        else:
            self.account = self.account.change(command, at)

    def set_profile(self, profile: str, at: datetime) -> None:
        level = self.model.level(profile, self.draw_ratio)
        self.order(lambda physics: physics.set_level(level, at), at)

    def set_fault(self, fault: MinerFault, at: datetime) -> None:
        """Replace its fault; power that an earlier fault took away comes back."""
        self.fault, self.claimed = fault, None
        if fault.cuts_power:
            self.session.close()
            self.account = self.account.change(lambda physics: physics.cut(at), at)
        elif not self.physics.powered:
            self.booted_at = at
            self.account = self.account.change(lambda physics: physics.restore(at), at)

    def profile_rows(self) -> list[dict[str, Any]]:
        """The profiles it offers, as LuxOS lists them."""
        return [self.model.profiles[name] for name in self.profiles]
