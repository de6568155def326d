"""A counter of 32 bits that fills up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from controller.signals.meters.roll_over import RollOver

FULL = 2**32


def grown(*raw: int) -> list[int]:
    counter = RollOver()
    return [counter.grown(value) for value in raw]


def test_it_goes_on_over_the_end_more_than_once() -> None:
    readings = (FULL - 5, 10, FULL // 2, FULL - 1, 0)
    assert grown(*readings) == [FULL - 5, FULL + 10, FULL + FULL // 2, 2 * FULL - 1, 2 * FULL]


def test_a_fall_from_the_middle_is_a_reset_and_stays_a_fall() -> None:
    assert grown(FULL // 2, 10) == [FULL // 2, 10]
    assert grown(FULL - 5, 10, 3) == [FULL - 5, FULL + 10, 3]


@given(st.integers(0, FULL - 1), st.lists(st.integers(0, FULL // 4 - 1), max_size=30))
def test_what_it_grows_is_what_was_counted(start: int, steps: list[int]) -> None:
    true = [start]
    for step in steps:
        true.append(true[-1] + step)
    assert grown(*(value % FULL for value in true)) == true
