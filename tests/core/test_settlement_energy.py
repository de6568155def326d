"""Energy by the interval: metered where the counter says so, else an estimate that is marked."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pytest

from controller.core.books.settlement import count, settle
from controller.core.observations.metering import EnergyReading
from controller.model.books import Interval
from controller.reasons import Reason
from tests.core.cycles import Cycle, booked, cycle, every, meter, moment


def intervals(cycles: Iterable[Cycle], readings: Iterable[EnergyReading]) -> list[Interval]:
    return [each.interval for each in booked(cycles, readings)[1]]


def energies(found: Iterable[Interval]) -> list[tuple[object, object]]:
    """Metered and estimated."""
    return [(each.energy_wh, each.energy_estimated_wh) for each in found]


def steady(start: int, end: int) -> list[EnergyReading]:
    """A counter that grows by 250 Wh in 9 s, which is 100 kW."""
    return [meter(t, t * 100_000 // 3600) for t in range(start, end + 1, 9)]


def test_between_two_readings_the_counter_at_the_boundary_is_worked_out() -> None:
    readings = [meter(-30, 1_000), meter(30, 2_000), meter(870, 25_000), meter(930, 27_000)]
    before, settled = intervals(every(5, -30, 930), readings)
    assert energies([before, settled]) == [(None, 500), (24_500, None)]
    assert settled.energy_cost == Decimal("1.225")


@pytest.mark.parametrize(
    ("before", "after", "metered"), [(60, 60, True), (61, 30, False), (30, 61, False)]
)
def test_both_readings_about_a_boundary_have_to_lie_within_a_minute_of_it(
    before: int, after: int, metered: bool
) -> None:
    readings = [meter(t, t * 100_000 // 3600) for t in (0, 900 - before, 900 + after)]
    newest = {each.start: each for each in intervals(every(5, 0, 1_000), readings)}[moment(0)]
    assert (newest.energy_wh is not None) is metered
    assert (newest.energy_estimated_wh is None) is metered


def test_an_interval_waits_for_the_reading_after_its_end() -> None:
    readings = [*steady(0, 891), meter(918, 25_500)]
    acc, settled = booked(every(5, 0, 915), readings)
    assert not settled
    assert len(acc.parts) == 2
    assert energies(intervals(every(5, 0, 920), readings)) == [(25_000, None)]


def test_a_meter_whose_clock_is_ahead_closes_nothing_before_its_end() -> None:
    acc, _ = booked(every(2, 0, 898), [meter(0, 0)])
    acc, early = settle(count(acc, meter(901, 25_028)), moment(898))
    assert not early
    _, (settled,) = booked([cycle(900)], acc=acc)
    assert settled.interval.curtailed[Reason.UNPROFITABLE].energy_wh == 10_000


def test_energy_in_a_gap_within_an_interval_is_still_metered() -> None:
    cycles = [*every(5, 0, 100), *every(5, 700, 960)]
    readings = [*steady(0, 99), *steady(702, 954)]
    assert energies(intervals(cycles, readings)) == [(25_000, None)]


def test_energy_in_a_gap_over_a_boundary_is_shared_out_and_marked() -> None:
    cycles = [*every(5, 0, 600), *every(5, 1_000, 1_860)]
    readings = [*steady(0, 594), *steady(1_000, 1_860)]
    found = intervals(cycles, readings)
    assert [each.energy_wh for each in found] == [None, None]
    # both ends of the gap show 100 kW
    assert [each.energy_estimated_wh for each in found] == pytest.approx([25_000, 25_000], rel=1e-3)
    assert [each.energy_cost for each in found] == pytest.approx(
        [Decimal("1.25")] * 2, rel=Decimal("0.001")
    )


def test_without_a_counter_energy_is_power_by_time_and_marked() -> None:
    (settled,) = intervals(every(5, 0, 960, power_w=96_000), [])
    assert energies([settled]) == [(None, 24_000)]
    assert settled.energy_cost == Decimal("1.2")


def test_of_time_for_which_only_the_price_is_known_no_energy_is_claimed() -> None:
    before = every(5, 0, 100, price_from=0, price_until=1_800)
    first, second = intervals([*before, cycle(2_700)], [])
    assert energies([first, second]) == [
        (None, pytest.approx(Decimal(100_000) * 160 / 3600)),
        (None, None),
    ]
    assert second.price_per_mwh == 50
    assert second.energy_cost is None


def test_while_the_meter_is_silent_the_plan_says_what_has_to_be_counted_with() -> None:
    cycles = [*every(5, 0, 445), *every(5, 450, 960, power_w=None, expected_w=120_000)]
    assert energies(intervals(cycles, [])) == [(None, 27_500)]


@pytest.mark.parametrize("glitch_wh", [0, 4_000_000_000])
def test_a_counter_that_jumps_is_not_believed_and_the_interval_is_marked(glitch_wh: int) -> None:
    readings = [*steady(0, 441), meter(445, glitch_wh), *steady(450, 1_863)]
    first, second = intervals(every(5, 0, 1_865), readings)
    assert energies([first, second]) == [(None, 25_000), (25_000, None)]


def test_readings_that_come_again_or_too_late_change_nothing() -> None:
    readings = steady(0, 909)
    other = [reading._replace(energy_wh=reading.energy_wh + 500) for reading in readings]
    again = zip(readings, readings, other, strict=True)
    doubled = [each for alike in again for each in (*alike, readings[0])]
    assert intervals(every(5, 0, 960), doubled) == intervals(every(5, 0, 960), readings)


def test_an_interval_begun_half_way_is_an_estimate_of_the_part_that_was_seen() -> None:
    (settled,) = intervals(every(5, 450, 960), steady(450, 954))
    assert energies([settled]) == [(None, pytest.approx(12_500, rel=1e-3))]


def test_a_counter_heard_again_restates_what_was_closed_without_it() -> None:
    cycles = [*every(5, 0, 595), *every(5, 600, 1_500, power_w=None, expected_w=150_000)]
    _, settled = booked(cycles, [*steady(0, 594), meter(1_494, 41_500)])
    first, again = settled
    assert energies([first.interval]) == [(None, pytest.approx(29_167, rel=1e-3))]
    assert again.replaces == first.interval
    assert again.interval.version == 2
    assert energies([again.interval]) == [(None, pytest.approx(25_000, rel=1e-3))]
    assert again.interval.energy_cost == pytest.approx(Decimal("1.25"), rel=Decimal("0.001"))
    assert again.interval.curtailed == first.interval.curtailed


def test_a_reading_taken_in_time_and_heard_late_makes_the_restated_energy_metered() -> None:
    acc, (first,) = booked(every(5, 0, 1_100), steady(0, 891))
    assert first.interval.energy_wh is None
    acc, (again,) = settle(count(acc, meter(918, 25_500)), moment(1_100))
    assert again.replaces == first.interval
    assert energies([again.interval]) == [(25_000, None)]
    assert [part.closed for part in acc.parts] == [None]


@pytest.mark.parametrize(("looks", "versions"), [((-5, -1), [1, 2]), ((0, 5), [1])])
def test_a_closed_interval_is_restated_within_a_day(looks: list[int], versions: list[int]) -> None:
    """The counter is heard again at the last look, so many seconds from a day after the end."""
    late = [900 + 86_400 + each for each in looks]
    readings = [*steady(0, 594), meter(late[-1], late[-1] * 100_000 // 3600)]
    found = intervals([*every(5, 0, 1_000), *map(cycle, late)], readings)
    assert [each.version for each in found if each.start == moment(0)] == versions
