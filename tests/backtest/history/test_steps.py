"""Values that hold until the next, such as a daily hashprice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from controller.backtest.history import HistoryError, Layout, read_steps
from tests.backtest.history.made import CHICAGO, written


def at(day: int, hour: int, month: int = 3) -> datetime:
    return datetime(2022, month, day, hour, tzinfo=UTC)


def test_a_date_is_the_start_of_its_day_in_the_zone(tmp_path: Path) -> None:
    # Clocks in Chicago went forward on 13 March.
    path = written(tmp_path, "2022-03-12,100", "2022-03-13,110", "2022-03-14,120")
    steps, said = read_steps([path], CHICAGO)
    assert steps.times == (at(12, 6), at(13, 6), at(14, 5))
    assert steps.values.tolist() == [100, 110, 120]
    assert said == ()
    assert steps.at(at(13, 6) - timedelta(seconds=1)) == 100


def test_a_day_begins_where_clocks_go_forward_over_midnight(tmp_path: Path) -> None:
    # Beirut's clocks went from 24:00 on 26 March 2022 (UTC+2) to 01:00 (UTC+3).
    path = written(tmp_path, "2022-03-27,1")
    steps, _ = read_steps([path], Layout(zone="Asia/Beirut"))
    assert steps.times == (at(26, 22),)


def test_values_may_be_any_time_apart_and_in_several_files(tmp_path: Path) -> None:
    late = written(tmp_path, "2022-03-02T07:00Z,3", "2022-03-09T00:00Z,4", name="late.csv")
    early = written(tmp_path, "2022-03-01T00:00Z,1", "2022-03-01T05:00Z,2", name="early.csv")
    steps, _ = read_steps([late, early], Layout())
    assert steps.times == (at(1, 0), at(1, 5), at(2, 7), at(9, 0))
    assert steps.values.tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ("2022-03-01,2", "row 3: 2022-03-01T00:00Z is there again"),
        ("2022-02-01,2", "row 3: 2022-02-01T00:00Z comes after 2022-03-01T00:00Z"),
        ("2022-03-02,", "row 3, column price: is empty"),
    ],
)
def test_rows_have_to_rise(tmp_path: Path, second: str, said: str) -> None:
    with pytest.raises(HistoryError, match=said):
        read_steps([written(tmp_path, "2022-03-01,1", second)], Layout())


def test_duplicates_follow_the_policy(tmp_path: Path) -> None:
    path = written(tmp_path, "2022-03-01,1", "2022-03-01,2", "2022-03-02,3")
    steps, said = read_steps([path], Layout(duplicates="last"))
    assert steps.values.tolist() == [2, 3]
    assert said[0].startswith("1 row in prices.csv had the time of the row before; the last")


def test_files_that_overlap(tmp_path: Path) -> None:
    first = written(tmp_path, "2022-03-01,1", "2022-03-03,2", name="first.csv")
    second = written(tmp_path, "2022-03-02,1", name="second.csv")
    with pytest.raises(HistoryError, match=r"second.csv: row 2: 2022-03-02T00:00Z is in"):
        read_steps([first, second], Layout())


def test_ends_need_a_length(tmp_path: Path) -> None:
    path = written(tmp_path, "2022-03-02,1", "2022-03-03,2")
    with pytest.raises(HistoryError, match="set minutes, or set stamps to start"):
        read_steps([path], Layout(stamps="end"))
    steps, _ = read_steps([path], Layout(stamps="end", minutes=1440))
    assert steps.times == (at(1, 0), at(2, 0))
