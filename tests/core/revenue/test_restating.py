"""Closed intervals as the revenue meter has them: a further version, nothing overwritten."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.core.books.intervals import with_cost
from controller.core.books.revenue import sides
from controller.core.books.revenue.restating import restated
from controller.model.books import Interval
from controller.model.revenue_meter import RevenueReading
from tests.core.revenue.meters import at, billed, interval, live, reading, rules


def again(
    intervals: list[Interval], readings: list[RevenueReading], **changes: Any
) -> list[Interval]:
    minutes = changes.get("minutes", 15)
    found = restated(intervals, sides.billed(readings, minutes), rules(**changes))
    settled = list(found)
    assert all(one.replaces in intervals for one in settled)
    return [one.interval for one in settled]


def test_the_utility_bills_by_its_own_meter() -> None:
    """104 kWh at 50 per MWh, where ours counted 100."""
    (one,) = again([interval(0, 100)], [reading(0, 104)])
    assert (one.version, one.energy_wh, one.billed_wh) == (2, Decimal(100_000), Decimal(104_000))
    assert (one.energy_cost, one.billed_estimated) == (Decimal("5.2"), False)


def test_also_where_both_agree_it_is_written_down_once() -> None:
    (one,) = again([interval(0, 100)], [reading(0, 100)])
    assert (one.version, one.paid_wh) == (2, Decimal(100_000))
    assert again([one], [reading(0, 100)]) == []


def test_an_estimate_of_ours_gives_way() -> None:
    guess = interval(0, energy_wh=None, energy_estimated_wh=Decimal(90_000))
    (one,) = again([guess], [reading(0, 104)])
    assert (one.energy_estimated_wh, one.paid_wh) == (Decimal(90_000), Decimal(104_000))


def test_an_interval_without_energy_gets_one() -> None:
    (one,) = again([interval(0, energy_wh=None, energy_cost=None)], [reading(0, 104)])
    assert (one.energy_wh, one.energy_cost) == (None, Decimal("5.2"))


def test_an_estimate_of_theirs_is_marked_and_later_restated() -> None:
    (first,) = again([interval(0, 100)], [reading(0, 104, estimated=True)])
    assert first.billed_estimated
    (second,) = again([first], [reading(0, 104)])
    assert (second.version, second.billed_estimated) == (3, False)


def test_without_a_price_there_is_no_cost() -> None:
    (one,) = again([interval(0, price_per_mwh=None, energy_cost=None)], [reading(0, 104)])
    assert one.energy_cost is None


def test_shorter_intervals_are_added_up() -> None:
    theirs = [reading(n, 10, minutes=5) for n in range(3)]
    (one,) = again(live([31, 29]), theirs, minutes=5)
    assert (one.start, one.billed_wh) == (at(0), Decimal(30_000))
    assert again(live([31]), theirs[1:], minutes=5) == []


def test_longer_ones_are_not_shared_out() -> None:
    assert again(live([1, 2, 3, 4]), [reading(0, 10, minutes=60)], minutes=60) == []


def test_books_that_had_another_length_before() -> None:
    (half,) = again([interval(0, 3, minutes=30)], billed([1, 3]))
    assert half.billed_wh == 4000
    (other,) = again([interval(0, 3, minutes=5), interval(0, 3)], billed([1]))
    assert (other.start, other.end) == (at(0), at(1))


def test_an_hour_of_ours_of_four_of_their_quarters() -> None:
    (one,) = again([interval(0, 10, minutes=60)], billed([1, 2, 3, 5]), interval_minutes=60)
    assert one.billed_wh == 11_000


@pytest.mark.parametrize(
    ("changes", "paid_wh"),
    [
        ({}, 100_000),
        ({"billed_wh": Decimal(1)}, 1),
        ({"billed_wh": Decimal(0)}, 0),
        ({"energy_wh": Decimal(0), "energy_estimated_wh": Decimal(3)}, 0),
        ({"energy_wh": None, "energy_estimated_wh": Decimal(3)}, 3),
        ({"energy_wh": None}, None),
    ],
)
def test_what_is_paid_for(changes: dict[str, Any], paid_wh: int | None) -> None:
    one = with_cost(interval(0, **changes))
    assert one.paid_wh == paid_wh
    expected = None if paid_wh is None else Decimal(paid_wh) * 50 / 1_000_000
    assert one.energy_cost == expected


@given(st.lists(st.integers(0, 500)), st.lists(st.integers(0, 500)))
def test_restating_settles(ours: list[int], theirs: list[int]) -> None:
    """Only what both know is restated, our own energy stays, and doing it again does nothing."""
    intervals, readings = live(ours), billed(theirs)
    newer = again(intervals, readings)
    assert len(newer) == min(len(ours), len(theirs))
    for before, one, said in zip(intervals, newer, readings, strict=False):
        assert (one.start, one.version, one.energy_wh) == (before.start, 2, before.energy_wh)
        assert one.paid_wh == said.energy_wh
    assert again(newer, readings) == []
