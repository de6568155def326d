"""Which part of the commands to a kind of miner is done within a time, and how much of that is
sure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from controller.core.obedience.learned import BUCKETS_S, KNOWN, chance
from controller.model.remembered import Learned

ALL = 1000
UNKNOWN = Learned()


class Amount(NamedTuple):
    """Watts to be expected, and as many of them as the record makes sure."""

    power_w: int
    sure_w: int

    def plus(self, other: Amount) -> Amount:
        return Amount(self.power_w + other.power_w, self.sure_w + other.sure_w)

    def at_most(self, most_w: int) -> Amount:
        """No more than this; the part that is sure stays the same."""
        left_w = max(0, most_w)
        if self.power_w <= left_w:
            return self
        return Amount(left_w, self.sure_w * left_w // self.power_w)


NOTHING = Amount(0, 0)


def goes(powers_w: Iterable[int], learned: Learned, declared_s: int, within_s: int) -> Amount:
    """What of these powers is gone within a time when all of it is told to go."""
    times, failed = learned.stops, learned.stops_failed
    return _of(powers_w, *_permille(times, failed, declared_s, within_s))


def comes(powers_w: Iterable[int], learned: Learned, declared_s: int, within_s: int) -> Amount:
    """What of these powers is there within a time when all of it is told to come."""
    times, failed = learned.starts, learned.starts_failed
    return _of(powers_w, *_permille(times, failed, declared_s, within_s))


def _of(powers_w: Iterable[int], done: int, sure: int) -> Amount:
    if not done:
        return NOTHING
    parts = [(power_w * done // ALL, power_w * sure // ALL) for power_w in powers_w]
    return Amount(sum([one for one, _ in parts]), sum([one for _, one in parts]))


@lru_cache(maxsize=4096)
def _permille(
    times: tuple[int, ...], failed: int, declared_s: int, within_s: int
) -> tuple[int, int]:
    """The share that was done in time, and its lower bound. Fewer than eight commands say little:
    then all is done by the declared time and nothing before."""
    tried = sum(times) + failed
    least = chance(Learned(stops=times, stops_failed=failed), within_s, up=False)
    if tried < KNOWN:
        share = ALL if declared_s <= within_s else 0
    else:
        done = sum(n for bound, n in zip(BUCKETS_S, times, strict=False) if bound <= within_s)
        share = ALL * done // tried
    return share, min(share, int(least * ALL))
