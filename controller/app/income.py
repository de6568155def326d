"""When the running miners of each group last had a share accepted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from controller.model.fleet import IDLE, MinerReading


class Shares:
    """Watches the miners' own counters from one look to the next."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._paid_at: dict[str, datetime] = {}

    def look(self, readings: Mapping[str, MinerReading], now: datetime) -> dict[str, datetime]:
        """By group whose running miners count shares: when one of their counters last grew, or when
        the first of them was seen to run. A counter that falls began anew, with its miner."""
        paid_at: dict[str, datetime] = {}
        counts: dict[str, int] = {}
        for name, one in readings.items():
            if one.accepted is None or not one.reachable or one.level in {"", *IDLE}:
                continue
            counts[name] = one.accepted
            grew = one.accepted > self._counts.get(name, one.accepted)
            known = paid_at.get(one.group) or self._paid_at.get(one.group)
            paid_at[one.group] = now if grew or known is None else known
        self._counts, self._paid_at = counts, paid_at
        return dict(sorted(paid_at.items()))
