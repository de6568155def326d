"""`ledger work`: accepted work beside what revenue is reckoned by."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from controller.model.books import CurtailedEnergy
from controller.model.records import IntervalClosed
from controller.reasons import Reason
from tests.commands.conftest import Told
from tests.commands.test_books import keep
from tests.core.revenue.meters import interval

WORK = ("ledger", "work", "--config", "site.yaml")


@pytest.fixture
def books(folder: Path) -> None:
    """Three quarters of the books, 5 $ given up in each; of the last no work is known."""
    gone = CurtailedEnergy(
        energy_wh=Decimal(1), avoided_cost=Decimal(1), foregone_revenue=Decimal(5)
    )
    known = [(Decimal(60_000), Decimal(57_000)), (Decimal(40_000), Decimal(38_000)), (None, None)]
    curtailed = {Reason.UNPROFITABLE: gone}
    made = [
        interval(quarter, curtailed=curtailed, expected_th=expected, accepted_th=accepted)
        for quarter, (expected, accepted) in enumerate(known)
    ]
    keep(folder, [IntervalClosed(at=one.end, interval=one) for one in made])


def test_without_books_it_is_said(told: Told) -> None:
    done = told(*WORK)
    assert (done.code, "there is no ledger here" in done.error) == (1, True), done.error


@pytest.mark.usefixtures("books")
def test_a_day(told: Told) -> None:
    head, row = told(*WORK).out.splitlines()
    assert head.split()[:4] == ["time", "expected", "PH", "accepted"]
    assert row.split() == ["2025-07-01", "100", "95", "0.95", "15", "14.25"]


@pytest.mark.usefixtures("books")
def test_what_is_not_known_is_left_out_and_not_counted_as_nothing(told: Told) -> None:
    since = told(*WORK, "--since", "2025-07-01T05:30:00Z", "--by", "month", "--json")
    assert json.loads(since.out) == [
        {
            "time": "2025-07",
            "expected_ph": 0.0,
            "accepted_ph": 0.0,
            "ratio": None,
            "foregone_revenue": 5.0,
            "foregone_as_accepted": None,
        }
    ]
    until = told(*WORK, "--until", "2025-07-01T05:15:00Z", "--json")
    assert [one["expected_ph"] for one in json.loads(until.out)] == [60.0]
