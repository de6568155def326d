"""The configuration of a stock Antminer: what `set_miner_conf` makes of what is posted.

It is written whole. What the scripts of published firmware do: the mode and the frequency are read
as `bitmain-work-mode` and `bitmain-freq-level`, and honoured only as `miner-mode` and `freq-level`;
an unknown or missing mode leaves the old one; a missing frequency is 100; pools are at most three.
Chosen, as the harsher of what builds do: pools that are not posted are gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

NORMAL, SLEEP, LOW = 0, 1, 3
FULL_FREQUENCY = 100
_POOLS = 3
_KEYS = ("url", "user", "pass")


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a person or a program can set."""

    pools: tuple[tuple[str, str, str], ...]
    """URL, user and password of each of three; empty where there is none."""
    mode: int = NORMAL
    freq_level: int = FULL_FREQUENCY
    fan_ctrl: bool = False
    fan_pwm: str = "100"

    @property
    def earns(self) -> bool:
        return any(url for url, _, _ in self.pools)

    def written(self, posted: Mapping[str, Any]) -> Configuration:
        """The configuration after `posted` was written."""
        mode = _number(posted.get("miner-mode"))
        frequency = _number(posted.get("freq-level"))
        return replace(
            self,
            pools=_pools(posted.get("pools")),
            mode=mode if mode in {NORMAL, SLEEP, LOW} else self.mode,
            freq_level=frequency if frequency and frequency <= FULL_FREQUENCY else FULL_FREQUENCY,
            fan_ctrl=posted.get("bitmain-fan-ctrl") is True,
            fan_pwm=str(posted.get("bitmain-fan-pwm", "100")),
        )

    def shown(self) -> dict[str, Any]:
        """The keys of `get_miner_conf` that can change."""
        return {
            "pools": [dict(zip(_KEYS, pool, strict=True)) for pool in self.pools],
            "bitmain-fan-ctrl": self.fan_ctrl,
            "bitmain-fan-pwm": self.fan_pwm,
            "bitmain-work-mode": str(self.mode),
            "bitmain-freq-level": str(self.freq_level),
        }


def of_recorded(recorded: Mapping[str, Any], freq_level: int) -> Configuration:
    """The configuration that was recorded, at another frequency."""
    return Configuration(pools=_pools(recorded["pools"]), freq_level=freq_level)


def _pools(posted: Any) -> tuple[tuple[str, str, str], ...]:
    rows = list(posted)[:_POOLS] if isinstance(posted, list) else []
    rows += [{}] * (_POOLS - len(rows))
    return tuple(_pool(row) for row in rows)


def _pool(row: Any) -> tuple[str, str, str]:
    given = row if isinstance(row, dict) else {}
    url, user, password = (str(given.get(key, "")) for key in _KEYS)
    return url, user, password


def _number(value: Any) -> int | None:
    """The scripts take 1 and "1" alike."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None
