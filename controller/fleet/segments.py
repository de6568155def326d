"""How many miners of one network segment, such as a switch, are spoken with at a time."""

from __future__ import annotations

from collections import Counter, deque
from ipaddress import ip_address, ip_network

_BITS = {4: 24, 6: 64}


def usual_segment(address: str) -> str:
    """Where nobody says on which switch a miner hangs: its /24, or /64 where it has IPv6."""
    bits = _BITS[ip_address(address).version]
    return str(ip_network(f"{address}/{bits}", strict=False))


class Segments:
    """Counts calls by segment, and keeps in order who waits for a place in one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._calls: Counter[str] = Counter()
        self._waiting: dict[str, deque[str]] = {}

    def has_room(self, segment: str) -> bool:
        return self._calls[segment] < self._most

    def enter(self, segment: str) -> None:
        """One call more. What must not wait enters where there is no room too."""
        self._calls[segment] += 1

    def wait(self, segment: str, miner: str) -> None:
        """`miner` is to be read as soon as there is room."""
        self._waiting.setdefault(segment, deque()).append(miner)

    def leave(self, segment: str) -> str | None:
        """One call less; who has waited longest, if there is room now."""
        self._calls[segment] -= 1
        waiting = self._waiting.get(segment)
        return waiting.popleft() if waiting and self.has_room(segment) else None
