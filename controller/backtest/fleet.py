"""The miners of a back-test: the shared physics of the simulator behind the port of the fleet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from controller.backtest.block import Block, Done, Fault
from controller.backtest.machines import Machines, curve_of, dynamics_of, levels_of
from controller.backtest.rest import Rest
from controller.model.base import encode
from controller.model.fleet import Command, Curve, MinerReading, Outcome, Stage
from controller.model.view import FleetHealth, MinerEntry
from controller.ports import Clock
from controller.simulator.physics import MinerPhysics

PROBLEMS = {
    "refuse": "it refuses",
    "hang": "it cannot be reached",
    "die": "it cannot be reached",
}
"""What a command to a faulty block fails with. One that lies takes it and does nothing."""


class BlockFleet:
    """Implements `Fleet`. All blocks begin at the top of their curve, since long."""

    def __init__(self, machines: Iterable[Machines], clock: Clock) -> None:
        self._clock = clock
        self._curves: dict[str, Curve] = {}
        self.blocks: dict[str, Block] = {}
        self._rest: dict[str, Rest] = {}
        self._done: dict[str, Done] = {}
        self._moving: set[str] = set()
        """Blocks whose power or hashrate is on its way."""
        self._outcomes: list[Outcome] = []
        self._sent = 0
        self._told_wh = 0.0
        """Energy of what `done` has given away."""
        for one in machines:
            self._add(one, clock.now())
        self._readings: dict[str, MinerReading] = {
            name: one.reading(clock.now()) for name, one in self.blocks.items()
        }

    def _add(self, machines: Machines, at: datetime) -> None:
        rest = self._rest.setdefault(machines.group, Rest(at))
        self._done.setdefault(machines.group, Done())
        for size in machines.sizes:
            curve = curve_of(machines.curve, size)
            key = hashlib.sha256(encode(curve)).hexdigest()[:8]
            name = f"{machines.group}/{len(self.blocks):04}"
            levels, dynamics = levels_of(curve), dynamics_of(machines, curve)
            miner = MinerPhysics.running(name, levels[curve.top.name], at, dynamics)
            block = Block(name, machines.group, key, curve, levels, miner, at, size)
            self._curves[key] = curve
            self.blocks[name] = block
            rest.join(block)

    async def start(self, wake: Callable[[], None]) -> None:
        """Nothing begins: blocks are read when they are looked at."""

    async def stop(self) -> None:
        """Nothing ends."""

    def readings(self) -> Mapping[str, MinerReading]:
        """Those that move are read anew."""
        now = self._clock.now()
        self._come_to_rest(now)
        for name in self._moving:
            self._readings[name] = self.blocks[name].reading(now)
        return self._readings

    def curves(self) -> Mapping[str, Curve]:
        return self._curves

    def send(self, commands: Sequence[Command]) -> None:
        now = self._clock.now()
        self._sent += len(commands)
        self._outcomes += [self._told(self.blocks[one.miner], one, now) for one in commands]

    def _told(self, block: Block, command: Command, now: datetime) -> Outcome:
        problem = PROBLEMS.get(block.fault or "", "")
        if block.fault is None:
            self._set_off(block, now)
            block.order(command.level, now, self._done[block.group])
        stage = Stage.FAILED if problem else Stage.SENT
        return Outcome(command=command.id, miner=command.miner, stage=stage, at=now, detail=problem)

    def outcomes(self) -> Sequence[Outcome]:
        found, self._outcomes = self._outcomes, []
        return found

    def watch(self, miners: Collection[str], asked: Collection[str] = ()) -> None:
        """Every block is read whenever it moves."""

    def listing(self, after: str, most: int) -> Sequence[MinerEntry]:  # noqa: ARG002
        """Nobody looks at single ones."""
        return ()

    def health(self) -> FleetHealth:
        reachable = sum(block.answers for block in self.blocks.values())
        return FleetHealth(known=len(self.blocks), reachable=reachable, sent=self._sent)

    def next_change(self, now: datetime) -> datetime | None:
        """When the power of a block arrives next."""
        arrivals = (self.blocks[name].arrives_at() for name in self._moving)
        return min((at for at in arrivals if at > now), default=None)

    def make_faulty(self, name: str, fault: Fault) -> None:
        """Nothing heals it."""
        block, now = self.blocks[name], self._clock.now()
        block.fault = fault
        if fault == "die":
            self._set_off(block, now)
            block.lose_power(now, self._done[block.group])
            self._come_to_rest(now)
        self._readings[name] = block.reading(now)

    def power_w(self, groups: Collection[str] | None = None) -> float:
        """True power now, of all groups or of some."""
        now = self._clock.now()
        resting = (one.power_w for name, one in self._rest.items() if not groups or name in groups)
        moving = (self.blocks[name] for name in self._moving)
        return sum(resting) + sum(
            one.miner.motion.watts(now) for one in moving if not groups or one.group in groups
        )

    def done(self) -> Mapping[str, Done]:
        """By group, what was drawn, hashed and started since this was last asked."""
        self._told_wh = self.imported_wh()
        found = self._done
        self._done = {group: Done() for group in found}
        return found

    def imported_wh(self) -> float:
        """Energy that all of them drew since the beginning."""
        now = self._clock.now()
        for group, rest in self._rest.items():
            rest.settle(now, self._done[group])
        for name in self._moving:
            block = self.blocks[name]
            block.settle(now, self._done[block.group])
        self._come_to_rest(now)
        return self._told_wh + sum(one.energy_wh for one in self._done.values())

    def _set_off(self, block: Block, now: datetime) -> None:
        if block.name not in self._moving:
            rest = self._rest[block.group]
            rest.settle(now, self._done[block.group])
            rest.leave(block)
            self._moving.add(block.name)

    def _come_to_rest(self, now: datetime) -> None:
        """Blocks that have arrived join the others."""
        for name in [one for one in self._moving if self.blocks[one].settles_at() <= now]:
            block = self.blocks[name]
            rest, done = self._rest[block.group], self._done[block.group]
            rest.settle(now, done)
            block.settle(now, done)
            rest.join(block)
            self._readings[name] = block.reading(now)
            self._moving.remove(name)
