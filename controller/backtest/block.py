"""A block of miners that moves as one: the shared physics, its faults, and what it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal, TypeAlias

from controller.model.fleet import CUT, OFF, Curve, MinerReading
from controller.simulator import physics
from controller.simulator.energy import energy_wh
from controller.simulator.physics import MinerPhysics
from controller.simulator.shares import work_th

SECONDS_AN_HOUR = 3600.0
Fault: TypeAlias = Literal["refuse", "hang", "lie", "die"]
"""It refuses commands, answers nothing, takes commands and does nothing, or has no power."""


@dataclass(slots=True)
class Done:
    """What was drawn, hashed and started since it was last asked."""

    energy_wh: float = 0.0
    work_th: float = 0.0
    """Terahashes."""
    run_s: float = 0.0
    """For how long it was awake, times miners."""
    started_w: float = 0.0
    """Power above standby of the levels that were started."""
    starts: int = 0
    """Of miners."""


@dataclass(slots=True)
class Block:
    """One block. Change it only through `order`; time is passed in and never goes back."""

    name: str
    group: str
    key: str
    """Of its curve."""
    curve: Curve
    levels: Mapping[str, physics.Level]
    miner: MinerPhysics
    settled_at: datetime
    size: int
    """How many miners it stands for."""
    fault: Fault | None = None

    @property
    def answers(self) -> bool:
        return self.fault not in ("hang", "die")

    def settle(self, at: datetime, done: Done) -> None:
        """Count what happened up to `at`."""
        if at <= self.settled_at:
            return
        done.energy_wh += energy_wh(self.miner, self.settled_at, at)
        done.work_th += work_th(self.miner.motion, self.settled_at, at)
        if self.miner.runs:
            done.run_s += self.size * (at - self.settled_at).total_seconds()
        self.settled_at = at

    def order(self, level: str, at: datetime, done: Done) -> None:
        """Carry out a command as a healthy miner does."""
        self.settle(at, done)
        if level in (OFF, CUT):
            self.miner = self.miner.sleep(at)
            return
        wanted = self.levels[level]
        if self.miner.awake:
            self.miner = self.miner.set_level(wanted, at)
            return
        self.miner = self.miner.set_level(wanted, at).wake(at)
        done.starts += self.size
        done.started_w += wanted.power_w - self.miner.dynamics.standby_w

    def lose_power(self, at: datetime, done: Done) -> None:
        self.settle(at, done)
        self.miner = self.miner.cut(at)

    def arrives_at(self) -> datetime:
        """When its power is that of the end of its way."""
        motion = self.miner.motion
        return motion.since + timedelta(seconds=motion.power_s)

    def settles_at(self) -> datetime:
        """When its hashrate is, too."""
        motion = self.miner.motion
        return motion.since + timedelta(seconds=max(motion.power_s, motion.hash_s))

    def reading(self, at: datetime) -> MinerReading:
        """What it shows of itself. On its way down it still says that it runs, as real ones do."""
        asleep = not self.miner.awake and at >= self.arrives_at()
        ths = self.miner.motion.ths(at)
        return MinerReading(
            miner=self.name,
            group=self.group,
            curve=self.key,
            level=OFF if asleep else self.miner.level.name,
            power_w=round(self.miner.motion.watts(at)),
            hashrate_ths=Decimal(str(round(ths, 3))),
            at=at,
            reachable=self.answers,
        )
