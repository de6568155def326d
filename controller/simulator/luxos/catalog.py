"""The miner models that can be simulated, from recorded replies of real ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import msgspec

from controller.simulator.physics import Level

Reply = dict[str, Any]
"""A reply of the LuxOS API: section name to list of rows, plus `id`."""


@dataclass(frozen=True)
class MinerModel:
    """What is alike in all miners of a model."""

    recorded: Mapping[str, Reply]
    """The recorded reply to each command."""
    profiles: Mapping[str, Reply]
    """The rows of `profiles`, by name, weakest first."""

    @property
    def share_difficulty(self) -> int:
        """What its pool asked of a share."""
        difficulty: int = self.recorded["pools"]["POOLS"][0]["Stratum Difficulty"]
        return difficulty

    def level(self, profile: str, draw_ratio: float = 1.0) -> Level:
        """A profile as physics; `draw_ratio` is true power over the profile's nominal."""
        row = self.profiles[profile]
        return Level(profile, row["Watts"] * draw_ratio, row["Hashrate"])


@lru_cache
def load_model(name: str) -> MinerModel:
    """The model whose replies are in `recorded/{name}.json`."""
    path = resources.files("controller.simulator") / "recorded" / f"{name}.json"
    recorded = msgspec.json.decode(path.read_bytes(), type=dict[str, Reply])
    rows = recorded["profiles"]["PROFILES"]
    return MinerModel(recorded, {row["Profile Name"]: row for row in rows})
