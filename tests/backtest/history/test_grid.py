"""The length of intervals, and rows that do not stand where one begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.backtest.history import Layout
from tests.backtest.history.made import QUARTERS, quarters, refusal, values, written

HELD = Layout(gaps="hold")


@pytest.mark.parametrize("layout", [Layout(), HELD, Layout(minutes=15), Layout(minutes=60)])
def test_hours_and_then_quarters_are_refused_at_the_first_quarter(
    tmp_path: Path, layout: Layout
) -> None:
    path = written(tmp_path, *quarters("00:00", 6, step=60), *quarters("05:15", 40))
    message = refusal(path, layout)
    assert "row 8: from here on rows are 15 min apart, before it 60 min" in message


def test_quarters_and_then_hours_are_refused_at_the_first_hour(tmp_path: Path) -> None:
    path = written(tmp_path, *quarters("00:00", 9), *quarters("03:00", 12, step=60))
    message = refusal(path, HELD)
    assert "row 11: from here on rows are 60 min apart, before it 15 min" in message
    assert "bring the file to one resolution" in message


def test_a_file_of_another_resolution_than_the_one_that_is_set(tmp_path: Path) -> None:
    path = written(tmp_path, *quarters("00:00", 6, step=60))
    message = refusal(path, Layout(minutes=15, gaps="hold"))
    assert "row 3: from here on rows are 60 min apart, and intervals are 15 min long" in message


def test_a_row_off_the_grid(tmp_path: Path) -> None:
    path = written(tmp_path, *QUARTERS, "2022-03-01T06:55Z,1", "2022-03-01T07:00Z,14")
    message = refusal(path, HELD)
    assert "row 6: 2022-03-01T06:55Z is not a whole number of 15 min after" in message


def test_a_row_between_two_hours(tmp_path: Path) -> None:
    path = written(tmp_path, *quarters("00:00", 4, step=60), "2022-03-01T03:15Z,1")
    assert "row 6: 2022-03-01T03:15Z is not a whole number of 60 min" in refusal(path, HELD)


def test_of_two_steps_that_are_as_common_the_longer_is_a_gap(tmp_path: Path) -> None:
    path = written(tmp_path, *QUARTERS[:2], "2022-03-01T07:00Z,14")
    assert "row 4: 2 intervals are missing before it (30 min" in refusal(path)


def test_one_row_shows_no_length(tmp_path: Path) -> None:
    path = written(tmp_path, QUARTERS[0])
    assert "has one row, which shows no length of its interval; set minutes" in refusal(path)
    assert values(path, Layout(minutes=5)) == [10]


def test_intervals_are_whole_minutes(tmp_path: Path) -> None:
    rows = [f"2022-03-01T06:00:{second:02}Z,1" for second in (0, 10, 20, 30)]
    assert "has rows 10 s apart; intervals are whole minutes" in refusal(written(tmp_path, *rows))


def test_intervals_are_a_day_at_most(tmp_path: Path) -> None:
    path = written(tmp_path, "2022-03-01,1", "2022-03-08,2")
    assert "has rows 10080 min apart" in refusal(path)


def test_rows_that_go_back(tmp_path: Path) -> None:
    path = written(tmp_path, QUARTERS[0], QUARTERS[2], QUARTERS[1], QUARTERS[3])
    message = refusal(path, Layout(gaps="hold", duplicates="first"))
    assert "row 4: 2022-03-01T06:15Z comes after 2022-03-01T06:30Z; sort the file" in message
