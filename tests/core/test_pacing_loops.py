"""Wear in whole runs: equals are started equally often, and none oftener than its hour allows."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from random import Random
from typing import Any

import pytest

from controller.core.pools.wear import HOUR
from tests.core.paces import moved
from tests.scenarios.form import Scenario, scenario_of
from tests.scenarios.runner import Cycle, run


def started(cycles: list[Cycle]) -> list[tuple[datetime, str]]:
    """Who was started, and when."""
    looks = (moved(cycle.seen, cycle.before, cycle.plan) for cycle in cycles)
    return [(one.at, name) for one in looks for name in one.starts]


def rounds(stops: list[int], **pacing: Any) -> Scenario:
    """Dispatches of ten minutes, every twenty, that turn so many of ten miners off."""
    return scenario_of(
        {
            "title": "",
            "description": "",
            "minutes": 20 * len(stops) + 5,
            "site": {"import_limit_kw": 100, "headroom_percent": 0},
            "groups": {"a": {"miners": 10, "curve": "plain"}},
            "pacing": {"minimum_off_s": 60, "minimum_on_s": 60, **pacing},
            "price_per_mwh": {"0": 20},
            "happens": [
                {
                    "minute": 20 * n + 5,
                    "dispatch": {
                        "id": f"d{n}",
                        "kw": 1.5 + 3 * (10 - stop),
                        "from_minute": 20 * n + 5,
                        "to_minute": 20 * n + 15,
                    },
                }
                for n, stop in enumerate(stops)
            ],
            "expect": [],
        }
    )


ANY = Random(4)
SEVERAL = [ANY.choices(range(1, 11), k=ANY.randint(4, 8)) for _ in range(10)]
"""How many are turned off, time after time."""


@pytest.mark.parametrize("stops", [[10] * 4, [1] * 8, *SEVERAL], ids=str)
def test_the_starts_of_equals_stay_within_one_of_each_other(stops: list[int]) -> None:
    cycles = run(rounds(stops))
    found = Counter(name for _, name in started(cycles))
    assert sum(found.values()) == sum(stops)
    counts = [found[f"a-{number:02}"] for number in range(1, 11)]
    assert max(counts) - min(counts) <= 1
    wear = cycles[-1].after.wear
    assert {name: one.starts for name, one in wear.items()} == dict(found)


@pytest.mark.parametrize("most", [1, 2])
@pytest.mark.parametrize("stops", [[10] * 4, *SEVERAL[:4]], ids=str)
def test_no_miner_is_started_oftener_than_its_hour_allows(stops: list[int], most: int) -> None:
    starts = started(run(rounds(stops, starts_per_hour=most)))
    for first, _ in starts:
        within = Counter(name for at, name in starts if first <= at < first + HOUR)
        assert max(within.values()) <= most
