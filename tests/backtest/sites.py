"""Sites and histories for tests of the back-test."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from controller.backtest.news import KnownAt
from controller.backtest.past import History
from controller.backtest.play import Backtest
from controller.backtest.series import Series, Steps
from controller.config.compose import Settings
from controller.wiring import SETTINGS

START = datetime(2022, 3, 1, 6, tzinfo=UTC)
HASHPRICE = 80.0
"""With it, 29.5 J/TH break even at 113 per MWh."""
S19J_PRO = [{"name": "default", "power_w": 3068, "hashrate_ths": 104}]
THREE_LEVELS = [
    {"name": "265MHz", "power_w": 1080, "hashrate_ths": 54.7},
    {"name": "default", "power_w": 2794, "hashrate_ths": 121.8},
    {"name": "790MHz", "power_w": 4195, "hashrate_ths": 163.1},
]


def settings_of(
    groups: dict[str, dict[str, Any]] | None = None, **sections: dict[str, Any]
) -> Settings:
    """A site with these miners by group, and sections of the configuration over the usual ones."""
    groups = groups or {"hall": {"miners": 100, "levels": S19J_PRO, "blocks": 2}}
    site = {"id": "test", "currency": "USD", "zone": "America/Chicago", "import_limit_kw": 100_000}
    usual: dict[str, Any] = {
        "site": {**site, "headroom_percent": 0, **sections.pop("site", {})},
        "groups": {
            name: {
                "miners": {"driver": "luxos", "addresses": [f"10.0.{number}.1"]},
                **sections.get("groups", {}).get(name, {}),
            }
            for number, name in enumerate(groups)
        },
        "economics": {"adder_per_mwh": 10},
        "pacing": {"restore_kw_per_minute": 1_000_000},
        "ledger": {"adapter": "sqlite"},
        "state_dir": "unused",
        "backtest": {"groups": groups},
    }
    sections.pop("groups", None)
    return SETTINGS.model_validate({**usual, **sections})


def history(
    prices: Sequence[float],
    known_at: KnownAt = "start",
    *,
    minutes: int = 15,
    first: int = 0,
    hashprice: float | Steps = HASHPRICE,
) -> History:
    """Prices from `START` on, judged from `first` on."""
    series = Series(START, minutes, array("d", prices))
    steps = hashprice if isinstance(hashprice, Steps) else Steps((START,), array("d", [hashprice]))
    return History(series, steps, known_at, first, len(series))


def backtest(past: History, settings: Settings | None = None, **more: Any) -> Backtest:
    return Backtest(settings or settings_of(), past, **more)


DAY = [30.0] * 40 + [150.0, 900.0, 2500.0, 120.0, 95.0, 400.0] + [40.0] * 30 + [-20.0] * 20
"""A day with spikes and a night below zero."""
