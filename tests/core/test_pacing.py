"""Allowances: what is left of them, and when they cover a move."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from controller.core.pacing.credit import Credit, credit
from tests.core.cases.sites import NOW

RATE = 60_000


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_minutes_worth_is_there_from_the_first() -> None:
    assert credit(0, None, NOW, RATE, 3_000) == Credit(60_000, NOW, RATE)


def test_a_single_step_larger_than_a_minutes_worth_is_covered_in_time() -> None:
    assert credit(0, None, NOW, RATE, 90_000).left_w == 90_000
    assert credit(0, NOW, after(90), RATE, 90_000).left_w == 90_000
    assert credit(0, NOW, after(89), RATE, 90_000).left_w == 89_000


@pytest.mark.parametrize(
    ("seconds", "left_w"), [(1, 6_000), (10, 15_000), (54.9, 59_900), (55, 60_000), (600, 60_000)]
)
def test_it_fills_at_its_rate_up_to_a_minutes_worth(seconds: float, left_w: int) -> None:
    assert credit(5_000, NOW, after(seconds), RATE, 3_000) == Credit(left_w, after(seconds), RATE)


def test_time_too_short_for_a_watt_is_not_lost() -> None:
    assert credit(0, NOW, after(0.9), 60, 0) == Credit(0, NOW, 60)
    assert credit(0, NOW, after(1), 60, 0) == Credit(1, after(1), 60)


def test_a_clock_set_back_gives_nothing_and_takes_nothing() -> None:
    assert credit(7_000, after(3_600), NOW, RATE, 0) == Credit(7_000, NOW, RATE)
    assert credit(90_000, after(3_600), NOW, RATE, 0).left_w == 60_000


def test_moves_draw_on_it_and_it_says_when_it_covers_the_next() -> None:
    left = Credit(10_000, NOW, RATE).less(9_000)
    assert left == Credit(1_000, NOW, RATE)
    assert left.covers_at(6_000, NOW) == after(5)
    assert left.covers_at(1_100, NOW) == after(1)
    assert left.covers_at(500, NOW) == after(1)
