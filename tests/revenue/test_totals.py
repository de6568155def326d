"""Totals of the books are of what the revenue meter counted, where that is known."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from controller.app.books import Books
from controller.core.books.revenue.restating import restated
from controller.core.books.revenue.sides import billed
from controller.core.books.settlement import Rules
from controller.core.observations.metering import MeterBounds
from controller.model.records import RevenueImported
from tests.core.revenue.meters import at, interval, reading, rules

RULES = Rules(bounds=MeterBounds(max_w=10_000_000))
IMPORTED = RevenueImported(at=at(9), person="Ada", file="july.csv", sha256="00", read=1)


def test_totals_follow() -> None:
    first = interval(0, 100)
    books = Books(RULES, closed=[first, interval(1, 50)])
    (one,) = restated([first], billed([reading(0, 104)], 15), rules())
    books.amend([one], IMPORTED)
    assert books.totals.energy_wh == 154_000
    assert books.totals.energy_cost == Decimal("7.7")
    assert books.imported == IMPORTED


def test_totals_after_a_restart_are_the_same() -> None:
    (one,) = restated([interval(0, 100)], billed([reading(0, 104)], 15), rules())
    books = Books(RULES, closed=[one.interval], imported=IMPORTED)
    assert books.totals.energy_cost == Decimal("5.2")
    assert books.imported == IMPORTED
    assert books.totals.since == at(1) - timedelta(minutes=15)
