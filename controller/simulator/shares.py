"""The shares that a miner's pool accepted: its hashes over the difficulty of a share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from controller.simulator.physics import Motion

_HASHES_A_DIFFICULTY = 2.0**32
_TERA = 1e12


@dataclass(frozen=True, slots=True)
class ShareCount:
    """Shares since the mining process started. Chance is left out: two runs are equal."""

    difficulty: int
    settled_at: datetime
    shares: float = 0.0

    def settle(self, motion: Motion, at: datetime, *, paid: bool) -> ShareCount:
        """The count as of `at`, of a miner that went through `motion`; unpaid work adds nothing."""
        if at <= self.settled_at:
            return self
        hashes = work_th(motion, self.settled_at, at) * _TERA if paid else 0.0
        found = hashes / (self.difficulty * _HASHES_A_DIFFICULTY)
        return replace(self, settled_at=at, shares=self.shares + found)


def work_th(motion: Motion, start: datetime, end: datetime) -> float:
    """Terahashes done from `start` to `end`, without noise."""
    turn = motion.since + timedelta(seconds=motion.hash_s)
    middle = min(max(start, turn), end)
    before_s, after_s = (middle - start).total_seconds(), (end - middle).total_seconds()
    return motion.from_ths * before_s + motion.to_ths * after_s
