"""Where and as what one simulated miner stands, before its make turns it into a miner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from controller.simulator.energy import EnergyAccount
from controller.simulator.group_settings import GroupSettings, MinerPlace
from controller.simulator.physics import Dynamics, Level, MinerPhysics
from controller.simulator.shares import ShareCount

# As if it had booted long ago: averages over hours are those of its level.
_UPTIME = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Seat:
    """What a make needs to know to build a miner."""

    group: GroupSettings
    place: MinerPlace
    seed: str
    dynamics: Dynamics
    at: datetime

    @property
    def key(self) -> str:
        """Names the miner for its noise."""
        return f"{self.seed}/{self.place.name}"

    def common(self, level: Level, highest_w: float, share_difficulty: int) -> dict[str, Any]:
        """The fields of `SimulatedMiner`, of one that has long been hashing at `level`."""
        booted_at = self.at - _UPTIME
        physics = MinerPhysics.running(self.key, level, booted_at, self.dynamics)
        return {
            "name": self.place.name,
            "address": self.place.address,
            "port": self.place.port,
            "own_address": self.place.own_address,
            "group": self.group.id,
            "reply_delay_s": self.group.reply_delay_s,
            "highest_w": highest_w,
            "account": EnergyAccount(physics, self.at),
            "shares": ShareCount(share_difficulty, booted_at),
            "booted_at": booted_at,
        }
