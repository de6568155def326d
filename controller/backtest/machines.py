"""The miners of a group as the back-test knows them: how many, how they can run, how they move."""

from __future__ import annotations

from dataclasses import dataclass, replace

from controller.model.fleet import OFF, Curve, Level
from controller.simulator import physics
from controller.simulator.physics import Dynamics


@dataclass(frozen=True, slots=True)
class Machines:
    """Alike, and moved in so many blocks."""

    group: str
    curve: Curve
    """Of one miner."""
    dynamics: Dynamics
    """Of one miner; its noise is left out."""
    count: int
    blocks: int
    """Each of them moves as one. At most `count`."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many miners each block stands for: equal but for one."""
        least, more = divmod(self.count, self.blocks)
        return tuple(least + (number < more) for number in range(self.blocks))


def curve_of(curve: Curve, size: int) -> Curve:
    """The curve of a block of so many miners."""
    if size == 1:
        return curve
    levels = (
        Level(name=one.name, power_w=one.power_w * size, hashrate_ths=one.hashrate_ths * size)
        for one in curve.levels
    )
    return Curve(levels=tuple(levels))


def levels_of(curve: Curve) -> dict[str, physics.Level]:
    """The levels at which a block hashes, as physics."""
    return {
        one.name: physics.Level(one.name, float(one.power_w), float(one.hashrate_ths))
        for one in curve.levels
        if one.name != OFF
    }


def dynamics_of(machines: Machines, curve: Curve) -> Dynamics:
    """Of a block with this curve: standby as the curve says, without noise."""
    return replace(machines.dynamics, standby_w=float(curve.off.power_w), wobble=0.0)
