"""The books over a restart: nothing is lost, nothing is recorded twice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from controller.app.books import Books
from controller.core.observations.metering import EnergyReading
from controller.model.base import encode, from_plain, to_plain
from controller.model.books import Interval, Totals
from tests.core.cycles import RULES, Cycle, cycle, every, meter, moment

DAY = every(5, 0, 2_800)
READINGS = [meter(t, t * 100_000 // 3600) for t in range(0, 2_800, 9)]


def last_read(at: Cycle, readings: list[EnergyReading]) -> EnergyReading | None:
    return max((each for each in readings if each.at <= at[0].now), default=None)


def run(
    books: Books, cycles: list[Cycle], readings: list[EnergyReading] = READINGS
) -> list[Interval]:
    found = []
    for each in cycles:
        found += books.on_cycle(*each, last_read(each, readings))
    return found


def test_intervals_come_out_once_as_they_end() -> None:
    found = run(Books(RULES), DAY)
    assert [each.start for each in found] == [moment(0), moment(900), moment(1_800)]
    assert [each.energy_wh for each in found] == [25_000] * 3


def test_totals_are_the_closed_intervals_and_the_open_one() -> None:
    books = Books(RULES)
    assert books.totals == Totals()
    found = run(books, DAY)
    assert books.open is not None
    assert books.open.start == moment(2_700)
    # 100 s of 40 kW at 50 $/MWh
    assert sum(each.avoided_cost for each in books.open.curtailed.values()) == pytest.approx(
        Decimal(40_000) * 100 / 3600 * 50 / 1_000_000
    )
    totals = books.totals
    assert totals.since == moment(0)
    all_of = [*found, books.open]
    assert totals.hash_revenue == sum(each.hash_revenue for each in all_of)
    assert totals.energy_cost == sum(each.energy_cost or 0 for each in all_of)
    assert totals.energy_wh == 75_000 + (books.open.energy_estimated_wh or 0)
    assert totals.curtailed_wh == pytest.approx(Decimal(40_000) * 2_800 / 3600)


@pytest.mark.parametrize("crash", [1, 120, 181, 300, 540])
def test_a_restart_changes_nothing(crash: int) -> None:
    straight = Books(RULES)
    expected = run(straight, DAY)
    before = run(Books(RULES), DAY[:crash])
    known = [each for each in READINGS if each.at <= DAY[crash - 1][0].now]
    restarted = Books(RULES, cycles=DAY[:crash], readings=known, closed=before)
    after = run(restarted, DAY[crash:])
    assert [*before, *after] == expected
    assert restarted.totals == straight.totals
    assert restarted.open == straight.open


def test_what_was_closed_but_not_recorded_is_recorded_after_the_restart() -> None:
    expected = run(Books(RULES), DAY)
    restarted = Books(RULES, cycles=DAY, readings=READINGS, closed=expected[:1])
    assert run(restarted, [cycle(2_805)]) == expected[1:]
    assert run(restarted, [cycle(2_810)]) == []


def test_energy_of_before_the_restart_does_not_open_a_recorded_interval_again() -> None:
    recorded = run(Books(RULES), DAY)[:1]
    restarted = Books(RULES, readings=[meter(0, 0)], closed=recorded)
    found = run(restarted, every(5, 1_000, 1_900), [*READINGS[150:]])
    assert [each.start for each in found] == [moment(900)]
    assert restarted.totals.energy_wh < 60_000


def test_when_nobody_says_what_was_recorded_only_the_open_interval_is_carried_on() -> None:
    expected = run(Books(RULES), [*DAY, *every(5, 2_805, 3_700)])[-1]
    restarted = Books(RULES, cycles=DAY)
    assert restarted.totals.since == moment(2_700)
    (found,) = run(restarted, every(5, 2_805, 3_700), READINGS[-1:])
    assert found.curtailed == expected.curtailed
    assert found.hash_revenue == expected.hash_revenue
    # nobody kept the counter's readings of before
    assert found.energy_wh is None
    assert found.energy_estimated_wh == 25_000


def test_totals_go_on_from_the_newest_version_of_each_recorded_interval() -> None:
    first, second, _ = run(Books(RULES), DAY)
    restated = from_plain(to_plain(first) | {"version": 2, "energy_cost": "7"}, Interval)
    totals = Books(RULES, closed=[first, restated, second]).totals
    assert totals.energy_cost == 7 + Decimal("1.25")
    assert totals.energy_wh == 50_000
    assert totals.since == moment(0)


def test_a_restated_interval_replaces_the_first_version_in_the_totals() -> None:
    books = Books(RULES)
    deaf = every(5, 0, 1_500, power_w=150_000)
    readings = [meter(0, 0), meter(1_490, 41_389)]
    (first,) = run(books, deaf[:250], readings)
    assert books.open is not None
    assert books.totals.energy_wh == 37_500 + (books.open.energy_estimated_wh or 0)
    (again,) = run(books, deaf[250:], readings)
    assert (first.version, again.version) == (1, 2)
    assert first.energy_estimated_wh == 37_500
    assert again.energy_estimated_wh == pytest.approx(25_000, rel=1e-3)
    opened = books.open
    assert opened is not None
    assert books.totals.energy_wh == (again.energy_estimated_wh or 0) + (
        opened.energy_estimated_wh or 0
    )


def test_what_comes_out_can_be_written_down() -> None:
    for interval in run(Books(RULES), DAY):
        assert encode(from_plain(to_plain(interval), Interval)) == encode(interval)


def test_a_site_without_a_counter_is_booked_by_its_power() -> None:
    found = run(Books(RULES), DAY, [])
    assert [each.energy_wh for each in found] == [None] * 3
    assert [each.energy_estimated_wh for each in found] == [25_000] * 3
