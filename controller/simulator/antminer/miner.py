"""A simulated miner with the stock firmware of Antminers: a configuration that stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from controller.simulator.antminer.catalog import StockModel, load_model
from controller.simulator.antminer.configuration import (
    FULL_FREQUENCY,
    NORMAL,
    SLEEP,
    Configuration,
    of_recorded,
)
from controller.simulator.faults import ANTMINER_FAULTS, MinerFault
from controller.simulator.group_settings import StockSettings
from controller.simulator.miner import SimulatedMiner
from controller.simulator.physics import Level, MinerPhysics
from controller.simulator.seat import Seat


@dataclass(kw_only=True)
class StockAntminer(SimulatedMiner):
    """Its mode, frequency and pools survive a loss of power, as the file they are in does."""

    make: ClassVar[str] = "antminer"
    faults: ClassVar[frozenset[str]] = ANTMINER_FAULTS

    model: StockModel
    draw_ratio: float
    stock: StockSettings
    configuration: Configuration
    pretended: Configuration | None = None
    """What a liar would have written."""

    def paid(self) -> bool:
        return self.pool_alive and self.configuration.earns

    def boots_awake(self) -> bool:
        return self.configuration.mode != SLEEP

    def shown_configuration(self) -> Configuration:
        """What it reads back."""
        return (self.pretended if self.fault.lie_watts else None) or self.configuration

    def set_fault(self, fault: MinerFault, at: datetime) -> None:
        super().set_fault(fault, at)
        self.pretended = None
        if fault.kind == "frequency_reset":
            written = replace(self.configuration, mode=NORMAL, freq_level=FULL_FREQUENCY)
            self._become(written, at)

    def write(self, posted: Mapping[str, Any], at: datetime) -> None:
        """Write the configuration, unless this one only says so."""
        if self.fault.kind == "lie":
            before = self.pretended or self.configuration
            self.pretended = before.written(posted)
            self._follow(before, self.pretended, at)
            return
        written = self.configuration.written(posted)
        if self.fault.kind == "frequency_reset":
            written = replace(written, freq_level=FULL_FREQUENCY)
        self._become(written, at)

    def _become(self, written: Configuration, at: datetime) -> None:
        self.accepted(at)
        before, self.configuration = self.configuration, written
        self._follow(before, written, at)

    def _follow(self, before: Configuration, after: Configuration, at: datetime) -> None:
        """Mode and frequency need a new mining process; pools and fans do not."""
        if (before.mode, before.freq_level) == (after.mode, after.freq_level):
            return
        self.order(lambda physics: self._moved(physics, after, at), at)
        if self.fault.kind != "lie":
            self.begin(at)

    def _moved(self, physics: MinerPhysics, after: Configuration, at: datetime) -> MinerPhysics:
        if after.mode == SLEEP:
            return physics.sleep(at)
        level = self.model.level(after, self.draw_ratio)
        return physics.restart(level, at) if physics.awake else _woken(physics, level, at)


def _woken(physics: MinerPhysics, level: Level, at: datetime) -> MinerPhysics:
    return physics.set_level(level, at).wake(at)


def new_miner(seat: Seat) -> StockAntminer:
    """A miner that has long been hashing at its frequency."""
    group = seat.group
    model = load_model(group.model_name())
    stock = group.stock or StockSettings()
    configuration = of_recorded(model.recorded["get_miner_conf"], stock.freq_level)
    full = model.level(replace(configuration, freq_level=FULL_FREQUENCY), group.draw_ratio)
    return StockAntminer(
        **seat.common(
            level=model.level(configuration, group.draw_ratio),
            highest_w=full.power_w,
            share_difficulty=model.share_difficulty,
        ),
        model=model,
        draw_ratio=group.draw_ratio,
        stock=stock,
        configuration=configuration,
    )
