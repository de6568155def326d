"""A simulated miner as it shows itself at one moment, and the envelope of its replies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from controller.simulator.luxos.catalog import Reply
from controller.simulator.luxos.miner import LuxOsMiner
from controller.simulator.physics import MinerPhysics

Row = dict[str, Any]
BOARDS = 3


@dataclass(frozen=True, slots=True)
class Look:
    """What every reply is made from."""

    miner: LuxOsMiner
    at: datetime

    @property
    def physics(self) -> MinerPhysics:
        return self.miner.shown()

    @property
    def asleep(self) -> bool:
        return not self.physics.awake

    @property
    def hashing(self) -> bool:
        return self.physics.motion.ths(self.at) > 0

    @property
    def elapsed_s(self) -> int:
        """Seconds since it booted."""
        return max(1, int((self.at - self.miner.booted_at).total_seconds()))

    @property
    def when(self) -> int:
        return int(self.at.timestamp())

    @property
    def accepted(self) -> int:
        """Shares that the pool accepted since it booted."""
        return self.miner.accepted(self.at)

    @property
    def profile(self) -> Row:
        """The row of its profile."""
        return self.miner.model.profiles[self.physics.level.name]

    def ghs(self, window_s: float | None = None) -> float:
        """Hashrate in GH/s: of this moment, or over a window that a boot cuts short."""
        if window_s is None:
            return self.physics.hashrate_ths(self.at) * 1000
        return self.physics.mean_hashrate_ths(self.at, min(window_s, self.elapsed_s)) * 1000

    def row(self, command: str, section: str, index: int = 0) -> Row:
        """A row as it was recorded."""
        row: Row = self.miner.model.recorded[command][section][index]
        return row

    def reply(self, command: str, msg: str | None = None, **sections: list[Row]) -> Reply:
        """The recorded reply to `command` with these sections in place of the recorded ones."""
        status = {**self.row(command, "STATUS"), **self._stamp()}
        if msg is not None:
            status["Msg"] = msg
        return {**self.miner.model.recorded[command], **sections, "STATUS": [status]}

    def status(self, code: int, msg: str, **sections: list[Row]) -> Reply:
        """A reply that was not recorded: success with `code`."""
        return {"STATUS": [self._status("S", code, msg)], **sections, "id": 1}

    def refusal(self, code: int, msg: str) -> Reply:
        return {"STATUS": [self._status("E", code, msg)], "id": 1}

    def _status(self, letter: str, code: int, msg: str) -> Row:
        return {"Code": code, "Msg": msg, "STATUS": letter, **self._stamp()}

    def _stamp(self) -> Row:
        described = self.row("version", "VERSION")["LUXminer"]
        return {"Description": f"LUXminer {described}", "When": self.when}
