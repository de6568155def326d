"""The strike price, step by step."""

from __future__ import annotations

from math import isnan, nan

import pytest
from hypothesis import given

from controller.backtest.yardsticks.cycles import cycles
from controller.backtest.yardsticks.machine import Machine, Market, Rung, Start
from controller.backtest.yardsticks.settlement import settle
from controller.backtest.yardsticks.strike import AT_BREAK_EVEN, Parameters, strike
from tests.backtest.yardsticks.histories import (
    CLOSE,
    HALF,
    OFF,
    ON,
    allowed,
    machine,
    machines,
    market,
    markets,
    parameters,
)

HELD = Parameters(k_off=1.5, k_on=0.8, hold=2)


def test_it_runs_up_to_the_break_even_and_at_it() -> None:
    assert strike(machine(), market([99, 100, 100.001, 5_000, 100, -20])) == bytes(
        [1, 1, 0, 0, 1, 1]
    )


def test_it_goes_by_the_price_it_sees() -> None:
    late = market([60, 900, 60, 60], seen=[60, 60, 900, 60])
    assert strike(machine(), late) == bytes([1, 1, 0, 1])


def test_the_break_even_follows_what_hash_earns() -> None:
    assert strike(machine(), market([60, 60, 60], per_ths_h=[0.01, 0.005, 0.006])) == bytes(
        [1, 0, 1]
    )


def test_hash_that_earns_nothing_runs_where_power_costs_nothing() -> None:
    assert strike(machine(), market([1, 0, -1], per_ths_h=[0, 0, 0])) == bytes([0, 1, 1])


def test_each_rung_has_its_own_break_even() -> None:
    levels = machine(OFF, HALF, ON)
    assert strike(levels, market([79, 81, 119, 121, 79])) == bytes([2, 1, 1, 0, 2])


def test_at_the_break_even_of_a_step_it_takes_the_step() -> None:
    levels = machine(Rung("off", 0, 0), Rung("half", 500_000, 6_000), Rung("on", 1e6, 10_000))
    assert strike(levels, market([80, 120])) == bytes([2, 1])


def test_a_rung_that_never_pays_best_is_left_out() -> None:
    poor = machine(OFF, HALF._replace(hashrate_ths=4_000), ON)
    assert strike(poor, market([99, 101, 99])) == bytes([2, 0, 2])


def test_between_its_two_prices_it_stays_as_it_is() -> None:
    prices = [60, 150, 151, 100, 81, 80, 79, 100, 150]
    by = Parameters(k_off=1.5, k_on=0.8, hold=1)
    assert strike(machine(), market(prices), by) == bytes([1, 1, 0, 0, 0, 1, 1, 1, 1])


def test_it_starts_after_enough_low_prices_in_a_row() -> None:
    prices = [900, 60, 90, 60, 60, 900, 60, 60]
    assert strike(machine(), market(prices), HELD) == bytes([0, 0, 0, 0, 1, 0, 0, 1])


def test_above_the_break_even_it_runs_at_the_least_rung_until_it_stops() -> None:
    levels = machine(OFF, HALF, ON)
    assert strike(levels, market([60, 130, 179, 181]), HELD) == bytes([2, 1, 1, 0])


def test_without_a_price_it_holds_what_it_has() -> None:
    levels = machine(OFF, HALF, ON)
    prices = [nan, 100, nan, 900, nan, 60, nan, 60, 60, nan]
    at = market([60] * len(prices), seen=prices)
    assert strike(levels, at) == bytes([2, 1, 1, 0, 0, 2, 2, 2, 2, 2])
    assert strike(levels, at, HELD) == bytes([2, 1, 1, 0, 0, 0, 0, 0, 2, 2])


def test_minimum_times_hold() -> None:
    prices = market([900, 60, 60, 900, 900, 60, 60, 60])
    assert strike(machine(on=3), prices) == bytes([0, 1, 1, 1, 0, 1, 1, 1])
    assert strike(machine(off=3), prices) == bytes([0, 0, 0, 0, 0, 1, 1, 1])


def test_the_quick_reckoning_knows_starts_that_are_broken_off() -> None:
    slow = machine(start=Start(lost_h=1.2, wear_per_mw=4.0), off=5)
    at = market([900, 60, 60, 60, 60, 60, 900, 60, 60, 60, 60, 60, 60, 900])
    settled = settle(slow, at, strike(slow, at)).total
    assert cycles(slow, at).profit(AT_BREAK_EVEN) == pytest.approx(settled)


@given(machines(), markets(), parameters())
def test_its_paths_are_allowed(one: Machine, at: Market, by: Parameters) -> None:
    assert allowed(one, strike(one, at, by))


@given(machines(), markets())
def test_at_break_even_no_rung_earns_more_at_the_seen_price(one: Machine, at: Market) -> None:
    free = Machine(one.rungs, 1, one.start)
    for rung, seen, per_ths_h in zip(strike(free, at), at.seen, at.per_ths_h, strict=True):
        worth = [each.hashrate_ths * per_ths_h - each.power_w / 1e6 * seen for each in one.rungs]
        assert isnan(seen) or worth[rung] == pytest.approx(max(worth), abs=CLOSE)


@given(machines(), markets(), parameters())
def test_the_quick_reckoning_is_that_of_the_path(one: Machine, at: Market, by: Parameters) -> None:
    settled = settle(one, at, strike(one, at, by)).total
    assert cycles(one, at).profit(by) == pytest.approx(settled, abs=CLOSE)
