"""The books go on after a restart, and leave alone what was recorded before it."""

from __future__ import annotations

import pytest

from controller.core.books.settlement import carried_on, count, settle
from controller.reasons import Reason
from tests.core.cycles import NEW, booked, cycle, every, meter, moment

RESTART = moment(900)


def test_what_was_recorded_is_not_restated_when_the_counter_is_heard_again() -> None:
    acc, (first,) = booked(every(5, 0, 1_000), [meter(0, 0)])
    assert first.interval.energy_wh is None
    _, again = settle(count(carried_on(acc, RESTART), meter(900, 25_000)), moment(1_000))
    assert not again


def test_the_open_interval_goes_on_where_it_was() -> None:
    acc, _ = booked(every(5, 0, 1_000))
    _, (settled,) = booked(every(5, 1_005, 1_860), acc=carried_on(acc, RESTART))
    assert settled.interval.start == RESTART
    assert settled.interval.curtailed[Reason.UNPROFITABLE].energy_wh == 10_000


def test_of_the_counters_growth_since_before_the_restart_what_is_open_gets_its_share() -> None:
    readings = [meter(0, 0), meter(1_860, 51_667)]
    _, (settled,) = booked([cycle(1_860)], readings, carried_on(NEW, RESTART))
    assert settled.interval.start == RESTART
    # 100 kW for a quarter of an hour
    assert settled.interval.energy_estimated_wh == pytest.approx(25_000, rel=1e-4)
