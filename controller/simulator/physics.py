"""The physics of one miner: pure, frozen, advanced by the time that is passed in.

Power moves in straight lines between where it is and where it goes; hashrate jumps when the way
is done. So a start draws power before it hashes, and a stop ends hashing before the power is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from controller.simulator import wobble


@dataclass(frozen=True, slots=True)
class Level:
    """One way a miner can run; LuxOS calls it a profile."""

    name: str
    power_w: float
    hashrate_ths: float


@dataclass(frozen=True, slots=True)
class Dynamics:
    """How fast a miner changes, in seconds, and what it draws asleep.

    Luxor publishes about 25 W within 5 s of sleep and full power within 10 s of wakeup.
    """

    stop_s: float = 5.0
    start_s: float = 10.0
    """From the wake-up until it hashes."""
    rise_s: float = 4.0
    """From the wake-up until it draws full power; at most `start_s`."""
    change_s: float = 8.0
    """From one level to another."""
    standby_w: float = 25.0
    wobble: float = 0.015
    """Amplitude of the noise as a share of power and hashrate."""
    boot_s: float = 60.0
    """From the return of power until it answers and starts."""
    idle_after_s: float = 60.0
    """From the loss of the uplink until it stops for lack of work."""


@dataclass(frozen=True, slots=True)
class Motion:
    """The way from one operating point to the next."""

    since: datetime
    from_w: float
    to_w: float
    power_s: float
    from_ths: float
    to_ths: float
    hash_s: float

    def watts(self, at: datetime) -> float:
        elapsed_s = (at - self.since).total_seconds()
        if elapsed_s >= self.power_s:
            return self.to_w
        if elapsed_s <= 0:
            return self.from_w
        return self.from_w + (self.to_w - self.from_w) * elapsed_s / self.power_s

    def ths(self, at: datetime) -> float:
        return self.from_ths if self.hash_wait_s(at) > 0 else self.to_ths

    def hash_wait_s(self, at: datetime) -> float:
        """Seconds until the hashrate is that of the end of the way."""
        return max(0.0, self.hash_s - (at - self.since).total_seconds())


@dataclass(frozen=True, slots=True)
class MinerPhysics:
    """A miner's state. Same state and same time: same power, always.

    `key` names the miner for its noise. Every command returns a new state and is idempotent.
    """

    key: str
    level: Level
    motion: Motion
    dynamics: Dynamics = Dynamics()
    awake: bool = True
    powered: bool = True
    fed: bool = True
    """Whether it has work; without, it idles at standby power."""

    @classmethod
    def running(
        cls, key: str, level: Level, at: datetime, dynamics: Dynamics | None = None
    ) -> MinerPhysics:
        """A miner that has long been hashing at `level`."""
        watts, ths = level.power_w, level.hashrate_ths
        return cls(key, level, Motion(at, watts, watts, 0, ths, ths, 0), dynamics or Dynamics())

    def power_w(self, at: datetime) -> float:
        """True power at the plug, watts."""
        return self.motion.watts(at) * self._noise(at)

    def hashrate_ths(self, at: datetime) -> float:
        """Hashrate of this moment, TH/s."""
        return self.motion.ths(at) * self._noise(at)

    def mean_hashrate_ths(self, at: datetime, window_s: float) -> float:
        """Hashrate over the last `window_s` seconds, TH/s; sees one change back, no noise."""
        motion = self.motion
        moved_s = (at - motion.since).total_seconds() - motion.hash_s
        share = min(1.0, max(0.0, moved_s / window_s)) if window_s > 0 else 1.0
        return motion.from_ths + (motion.to_ths - motion.from_ths) * share

    @property
    def runs(self) -> bool:
        return self.awake and self.powered and self.fed

    def starting(self, at: datetime) -> bool:
        """It draws power and does not hash yet."""
        return self.runs and self.motion.ths(at) == 0

    def sleep(self, at: datetime) -> MinerPhysics:
        """Stop hashing; the level is remembered."""
        if not (self.awake and self.powered):
            return self
        return self._turned(replace(self, awake=False), at)

    def wake(self, at: datetime) -> MinerPhysics:
        """Start at the remembered level."""
        if self.awake or not self.powered:
            return self
        return self._turned(replace(self, awake=True), at)

    def starve(self, at: datetime) -> MinerPhysics:
        """Take its work away: it stops hashing and stays awake."""
        return self._turned(replace(self, fed=False), at)

    def feed(self, at: datetime) -> MinerPhysics:
        """Give it work again."""
        return self._turned(replace(self, fed=True), at)

    def restart(self, level: Level, at: datetime) -> MinerPhysics:
        """End the mining process and start it anew at `level`."""
        if not self.runs:
            return replace(self, level=level)
        return replace(self, level=level, motion=replace(self._start(level, at), from_ths=0.0))

    def set_level(self, level: Level, at: datetime) -> MinerPhysics:
        """Run at `level`: now if awake, else at the next start."""
        if level == self.level or not self.runs:
            return replace(self, level=level)
        motion, seconds = self.motion, self.dynamics.change_s
        way = Motion(
            since=at,
            from_w=motion.watts(at),
            to_w=level.power_w,
            power_s=seconds,
            from_ths=min(motion.ths(at), level.hashrate_ths),
            to_ths=level.hashrate_ths,
            hash_s=max(seconds, motion.hash_wait_s(at)),
        )
        return replace(self, level=level, motion=way)

    def cut(self, at: datetime) -> MinerPhysics:
        """Take its power away: 0 W at once."""
        return replace(self, powered=False, motion=Motion(at, 0, 0, 0, 0, 0, 0))

    def restore(self, at: datetime, *, awake: bool = True) -> MinerPhysics:
        """Give its power back: it starts by itself at its level, unless its mode is to sleep."""
        if self.powered:
            return self
        back = replace(self, powered=True, awake=awake)
        motion = self._start(self.level, at) if back.runs else self._stop(at)
        return replace(back, motion=motion)

    def _turned(self, changed: MinerPhysics, at: datetime) -> MinerPhysics:
        """`changed` on its way from here, if it begins or ends to run."""
        if changed.runs == self.runs:
            return changed
        motion = self._start(self.level, at) if changed.runs else self._stop(at)
        return replace(changed, motion=motion)

    def _stop(self, at: datetime) -> Motion:
        return self._way(at, self.dynamics.standby_w, self.dynamics.stop_s)

    def _start(self, level: Level, at: datetime) -> Motion:
        dynamics = self.dynamics
        rise_s = min(dynamics.rise_s, dynamics.start_s)
        way = self._way(at, level.power_w, rise_s)
        return replace(way, to_ths=level.hashrate_ths, hash_s=dynamics.start_s)

    def _way(self, at: datetime, to_w: float, seconds: float) -> Motion:
        """To `to_w` in `seconds`, without hash from now on."""
        return Motion(at, self.motion.watts(at), to_w, seconds, self.motion.ths(at), 0.0, 0.0)

    def _noise(self, at: datetime) -> float:
        return 1 + self.dynamics.wobble * wobble.unit(self.key, at.timestamp())
