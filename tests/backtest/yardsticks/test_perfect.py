"""Perfect foresight against all paths that there are, and against all other ways to run."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.backtest.yardsticks.fixed import always_on, off
from controller.backtest.yardsticks.machine import Machine, Market, Start
from controller.backtest.yardsticks.perfect import perfect
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

MOST = {2: 9, 3: 6, 4: 5}
"""How many intervals are few enough to try all paths, by rungs."""


def all_paths(one: Machine, length: int) -> Iterator[tuple[int, ...]]:
    rungs = range(len(one.rungs))
    return (path for path in product(rungs, repeat=length) if allowed(one, path))


@settings(max_examples=150)
@given(machines(), markets(most=9))
def test_no_path_earns_more(one: Machine, at: Market) -> None:
    length = MOST[len(one.rungs)]
    short = Market(at.hours, at.price[:length], at.seen[:length], at.per_ths_h[:length])
    best = max(settle(one, short, path).total for path in all_paths(one, len(short)))
    found = perfect(one, short)
    assert allowed(one, found)
    assert settle(one, short, found).total == pytest.approx(best, abs=CLOSE)


@given(machines(), markets(), parameters(), st.integers(min_value=0, max_value=3))
def test_no_other_way_to_run_earns_more(
    one: Machine, at: Market, by: Parameters, rung: int
) -> None:
    path = perfect(one, at)
    assert allowed(one, path)
    on_rung = 1 + rung % one.top
    others = [
        always_on(one, at),
        always_on(one, at, on_rung),
        off(at),
        strike(one, at, AT_BREAK_EVEN),
        strike(one, at, by),
    ]
    best = max(settle(one, at, other).total for other in others)
    assert settle(one, at, path).total >= best - CLOSE


def test_a_pause_has_to_be_worth_its_start() -> None:
    # Running at 190 for half an hour loses 45 more than off does, at 60 it gains 20. A start
    # without its first half hour of hash costs 50.
    slow, calm = machine(start=Start(lost_h=0.5, wear_per_mw=0.0)), [60] * 4
    assert perfect(slow, market([60, 190, *calm])) == bytes([1, 1, 1, 1, 1, 1])
    assert perfect(slow, market([60, 210, *calm])) == bytes([1, 0, 1, 1, 1, 1])
    assert perfect(slow, market([60, 150, 150, 150, *calm])) == bytes([1, 0, 0, 0, 1, 1, 1, 1])


def test_it_does_not_come_back_for_less_than_a_start_costs() -> None:
    slow = machine(start=Start(lost_h=0.5, wear_per_mw=0.0))
    assert perfect(slow, market([900, 60, 60, 900])) == bytes([0, 0, 0, 0])
    assert perfect(slow, market([900, 20, 20, 900])) == bytes([0, 1, 1, 0])


def test_it_starts_at_the_cheap_rung_and_rises_when_the_hash_is_there() -> None:
    levels = machine(OFF, HALF, ON, start=Start(lost_h=0.5, wear_per_mw=1.0))
    assert perfect(levels, market([900, 40, 40, 40, 40])) == bytes([0, 1, 2, 2, 2])


def test_it_draws_all_it_can_while_power_is_paid_for() -> None:
    levels = machine(OFF, HALF, ON, start=Start(lost_h=0.5, wear_per_mw=1.0))
    assert perfect(levels, market([900, -40, 100, 100, 100, 100])) == bytes([0, 2, 1, 1, 1, 1])


def test_wear_is_of_the_power_above_standby() -> None:
    worn = machine(start=Start(lost_h=0.0, wear_per_mw=100.0))
    # A start costs 100. To stand for half an hour at 290 spares 95, at 310 it spares 105.
    assert perfect(worn, market([60, 290, *[60] * 6])) == bytes([1] * 8)
    assert perfect(worn, market([60, 310, *[60] * 6])) == bytes([1, 0, *[1] * 6])


def test_minimum_times_make_it_wait_or_stay() -> None:
    spikes = market([900, 60, 60, 900, 60, 60, 60])
    assert perfect(machine(), spikes) == bytes([0, 1, 1, 0, 1, 1, 1])
    assert perfect(machine(on=3), spikes) == bytes([0, 0, 0, 0, 1, 1, 1])
    assert perfect(machine(off=3), spikes) == bytes([0, 0, 0, 0, 1, 1, 1])

    assert perfect(machine(off=2), market([900, 60, 20, 900, 900, 60, 60])) == bytes(
        [0, 0, 1, 0, 0, 1, 1]
    )


def test_what_was_seen_is_nothing_to_it() -> None:
    prices = [60, 210, 60, 60]
    assert perfect(machine(), market(prices, seen=[nan] * 4)) == perfect(machine(), market(prices))


def test_an_empty_history_has_an_empty_path() -> None:
    assert perfect(machine(), market([])) == b""
