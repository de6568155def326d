"""What a path comes to, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from controller.backtest.yardsticks.fixed import always_on, off
from controller.backtest.yardsticks.machine import Machine, Market, Start
from controller.backtest.yardsticks.settlement import account, settle
from tests.backtest.yardsticks.histories import HALF, OFF, ON, machine, machines, market, markets

HEAVY = Start(lost_h=0.75, wear_per_mw=4.0)
AT_60 = market([60.0] * 5)
"""Half an hour on earns 50 and draws 0.55 MWh for 33; off draws 0.05 MWh for 3."""


def test_a_start_costs_wear_and_the_hash_of_its_first_hours() -> None:
    flows = settle(machine(start=HEAVY), AT_60, [1, 0, 1, 1, 1])
    # 0.75 h without hash are all of the first half hour and half of the second.
    assert list(flows.profit) == pytest.approx([17, -3, -33 - 4, 25 - 33, 17])
    assert list(flows.energy_mwh) == pytest.approx([0.55, 0.05, 0.55, 0.55, 0.55])
    assert list(flows.hours) == [0.5, 0, 0.5, 0.5, 0.5]
    assert list(flows.starts) == [0, 0, 1, 0, 0]
    assert flows.total == pytest.approx(17 - 3 - 37 - 8 + 17)


def test_a_start_that_is_broken_off_loses_all_of_it_again() -> None:
    flows = settle(machine(start=HEAVY), AT_60, [0, 1, 0, 1, 1])
    assert list(flows.profit) == pytest.approx([-3, -37, -3, -37, 25 - 33])


def test_wear_is_by_the_rung_started_and_a_change_is_free() -> None:
    started_low = machine(OFF, HALF, ON, start=Start(lost_h=0.0, wear_per_mw=4.0))
    flows = settle(started_low, AT_60, [0, 1, 2, 1, 1])
    assert list(flows.profit) == pytest.approx([-3, 30 - 18 - 2, 17, 12, 12])


def test_it_has_long_been_running_before() -> None:
    flows = settle(machine(start=HEAVY), AT_60, [1] * 5)
    assert flows.total == pytest.approx(5 * 17)
    assert sum(flows.starts) == 0


def test_money_and_energy_are_of_all_miners_time_and_starts_of_one() -> None:
    one = machine(start=HEAVY)
    flows, flows_of_7 = (settle(replace(one, count=n), AT_60, [1, 0, 1, 1, 1]) for n in (1, 7))
    assert flows_of_7.total == pytest.approx(7 * flows.total)
    assert sum(flows_of_7.energy_mwh) == pytest.approx(7 * sum(flows.energy_mwh))
    assert flows_of_7.hours == flows.hours
    assert flows_of_7.starts == flows.starts


def test_a_path_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        settle(machine(), AT_60, [1, 1])


def test_a_day_has_the_sums_of_its_intervals() -> None:
    one, first, second = machine(start=HEAVY), date(2022, 11, 5), date(2022, 11, 6)
    flows, on = (settle(one, AT_60, path) for path in ([1, 0, 1, 1, 1], always_on(one, AT_60)))
    found = account("strike", flows, on, [first, first, second, second, second])
    assert found.name == "strike"
    assert list(found.days) == [first, second]
    day = found.days[first]
    assert day.profit == pytest.approx(17 - 3)
    assert day.energy_mwh == pytest.approx(0.6)
    assert day.curtailed_mwh == pytest.approx(0.5)
    assert (day.hours, day.starts) == (0.5, 0)
    assert (found.days[second].hours, found.days[second].starts) == (1.5, 1)


def test_what_is_drawn_beyond_always_on_is_not_curtailed() -> None:
    levels = machine(OFF, HALF, ON)
    on = settle(levels, AT_60, always_on(levels, AT_60, on_rung=1))
    above = settle(levels, AT_60, [2, 0, 2, 2, 2])
    day = account("strike", above, on, [date(2022, 1, 1)] * 5).days[date(2022, 1, 1)]
    # Half runs at 0.3 MWh in half an hour: only the one pause at 0.05 MWh counts.
    assert day.curtailed_mwh == pytest.approx(0.25)


def test_always_on_is_at_the_top_rung_or_the_one_named() -> None:
    levels = machine(OFF, HALF, ON)
    assert always_on(levels, AT_60) == bytes([2] * 5)
    assert always_on(levels, AT_60, on_rung=1) == bytes([1] * 5)


@given(machines(), markets())
def test_off_pays_for_standby_and_nothing_else(one: Machine, at: Market) -> None:
    flows = settle(one, at, off(at))
    standby_mwh = one.count * one.rungs[0].power_w / 1e6 * at.hours
    assert flows.total == pytest.approx(-standby_mwh * sum(at.price))
    assert sum(flows.hours) == sum(flows.starts) == 0
