"""Files that are refused as a whole unless a person insists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from controller.core.books.revenue import sides
from controller.core.books.revenue.shift import shift
from controller.core.books.revenue.spans import spans
from tests.core.revenue.meters import (
    LOAD,
    NOW,
    at,
    billed,
    interval,
    live,
    proposed,
    reading,
    rules,
)


def doubts_of(readings: Sequence[object], ours: Sequence[object]) -> tuple[str, ...]:
    return proposed(billed(readings), live(ours)).doubts


def test_a_file_like_any_other() -> None:
    assert doubts_of([101, 199], [100, 200]) == ()


@pytest.mark.parametrize(
    ("theirs", "ours", "said"),
    [
        ([500], [100], "its energy is 5 times ours"),
        ([20], [100], "its energy is 0.2 times ours"),
        (["0.1"], [100], "its energy is 0.001 times ours"),
        (["0.001"], ["0.005"], "its energy is 0.2 times ours"),
        (["0.005"], ["0.001"], "its energy is 5 times ours"),
    ],
)
def test_a_factor(theirs: list[object], ours: list[object], said: str) -> None:
    (doubt,) = doubts_of(theirs, ours)
    assert doubt.startswith(f"{said}: look at unit, multiplier, loss_factor")


def test_a_thousand_times_as_much() -> None:
    (doubt,) = doubts_of([1000, 2000], [1, 2])
    assert doubt.startswith("its energy is 1000 times ours")


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [(["499.99"], [100]), (["20.01"], [100]), ([0], [100]), ([100], [0]), ([0], [0])],
)
def test_no_factor(theirs: list[object], ours: list[object]) -> None:
    """What stands still, or a meter that does, is a difference and no wrong unit."""
    assert doubts_of(theirs, ours) == ()


def test_more_than_the_site_can_draw() -> None:
    """10 MW for a quarter of an hour."""
    assert proposed([reading(0, 2500)]).doubts == ()
    (doubt,) = proposed([reading(0, 2500), reading(1, "2500.001"), reading(2, 9000)]).doubts
    assert doubt.startswith(
        "2 rows, the first row 3 with 2,500.001 kWh, are more than the site can draw in 15 "
        "minutes, 2,500.000 kWh"
    )


def test_old_files() -> None:
    years = timedelta(days=730)
    assert proposed([reading(0)], now=at(1) + years).doubts == ()
    (doubt,) = proposed([reading(0)], now=at(1) + years + timedelta(seconds=1)).doubts
    assert doubt == "it ends at 2025-07-01T05:15Z, more than 730 days ago (oldest_days)"


def test_half_a_file() -> None:
    (doubt,) = proposed([reading(0)], broken_off=True).doubts
    assert doubt.startswith("it breaks off at 2025-07-01T05:15Z, within a line and a day")


def test_estimates_in_the_place_of_readings() -> None:
    estimates = [reading(0, 2, estimated=True), reading(1, 2, estimated=True)]
    (doubt,) = proposed(estimates, known=[reading(0), reading(1)]).doubts
    assert doubt.startswith("2 estimates, the first at 2025-07-01T05:00Z, would restate")


def test_another_energy_under_a_known_revision() -> None:
    (doubt,) = proposed([reading(0, 2, revision=1)], known=[reading(0, revision=1)]).doubts
    assert doubt.startswith("1 intervals, the first at 2025-07-01T05:00Z, have another energy")


def shifted(kwh: Sequence[object], ours: Sequence[object], by: int) -> timedelta | None:
    """Of readings that stand `by` quarters too early beside what we counted."""
    theirs = billed(kwh, first=-by)
    return shift(spans(sides.live(live(ours), 15), sides.billed(theirs, 15), rules()))


@pytest.mark.parametrize("by", [1, -1, 2, -2, 4, -4])
def test_times_that_are_out(by: int) -> None:
    """By an interval where the stamp is that of the other end, by hours where the zone is wrong."""
    load = [kwh + 7 * n for n, kwh in enumerate(LOAD * 2)]
    assert shifted(load, load, by) == timedelta(minutes=15) * by


def test_times_that_are_out_by_a_zone() -> None:
    load = [n * n % 397 for n in range(192)]
    assert shifted(load, load, 56) == timedelta(hours=14)
    assert shifted(load, load, -56) == timedelta(hours=-14)
    assert shifted(load, load, 58) is None


def test_times_that_are_right() -> None:
    assert shifted(LOAD, LOAD, 0) is None
    assert shifted(LOAD, [kwh * 1.03 for kwh in LOAD], 0) is None


def test_a_load_that_does_not_change_tells_nothing() -> None:
    assert shifted([100] * 40, [100] * 40, 4) is None
    assert shifted([100] * 40, [80] * 40, 0) is None


def pulse(kwh: object, base: object, place: int, count: int) -> list[object]:
    """One interval of another energy among `count`."""
    return [kwh if number == place else base for number in range(count)]


def beside(ours: Sequence[object], theirs: Sequence[object]) -> timedelta | None:
    return shift(spans(sides.live(live(ours), 15), sides.billed(billed(theirs), 15), rules()))


@pytest.mark.parametrize(("kwh", "found"), [(39 + 16, False), (39 + 17, True)])
def test_less_than_a_twentieth_is_not_noticed(kwh: int, *, found: bool) -> None:
    """A pulse of 16 kWh one quarter off, on 39: 2 kWh a quarter, of 40 that are billed."""
    ours, theirs = pulse(kwh, 39, 8, 17), pulse(kwh, 39, 7, 16)
    assert beside(ours, theirs) == (timedelta(minutes=15) if found else None)


@pytest.mark.parametrize(("kwh", "found"), [(31, False), ("31.001", True)])
def test_elsewhere_it_has_to_be_four_times_nearer(kwh: object, *, found: bool) -> None:
    """They say 1 kWh more in each of 20 quarters, and have the pulse a quarter too early: on
    average (2 x 31 + 18) / 20 = 4 kWh apart as it stands, and 1 kWh a quarter later."""
    ours, theirs = pulse(kwh, 0, 8, 21), pulse(float(str(kwh)) + 1, 1, 7, 20)
    assert beside(ours, theirs) == (timedelta(minutes=15) if found else None)


def test_a_mean_is_of_what_meets() -> None:
    """As before with 30 kWh: a quarter later one interval less meets ours, which is no merit."""
    assert beside(pulse(30, 0, 8, 20), pulse(31, 1, 7, 20)) is None


def test_too_little_tells_nothing() -> None:
    load = [0, 500] * 8
    few = load[:9]
    assert shifted(few, few, 1) == timedelta(minutes=15)
    assert shifted(few[1:], few[1:], 1) is None
    assert shifted(load, load[:1], 0) is None
    assert beside(few[:8], few[1:9]) is None
    assert shift(()) is None


@pytest.mark.parametrize(("theirs", "found"), [(20, True), (21, False)])
def test_half_of_the_file_has_to_meet_ours(theirs: int, *, found: bool) -> None:
    load = [number * number % 397 for number in range(24)]
    assert beside(load[:11], load[1 : theirs + 1]) == (timedelta(minutes=15) if found else None)


def test_a_shift_is_said() -> None:
    load = [kwh + 7 * n for n, kwh in enumerate(LOAD * 2)]
    (doubt,) = proposed(billed(load, first=-4), live(load)).doubts
    assert doubt == "its energies fit ours +1 h from where they stand: look at zone and stamp"


def test_what_is_doubted_is_looked_at_all_the_same() -> None:
    found = proposed([reading(0, 1)], [interval(0, 1000)], now=NOW)
    assert found.doubts
    assert found.difference.live_wh == Decimal(1_000_000)
    assert len(found.restated) == 1
