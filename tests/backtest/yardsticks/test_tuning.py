"""The strike that was tuned on other years."""

from __future__ import annotations

import pytest

from controller.backtest.yardsticks.fixed import always_on
from controller.backtest.yardsticks.machine import Machine, Market, Start
from controller.backtest.yardsticks.perfect import perfect
from controller.backtest.yardsticks.settlement import settle
from controller.backtest.yardsticks.share import share
from controller.backtest.yardsticks.strike import AT_BREAK_EVEN, Parameters, strike
from controller.backtest.yardsticks.tuning import tune
from tests.backtest.yardsticks.histories import FREE, HALF, OFF, ON, machine, market, spiky

HEAVY = Start(lost_h=0.25, wear_per_mw=3.0)
CALM = market([60.0] * 50, hours=0.25)


def share_of(one: Machine, at: Market, by: Parameters) -> float:
    paths = (strike(one, at, by), always_on(one, at), perfect(one, at))
    found = share(*(settle(one, at, path).total for path in paths))
    assert found is not None
    return found


@pytest.mark.parametrize("one", [machine(start=HEAVY), machine(OFF, HALF, ON, start=HEAVY, on=4)])
def test_it_beats_the_break_even_in_a_year_that_it_was_not_tuned_on(one: Machine) -> None:
    by = tune(one, [spiky(1), spiky(2)])
    assert share_of(one, spiky(3), by) > share_of(one, spiky(3), AT_BREAK_EVEN) + 0.02


def test_none_of_some_others_is_clearly_better_in_a_year_that_it_was_not_tuned_on() -> None:
    one, next_year = machine(start=HEAVY), spiky(3, 9_000)
    tuned = share_of(one, next_year, tune(one, [spiky(1, 9_000), spiky(2, 9_000)]))
    others = [Parameters(k_off, k_on, 1) for k_off in (1.2, 1.5, 2.0) for k_on in (0.7, 0.9, 1.1)]
    assert max(share_of(one, next_year, by) for by in others) < tuned + 0.02


def test_where_starts_are_free_and_prices_known_it_stays_close_to_the_break_even() -> None:
    at = spiky(1)
    known = Market(at.hours, at.price, at.price, at.per_ths_h)
    by = tune(machine(start=FREE), [known])
    assert share_of(machine(), known, by) == pytest.approx(1.0)


def test_the_number_of_miners_changes_nothing() -> None:
    one = machine(start=HEAVY)
    many = Machine(one.rungs, 500, one.start)
    assert tune(many, [spiky(1)]) == tune(one, [spiky(1)])


def test_a_year_without_anything_to_gain_is_left_out() -> None:
    one = machine(start=HEAVY)
    assert tune(one, [CALM, spiky(1)]) == tune(one, [spiky(1)])


@pytest.mark.parametrize("years", [[], [CALM]])
def test_without_a_year_to_learn_from_it_is_the_break_even(years: list[Market]) -> None:
    assert tune(machine(start=HEAVY), years) == AT_BREAK_EVEN
