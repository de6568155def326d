"""The energy that a miner drew: an exact integral of its power, for meters and back-tests."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from controller.simulator import wobble
from controller.simulator.physics import MinerPhysics

_S_PER_H = 3600.0


def energy_wh(miner: MinerPhysics, start: datetime, end: datetime) -> float:
    """Watt-hours that `miner` draws from `start` to `end` if nothing commands it in between."""
    if end <= start:
        return 0.0
    settled = miner.motion.since + timedelta(seconds=miner.motion.power_s)
    middle = min(max(start, settled), end)
    return (_moving_ws(miner, start, middle) + _settled_ws(miner, middle, end)) / _S_PER_H


def _settled_ws(miner: MinerPhysics, start: datetime, end: datetime) -> float:
    """Watt-seconds while the power stands still but for its noise."""
    seconds = (end - start).total_seconds()
    if not miner.dynamics.wobble:
        return miner.motion.to_w * seconds
    noise_s = wobble.integral(miner.key, start.timestamp(), end.timestamp())
    return miner.motion.to_w * (seconds + miner.dynamics.wobble * noise_s)


def _moving_ws(miner: MinerPhysics, start: datetime, end: datetime) -> float:
    """Watt-seconds on the way: straight lines, cut where the noise steps."""
    if not miner.dynamics.wobble:
        left_w, right_w = miner.motion.watts(start), miner.motion.watts(end)
        return (left_w + right_w) / 2 * (end - start).total_seconds()
    total = 0.0
    for left, right in _pieces(start, end):
        mean_w = (miner.motion.watts(left) + miner.motion.watts(right)) / 2
        noise = 1 + miner.dynamics.wobble * wobble.unit(miner.key, left.timestamp())
        total += mean_w * noise * (right - left).total_seconds()
    return total


def _pieces(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    while start < end:
        at_s = start.timestamp()
        bucket_end_s = (math.floor(at_s / wobble.BUCKET_S) + 1) * wobble.BUCKET_S
        # A microsecond at least, so that rounding never leaves a piece without length.
        step = timedelta(seconds=max(bucket_end_s - at_s, 1e-6))
        right = min(start + step, end)
        yield start, right
        start = right


@dataclass(frozen=True, slots=True)
class EnergyAccount:
    """A miner with the energy it drew so far. Change the miner only through here."""

    miner: MinerPhysics
    settled_at: datetime
    energy_wh: float = 0.0

    def settle(self, at: datetime) -> EnergyAccount:
        """The account as of `at`; an earlier time changes nothing."""
        if at <= self.settled_at:
            return self
        drawn_wh = energy_wh(self.miner, self.settled_at, at)
        return EnergyAccount(self.miner, at, self.energy_wh + drawn_wh)

    def change(
        self, command: Callable[[MinerPhysics], MinerPhysics], at: datetime
    ) -> EnergyAccount:
        """The account after `command` was carried out at `at`."""
        settled = self.settle(at)
        return replace(settled, miner=command(settled.miner))
