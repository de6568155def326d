"""Several rows with one time."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.backtest.history import Layout, read_series
from controller.backtest.history.layout import RepeatPolicy
from tests.backtest.history.made import QUARTERS, refusal, written

AGAIN = (*QUARTERS[:2], "2022-03-01T06:15Z,20", "2022-03-01T06:15Z,21", *QUARTERS[2:])


@pytest.mark.parametrize("again", ["2022-03-01T06:15Z,20", QUARTERS[1]])
def test_a_time_that_is_there_again_is_refused_even_with_its_value(
    tmp_path: Path, again: str
) -> None:
    message = refusal(written(tmp_path, *QUARTERS[:2], again, *QUARTERS[2:]))
    assert "row 4: 2022-03-01T06:15Z is there again" in message
    assert "set duplicates to first or last" in message


@pytest.mark.parametrize(("policy", "value"), [("first", 11), ("last", 21)])
def test_a_policy_chooses_and_the_report_says_so(
    tmp_path: Path, policy: RepeatPolicy, value: float
) -> None:
    series, said = read_series([written(tmp_path, *AGAIN)], Layout(duplicates=policy))
    assert series.values.tolist() == [10, value, 12, 13]
    assert said == (
        f"2 rows in prices.csv had the time of the row before; the {policy} of each time was "
        "used: 2022-03-01T06:15Z (row 4) and later ones.",
    )


def test_the_last_row_of_a_file_may_be_one(tmp_path: Path) -> None:
    path = written(tmp_path, *QUARTERS, "2022-03-01T06:45Z,30")
    series, said = read_series([path], Layout(duplicates="last"))
    assert series.values.tolist() == [10, 11, 12, 30]
    assert said[0].endswith("used: 2022-03-01T06:45Z (row 6).")
