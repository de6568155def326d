"""How an Antminer is set to run: its mode and its frequency level, and what we call that."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from controller.fleet.pyasic_quiet import MiningModeConfig
from controller.model.base import Model

MODE_KEY = "miner-mode"
"""As a write names it (pyasic's `MiningModeConfig.as_am_modern`)."""
SLEEP: int = MiningModeConfig.sleep().as_am_modern()[MODE_KEY]
NORMAL: int = MiningModeConfig.normal().as_am_modern()[MODE_KEY]
LOW: int = MiningModeConfig.low().as_am_modern()[MODE_KEY]
MODE_READ_KEY = "bitmain-work-mode"
"""As a read names it (pyasic's `MiningModeConfig.from_am_modern`)."""
FREQUENCY_KEY, FREQUENCY_READ_KEY = "freq-level", "bitmain-freq-level"
"""In a write and in a read."""
FREQUENCY_KEYS = (FREQUENCY_KEY, FREQUENCY_READ_KEY, "bitmain-hashrate-percent")
"""The last is what newer models have instead."""

_UNSET = ("", "None")
_FULL = "100"
_NAMES = {NORMAL: "normal", LOW: "low", SLEEP: "sleep"}


class Setting(Model, frozen=True, kw_only=True):
    """Mode and frequency. Frequencies are kept as the text of their JSON values, by key."""

    mode: int
    frequencies: Mapping[str, str] = {}

    @property
    def asleep(self) -> bool:
        return self.mode == SLEEP

    @property
    def level(self) -> str:
        """Such as `normal-70`; `normal` where no frequency is set."""
        return "-".join([_NAMES.get(self.mode, f"mode{self.mode}"), *self._frequency()])

    @property
    def as_from_factory(self) -> bool:
        """What firmware, and tools that wake a miner with pyasic's own calls, reset it to."""
        texts = [msgspec.json.decode(text) for text in self.frequencies.values()]
        return self.mode == NORMAL and all(str(text) in (*_UNSET, _FULL) for text in texts)

    def _frequency(self) -> list[str]:
        for key in FREQUENCY_KEYS:
            text = str(msgspec.json.decode(self.frequencies.get(key, '""')))
            if text not in _UNSET:
                return [text]
        return []


def mode_of(level: str) -> int:
    """The mode that a level's name begins with.

    Raises:
        ValueError: it is none of ours.
    """
    name = level.partition("-")[0]
    for mode, known in _NAMES.items():
        if name == known:
            return mode
    return int(name.removeprefix("mode"))
