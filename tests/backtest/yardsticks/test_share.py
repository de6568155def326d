"""The share of the perfect gain."""

from __future__ import annotations

import pytest

from controller.backtest.yardsticks.share import share


def test_it_is_between_always_on_and_perfect() -> None:
    assert share(100, 100, 180) == 0
    assert share(180, 100, 180) == 1
    assert share(160, 100, 180) == pytest.approx(0.75)
    assert share(-30, -50, -10) == pytest.approx(0.5)


def test_less_than_always_on_is_below_zero() -> None:
    assert share(80, 100, 180) == pytest.approx(-0.25)


def test_without_a_gain_there_is_none() -> None:
    assert share(100, 100, 100) is None
