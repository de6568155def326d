"""The stock Antminers that can be simulated, and how power follows frequency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import msgspec

from controller.simulator.antminer.configuration import LOW, Configuration
from controller.simulator.physics import Level

Reply = dict[str, Any]

# Bitmain's data sheet of the S21: 200 TH/s at 17.5 J/TH.
_NAMEPLATES = {"s21": 3500.0}
_SHARE_DIFFICULTY = 524_288
# Chosen: lower frequency needs less voltage, so that power falls a little faster than hashrate.
_FIXED_SHARE = 0.6
_LOW_MODE_PERCENT = 70


@dataclass(frozen=True)
class StockModel:
    """What is alike in all miners of a model."""

    recorded: Mapping[str, Reply]
    """The recorded reply of each CGI script."""
    nameplate_w: float

    @property
    def share_difficulty(self) -> int:
        return _SHARE_DIFFICULTY

    @property
    def nameplate_ths(self) -> float:
        ghs: float = self.recorded["stats"]["STATS"][0]["rate_ideal"]
        return ghs / 1000

    def level(self, configuration: Configuration, draw_ratio: float = 1.0) -> Level:
        """How it runs when awake; its mode and its frequency make it slower."""
        low = _LOW_MODE_PERCENT if configuration.mode == LOW else 100
        share = configuration.freq_level * low / 10_000
        power_w = self.nameplate_w * share * (_FIXED_SHARE + (1 - _FIXED_SHARE) * share)
        return Level(_name(configuration), power_w * draw_ratio, self.nameplate_ths * share)


def _name(configuration: Configuration) -> str:
    low = "low " if configuration.mode == LOW else ""
    return f"{low}{configuration.freq_level}%"


@lru_cache
def load_model(name: str) -> StockModel:
    """The model whose replies are in `recorded/{name}.json`."""
    path = resources.files("controller.simulator") / "recorded" / f"{name}.json"
    recorded = msgspec.json.decode(path.read_bytes(), type=dict[str, Reply])
    return StockModel(recorded, _NAMEPLATES[name])
