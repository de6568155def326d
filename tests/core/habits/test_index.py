"""Where prices stand: one number on a logarithmic scale of nodes."""

from __future__ import annotations

from decimal import Decimal
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.core.habits.index import (
    DIGITS,
    NODES,
    Between,
    between,
    clipped,
    logarithm,
    nodes_apart,
    place_of,
    price_at,
    smoothed,
)

NODE = log(5000 / 15) / 23
"""How far one is from the next, in the logarithm."""
TOP = 22.999
QUARTER_H = 0.25
prices = st.floats(-500, 9_000, allow_nan=False)
hours = st.sampled_from([1 / 12, 0.25, 0.5, 1.0])


def place(price: float) -> float:
    return place_of(logarithm(price), None, None)


def dec(price: float) -> Decimal:
    return Decimal(repr(price))


def test_there_are_24_nodes_from_minus_5_to_4980() -> None:
    assert NODES == 24
    assert price_at(0) == pytest.approx(-5)
    assert price_at(23) == pytest.approx(4980)
    for node in range(23):
        assert (price_at(node + 1) + 20) / (price_at(node) + 20) == pytest.approx(exp(NODE))


@pytest.mark.parametrize("node", range(23))
def test_the_price_of_a_node_stands_at_it(node: int) -> None:
    assert place(price_at(node)) == pytest.approx(node, abs=1e-6)


def test_beyond_the_ends_it_stays_there() -> None:
    assert place(-6) == place(-400) == 0
    assert place(4960) < TOP
    assert place(4981) == place(9_000) == TOP
    assert (clipped(-0.1), clipped(0.0), clipped(7.5), clipped(23.0)) == (0.0, 0.0, 7.5, TOP)


@given(prices, prices)
def test_a_higher_price_never_stands_lower(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert place(low) <= place(high)
    assert 0 <= place(low) <= place(high) <= TOP


def test_whoever_is_paid_much_for_power_counts_as_paid_10() -> None:
    assert logarithm(-10) == logarithm(-10.01) == logarithm(-300) == round(log(10), DIGITS)
    assert logarithm(-9.99) > logarithm(-10)
    assert logarithm(0) == round(log(20), DIGITS)
    assert logarithm(980) == round(log(1000), DIGITS)


@given(prices)
def test_what_comes_of_it_is_rounded(price: float) -> None:
    """So that two machines get the same."""
    before = smoothed(price, None, QUARTER_H)
    for found in (logarithm(price), smoothed(40, before, QUARTER_H), place_of(before, None, None)):
        assert found == round(found, 9)


def test_the_first_price_is_not_smoothed() -> None:
    assert smoothed(80, None, QUARTER_H) == logarithm(80)


@pytest.mark.parametrize(
    ("of_hours", "kept"),
    [(1 / 12, 0.15), (0.25, 0.15), (0.5, exp(-0.5 / 0.132)), (1.0, exp(-1 / 0.132))],
)
def test_of_the_price_before_less_is_kept_after_longer_intervals(
    of_hours: float, kept: float
) -> None:
    wanted = (1 - kept) * log(180) + kept * log(60)
    assert smoothed(160, logarithm(40), of_hours) == pytest.approx(wanted, abs=1e-8)


@given(prices, prices, hours)
def test_the_smoothed_one_lies_between_both(now: float, before: float, of_hours: float) -> None:
    low, high = sorted((logarithm(now), logarithm(before)))
    found = smoothed(now, logarithm(before), of_hours)
    assert low - 1e-9 <= found <= high + 1e-9
    assert abs(found - logarithm(now)) <= abs(found - logarithm(before)) + 1e-9


def test_the_day_ahead_price_pulls_a_little_and_its_change_is_carried() -> None:
    """Prices stand at node 10, the day-ahead market at node 6 now and 8 in an hour: 10 + 0.15 × (8
    − 10) + 0.30 × (8 − 6)."""
    found = place_of(logarithm(price_at(10)), dec(price_at(6)), dec(price_at(8)))
    assert found == pytest.approx(10 - 0.3 + 0.6, abs=1e-6)


def test_where_the_next_hour_is_not_known_it_is_as_this_one() -> None:
    smooth = logarithm(price_at(10))
    assert place_of(smooth, dec(price_at(6)), None) == pytest.approx(10 - 0.6, abs=1e-6)
    assert place_of(smooth, None, None) == pytest.approx(10, abs=1e-6)
    assert place_of(smooth, None, dec(price_at(6))) == place_of(smooth, None, None)


@given(prices, prices, prices, prices)
def test_a_dearer_hour_ahead_never_stands_lower(
    price: float, now: float, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    smooth = logarithm(price)
    assert place_of(smooth, dec(now), dec(low)) <= place_of(smooth, dec(now), dec(high))


def test_a_place_lies_between_two_nodes() -> None:
    assert between(7.25) == Between(7, 0.25)
    assert between(0.0) == Between(0, 0.0)
    assert between(TOP).node == 22
    values = tuple(float(node**2) for node in range(NODES))
    assert Between(2, 0.0).of(values) == 4
    assert Between(2, 0.25).of(values) == 4 + 0.25 * 5


def test_a_deviation_of_the_logarithm_in_nodes() -> None:
    assert nodes_apart(NODE) == pytest.approx(1)
    assert nodes_apart(0.5) == pytest.approx(0.5 / NODE)
