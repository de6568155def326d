"""`ledger demand`: each month's highest demand beside the power that is reserved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from controller.model.records import IntervalClosed
from tests.commands.conftest import Told
from tests.commands.test_books import keep
from tests.config.sound import SOUND
from tests.core.revenue.meters import interval, live

DEMAND = ("ledger", "demand", "--config", "site.yaml")
TARIFF = """
tariff:
  name: an example
  reserved:
    - {name: night, kw: 1000, hours: "00:00-00:30", per_kw_month: 14.3, excess_per_kw: 40}
    - {name: all, kw: 4000, per_kw_month: 4.1}
"""


@pytest.fixture
def kept(folder: Path) -> Path:
    """Books from midnight of 1 July in Chicago on; the last quarter was not metered."""
    (folder / "site.yaml").write_text(SOUND + TARIFF)
    every = [*live([100, 260, 900]), interval(3, energy_wh=None)]
    keep(folder, [IntervalClosed(at=one.end, interval=one) for one in every])
    return folder


@pytest.mark.usefixtures("kept")
def test_of_each_month_and_reservation_it_shows_the_highest(told: Told) -> None:
    done = told(*DEMAND)
    assert done.code == 0, done.error
    assert [" ".join(line.split()) for line in done.out.splitlines()[1:]] == [
        "2025-07 night 1,000.00 1,040.00 2025-07-01T05:15Z 14,300.00 40.00 1,600.00 0",
        "2025-07 all 4,000.00 3,600.00 2025-07-01T05:30Z 16,400.00 0.00 0.00 1",
    ]


@pytest.mark.usefixtures("kept")
def test_for_programs(told: Told) -> None:
    night, every = json.loads(told(*DEMAND, "--json", "--until", "2025-07-01T05:15:00Z").out)
    assert night == {
        "month": "2025-07",
        "hours": "night",
        "reserved_kw": 1000,
        "highest_kw": 400,
        "at": "2025-07-01T05:00Z",
        "charge": 14300,
        "excess_kw": 0,
        "penalty": 0,
        "unknown": 0,
    }
    assert every["charge"] == 16_400
    (unmetered,) = json.loads(told(*DEMAND, "--json", "--since", "2025-07-01T05:45:00Z").out)
    assert (unmetered["highest_kw"], unmetered["at"], unmetered["unknown"]) == (None, None, 1)
    line = told(*DEMAND, "--since", "2025-07-01T05:45:00Z").out.splitlines()[-1]
    assert " ".join(line.split()) == "2025-07 all 4,000.00 - - 16,400.00 0.00 0.00 1"


def test_demand_is_of_the_windows_that_the_tariff_names(kept: Path, told: Told) -> None:
    (kept / "site.yaml").write_text(f"{SOUND}{TARIFF}  demand_minutes: 30\n")
    night, every = json.loads(told(*DEMAND, "--json").out)
    assert (night["highest_kw"], night["at"]) == (720, "2025-07-01T05:00Z")
    assert (every["highest_kw"], every["unknown"]) == (720, 1)


def test_without_anything_reserved_it_says_so(folder: Path, told: Told) -> None:
    (folder / "site.yaml").write_text(SOUND)
    refused = told(*DEMAND)
    assert refused.code == 1
    assert "tariff.reserved: is missing: say there what power is reserved" in refused.error


def test_without_books_it_says_so(folder: Path, told: Told) -> None:
    (folder / "site.yaml").write_text(SOUND + TARIFF)
    refused = told(*DEMAND)
    assert refused.code == 1
    assert "there is no ledger here" in refused.error
