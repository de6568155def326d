"""The blocks of a group that stand still: together they draw and hash at a constant rate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from controller.backtest.block import SECONDS_AN_HOUR, Block, Done


@dataclass(slots=True)
class Rest:
    """Sums over the blocks of a group whose power and hashrate are those of their level."""

    since: datetime
    """Up to when it has been counted."""
    power_w: float = 0.0
    hashrate_ths: float = 0.0
    running: int = 0
    """Miners."""

    def settle(self, at: datetime, done: Done) -> None:
        """Count what happened up to `at`."""
        seconds = (at - self.since).total_seconds()
        done.energy_wh += self.power_w * seconds / SECONDS_AN_HOUR
        done.work_th += self.hashrate_ths * seconds
        done.run_s += self.running * seconds
        self.since = at

    def join(self, block: Block) -> None:
        """Of a block that has just been counted, as the rest has."""
        self._change(block, 1)

    def leave(self, block: Block) -> None:
        """It goes its own way from where the rest has been counted to."""
        self._change(block, -1)
        block.settled_at = self.since

    def _change(self, block: Block, sign: int) -> None:
        motion = block.miner.motion
        self.power_w += sign * motion.to_w
        self.hashrate_ths += sign * motion.to_ths
        self.running += sign * block.size * block.miner.runs
