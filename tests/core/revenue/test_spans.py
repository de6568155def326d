"""Two meters side by side."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.core.books.revenue import sides
from controller.core.books.revenue.periods import by_period
from controller.core.books.revenue.spans import Span, comparison, is_apart, spans
from controller.model.books import Interval
from controller.model.revenue_meter import Comparison, RevenueReading
from tests.core.revenue.meters import T0, at, billed, interval, live, reading, rules
from tests.revenue.files import ZONE


def beside(
    intervals: list[Interval], readings: list[RevenueReading], **changes: Any
) -> tuple[Span, ...]:
    minutes = changes.get("minutes", 15)
    ours = sides.live(intervals, changes.get("interval_minutes", 15))
    theirs = sides.billed(readings, minutes)
    return spans(ours, theirs, rules(**changes))


def energy(wh: int, *, estimated: bool = False) -> sides.Energy:
    return sides.Energy(Decimal(wh), estimated)


def test_equal_lengths() -> None:
    found = beside(live([100, 90]), billed([100, 100]))
    assert [(one.start, one.end, one.difference_wh) for one in found] == [
        (at(0), at(1), Decimal(0)),
        (at(1), at(2), Decimal(-10_000)),
    ]


def test_shorter_intervals_are_added_up() -> None:
    theirs = [reading(n, 10 + n, minutes=5) for n in range(3)]
    (one,) = beside([interval(0, 30)], theirs, minutes=5)
    assert one.billed == energy(33_000)
    assert one.difference_wh == -3000


def test_longer_intervals_are_compared_whole() -> None:
    (one,) = beside(live([1, 2, 3, 4]), [reading(0, 11, minutes=60)], minutes=60)
    assert (one.start, one.end, one.live) == (at(0), at(4), energy(10_000))
    assert one.difference_wh == -1000


def test_lengths_that_do_not_divide_each_other() -> None:
    ours = [interval(n, 2, minutes=10) for n in range(3)]
    (one,) = beside(ours, billed([3, 4]), interval_minutes=10)
    assert (one.end - one.start, one.difference_wh) == (timedelta(minutes=30), Decimal(-1000))


def test_what_is_missing_leaves_its_span_without_that_side() -> None:
    (one,) = beside(live([1, 2, 3]), [reading(0, 6, minutes=60)], minutes=60)
    assert (one.live, one.difference_wh) == (None, None)
    (other,) = beside([interval(0)], [reading(n, minutes=5) for n in (0, 2)], minutes=5)
    assert (other.billed, other.difference_wh) == (None, None)


def test_estimates_are_marked_through_sums() -> None:
    guess = interval(1, energy_wh=None, energy_estimated_wh=Decimal(7))
    nothing = interval(2, energy_wh=None, energy_cost=None)
    assert sides.live([interval(0, 1), guess, nothing], 15) == {
        at(0): energy(1000),
        at(1): energy(7, estimated=True),
    }
    theirs = sides.billed([reading(0, 1), reading(1, 2, estimated=True)], 15)
    assert sides.summed(theirs, T0, minutes=30, step=15) == energy(3000, estimated=True)
    assert sides.summed(theirs, T0, minutes=15, step=15) == energy(1000)


def test_what_has_another_length_is_another_side() -> None:
    assert sides.live([interval(0, minutes=60), interval(1, 2)], 15) == {at(1): energy(2000)}
    assert sides.billed([reading(0, minutes=60)], 15) == {}


def test_hours_that_begin_on_the_half() -> None:
    half = RevenueReading(start=T0 + timedelta(minutes=30), minutes=60, energy_wh=Decimal(9000))
    (_, one, _) = beside(live([1, 1, 2, 2, 2, 2, 1]), [half], minutes=60)
    assert (one.start, one.difference_wh) == (half.start, Decimal(-1000))


@pytest.mark.parametrize(
    ("ours", "theirs", "apart"),
    [
        (102, 100, False),
        ("102.001", 100, True),
        (98, 100, False),
        ("97.999", 100, True),
        (11, 10, False),
        ("11.001", 10, True),
        (1, 0, False),
        ("1.001", 0, True),
    ],
)
def test_the_tolerance(ours: object, theirs: object, *, apart: bool) -> None:
    """2 %, or 1 kWh where that is more."""
    (one,) = beside([interval(0, ours)], [reading(0, theirs)])
    assert is_apart(one, rules()) is apart


def test_what_one_side_lacks_is_not_apart() -> None:
    (one,) = beside([interval(0)], [])
    (other,) = beside([], [reading(0)])
    assert not is_apart(one, rules())
    assert not is_apart(other, rules())


def test_what_it_comes_to() -> None:
    ours, theirs = live([100, 90, 105, 7]), [*billed([100, 100, 100]), reading(4, 9)]
    found = comparison(beside(ours, theirs), rules())
    assert found == Comparison(
        start=at(0),
        end=at(5),
        spans=3,
        live_wh=Decimal(295_000),
        billed_wh=Decimal(300_000),
        apart=2,
        missing_live=1,
        missing_billed=1,
        worst_at=at(1),
        worst_wh=Decimal(-10_000),
    )
    assert found.difference_wh == -5000
    assert found.ratio == Decimal(-5000) / 300_000


def test_what_neither_covers_whole_is_missing_on_no_side() -> None:
    """Three quarters of an hour, where the other side counts by the hour."""
    for part, length in (
        (beside([], billed([1, 2, 3]), interval_minutes=60), rules(interval_minutes=60)),
        (beside(live([1, 2, 3]), [], minutes=60), rules(minutes=60)),
    ):
        found = comparison(part, length)
        assert (len(part), found.missing_live, found.missing_billed) == (1, 0, 0)


def test_nothing_to_compare() -> None:
    assert comparison((), rules()) == Comparison()
    assert Comparison().ratio is None


def test_days_and_months_are_those_of_the_site() -> None:
    """Midnight of Chicago is five in the morning, UTC."""
    found = beside(live([1, 2, 3], first=-1), billed([1, 1, 1], first=-1))
    days = by_period(found, "day", rules(), ZONE)
    assert {day: one.live_wh for day, one in days.items()} == {
        "2025-06-30": 1000,
        "2025-07-01": 5000,
    }
    assert {
        month: one.spans for month, one in by_period(found, "month", rules(), ZONE).items()
    } == {
        "2025-06": 1,
        "2025-07": 2,
    }


ENERGIES = st.dictionaries(st.integers(0, 60), st.integers(0, 500), max_size=40)
LENGTHS = st.sampled_from([5, 10, 15, 20, 30, 60])


@given(ENERGIES, ENERGIES, LENGTHS, LENGTHS)
def test_no_energy_is_invented_or_lost(
    ours: dict[int, int], theirs: dict[int, int], minutes: int, interval_minutes: int
) -> None:
    intervals = [interval(n, kwh, minutes=interval_minutes) for n, kwh in ours.items()]
    readings = [reading(n, kwh, minutes=minutes) for n, kwh in theirs.items()]
    found = beside(intervals, readings, minutes=minutes, interval_minutes=interval_minutes)
    assert all(one.end <= after.start for one, after in pairwise(found))
    for one in found:
        counted = [each for each in intervals if one.start <= each.start < one.end]
        if one.live is not None:
            assert one.live.wh == sum(each.energy_wh or 0 for each in counted)
        else:
            assert len(counted) * interval_minutes < (one.end - one.start).seconds // 60
    total = comparison(found, rules())
    assert total.spans + total.missing_live + total.missing_billed <= len(found)
    assert total.apart <= total.spans
    assert abs(total.difference_wh) <= total.spans * abs(total.worst_wh)


@given(ENERGIES, ENERGIES)
def test_periods_come_to_the_whole(ours: dict[int, int], theirs: dict[int, int]) -> None:
    found = beside(
        [interval(n, kwh) for n, kwh in ours.items()],
        [reading(n, kwh) for n, kwh in theirs.items()],
    )
    whole, days = comparison(found, rules()), by_period(found, "day", rules(), ZONE).values()
    assert whole.live_wh == sum(day.live_wh for day in days)
    assert whole.billed_wh == sum(day.billed_wh for day in days)
    assert whole.apart == sum(day.apart for day in days)
    assert abs(whole.worst_wh) == max((abs(day.worst_wh) for day in days), default=0)
