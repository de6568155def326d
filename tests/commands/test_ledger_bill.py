"""`ledger bill` and `ledger demand`: what the utility's paper should say."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from controller.model.records import IntervalClosed
from tests.commands.conftest import Told
from tests.commands.test_books import keep
from tests.config.sound import spoilt
from tests.core.revenue.meters import interval

BILL = ("ledger", "bill", "--config", "site.yaml")
DEMAND = ("ledger", "demand", "--config", "site.yaml")
END = "state_dir: state\n"
BOUGHT = """supply:
  forwards: [{name: block, kw: 400, price_per_mwh: 40}]
tariff:
  name: a test's
  reserved:
    - {name: all-day, kw: 600, excess: pay, per_kw_month: 5, excess_per_kw: 20}
    - {name: morning, hours: "00:00-00:15", kw: 900, excess: pay}
"""


@pytest.fixture
def books(folder: Path) -> None:
    """Three quarters from midnight on at the site: 200 kWh at 50, none at 100, one that nobody
    metered. 100 kWh of each were bought at 40. Losses and tax make 10 % of it more."""
    spoilt(folder, END, END + BOUGHT)
    whole = interval(0, 200, market_per_mwh=Decimal(50), energy_cost=Decimal(11))
    none = interval(1, 0, market_per_mwh=Decimal(100), energy_cost=Decimal(0))
    gone = interval(2, 0, energy_wh=None, energy_cost=None, market_per_mwh=Decimal(50))
    keep(folder, [IntervalClosed(at=one.end, interval=one) for one in (whole, none, gone)])


@pytest.mark.usefixtures("books")
def test_the_bill_of_a_month(told: Told) -> None:
    """100 kWh at 10 less than the market, 100 kWh of which 60 each MWh were earned by leaving
    them: 11 - 1 - 6 to pay."""
    assert json.loads(told(*BILL, "--json").out) == [
        {
            "time": "2025-07",
            "drawn_kwh": 200.0,
            "energy_at_market": 10.0,
            "all_parts": 11.0,
            "bought_kwh": 200.0,
            "bought_cost": 8.0,
            "bought_difference": -7.0,
            "sold_back_kwh": 100.0,
            "bill": 4.0,
            "unknown_intervals": 1,
        }
    ]


@pytest.mark.usefixtures("books")
def test_the_bill_of_intervals_for_a_reader(told: Told) -> None:
    done = told(*BILL, "--by", "interval", "--until", "2025-07-01T05:30:00Z")
    _, first, second = done.out.splitlines()
    assert " ".join(first.split()) == "2025-07-01T05:00Z 200.00 10.00 11.00 100.00 4.00 0.00 10.00"
    assert " ".join(second.split()) == "2025-07-01T05:15Z 0.00 0.00 0.00 100.00 4.00 100.00 -6.00"


@pytest.mark.usefixtures("books")
def test_what_is_not_in_the_sums_is_said(told: Told) -> None:
    assert told(*BILL, "--by", "day").out.splitlines()[-1] == (
        "intervals of which a price or the energy is not known, not in the sums: 1"
    )


@pytest.mark.usefixtures("books")
def test_demand_beside_what_is_reserved(told: Told) -> None:
    """200 kWh in a quarter of an hour are 800 kW."""
    day, morning = json.loads(told(*DEMAND, "--json").out)
    assert day == {
        "month": "2025-07",
        "hours": "all-day",
        "reserved_kw": 600.0,
        "highest_kw": 800.0,
        "at": "2025-07-01T05:00Z",
        "charge": 3000.0,
        "excess_kw": 200.0,
        "penalty": 4000.0,
        "unknown": 1,
    }
    assert (morning["hours"], morning["highest_kw"], morning["excess_kw"]) == ("morning", 800, 0)


@pytest.mark.usefixtures("books")
def test_demand_for_a_reader(told: Told) -> None:
    head, day, _ = told(*DEMAND).out.splitlines()
    assert head.split()[:4] == ["month", "hours", "reserved", "kW"]
    assert day.split()[1:4] == ["all-day", "600.00", "800.00"]


@pytest.mark.usefixtures("books")
def test_there_is_none_before_the_time_asked_for(told: Told) -> None:
    assert json.loads(told(*DEMAND, "--since", "2025-08-01T05:00:00Z", "--json").out) == []


def test_demand_needs_power_that_is_reserved(told: Told) -> None:
    done = told(*DEMAND)
    assert done.code == 1
    assert "tariff.reserved: is missing" in done.error
