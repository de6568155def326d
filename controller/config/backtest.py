"""What a back-test has to know of the miners, which nobody can ask: only `curtaild backtest` reads
it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from controller.config.quantities import Kilowatts
from controller.config.section import Name, NotTruth, Section

PhysicalSeconds = Annotated[float, Field(ge=0, le=7200)]
FaultKind = Literal["refuse", "hang", "lie", "die"]


class BacktestLevel(Section):
    """One way a miner can run."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    """As its firmware names it; not `off`."""
    power_w: Annotated[int, Field(gt=0, le=100_000), NotTruth]
    """At the plug."""
    hashrate_ths: Annotated[Decimal, Field(gt=0, le=100_000)]
    """In TH/s."""


class BacktestGroup(Section):
    """The miners of a group, all alike."""

    miners: Annotated[int, Field(ge=1, le=1_000_000), NotTruth] | None = None
    """How many; default: as many as the group names."""
    levels: Annotated[list[BacktestLevel], Field(min_length=1, max_length=200)]
    """How they can run, beside off."""
    blocks: Annotated[int, Field(ge=1, le=1000), NotTruth] = 10
    """In how many parts they are moved, all miners of a part at once."""
    stop_s: PhysicalSeconds = 5
    """From the command to sleep until they draw standby power."""
    rise_s: PhysicalSeconds = 4
    """From the wake-up until they draw full power."""
    start_s: PhysicalSeconds | None = None
    """From the wake-up until they hash; default: economics.start_lost_s, or 10."""
    change_s: PhysicalSeconds = 8
    """From one level to another, without the hashes that the higher of them has more."""
    faults: dict[FaultKind, Annotated[Decimal, Field(ge=0, le=100)]] = Field(default_factory=dict)
    """With `--faults` of the back-test: how many per cent of the blocks, rounded up, refuse
    commands, hang, accept commands and do nothing, or have no power, from the start on."""

    @model_validator(mode="after")
    def _each_once(self) -> BacktestGroup:
        names = [level.name for level in self.levels]
        powers = [level.power_w for level in self.levels]
        if len({*names, "off"}) != len(names) + 1:
            raise ValueError("levels: two have the same name, or one is called off: name each once")
        if powers != sorted(set(powers)):
            raise ValueError("levels: give them by rising power_w, each with more than the last")
        if sum(self.faults.values()) > 100:
            raise ValueError("faults: together they are more than 100 per cent")
        return self


class BacktestSettings(Section):
    """For `curtaild backtest`; a daemon takes no notice of it."""

    groups: dict[Name, BacktestGroup] = Field(default_factory=dict)
    """By name of a group: its miners. A group of `simulation` needs none, nor do stock Antminers
    with nameplate_w and nameplate_ths."""
    other_load_kw: Kilowatts = Decimal(0)
    """What the site draws beside its miners."""
