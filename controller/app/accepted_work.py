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
        anew, with its miner; one that could not be read begins anew too, since what it grew by
        meanwhile was expected of nobody."""
        before, self._last = self._last, {}
        for name, one in readings.items():
            counter = one.accepted_difficulty
            if counter is None:
                continue
            grown = counter - before.get(name, counter)
            self._sums[one.group] = self._sums.get(one.group, 0) + max(0, grown)
            self._last[name] = counter
        return {
            group: difficulty * HASHES_A_BLOCK // TERAHASHES
            for group, difficulty in sorted(self._sums.items())
        }
