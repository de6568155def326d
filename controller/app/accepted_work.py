"""The work that pools accepted of each group's miners, by the miners' own counters."""

from __future__ import annotations

from collections.abc import Mapping

from controller.core.economics.network import HASHES_A_BLOCK
from controller.model.fleet import MinerReading

TERAHASHES = 10**12


class AcceptedWork:
    """Adds up what the counters of accepted difficulty grow by, from one look to the next."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._sums: dict[str, int] = {}

    def look(self, readings: Mapping[str, MinerReading]) -> dict[str, int]:
        """Terahashes by group whose miners say, since the process began. A counter that falls began
        anew, with its miner; what it grew by while nobody asked counts when it is read again."""
        for name, one in readings.items():
            if one.accepted_difficulty is None:
                continue
            before = self._last.get(name)
            grown = 0 if before is None else one.accepted_difficulty - before
            self._last[name] = one.accepted_difficulty
            self._sums[one.group] = self._sums.get(one.group, 0) + max(0, grown)
        return {
            group: difficulty * HASHES_A_BLOCK // TERAHASHES
            for group, difficulty in sorted(self._sums.items())
        }
