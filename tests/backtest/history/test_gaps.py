"""Missing intervals."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.backtest.history import Layout, read_series
from controller.backtest.history.layout import GapPolicy
from tests.backtest.history.made import QUARTERS, quarters, refusal, written

LATER = ("2022-03-01T07:45Z,20", "2022-03-01T08:00Z,21")


def test_a_gap_is_refused_unless_a_policy_is_set(tmp_path: Path) -> None:
    message = refusal(written(tmp_path, *QUARTERS, *LATER))
    assert "row 6: 3 intervals are missing before it (45 min from 2022-03-01T07:00Z on)" in message
    assert "set gaps to hold or interpolate" in message


@pytest.mark.parametrize(
    ("policy", "between", "how"),
    [
        ("hold", [13, 13, 13], "by holding the value before"),
        ("interpolate", [14.75, 16.5, 18.25], "by a straight line between the values beside them"),
    ],
)
def test_a_gap_is_filled_and_the_report_says_so(
    tmp_path: Path, policy: GapPolicy, between: list[float], how: str
) -> None:
    series, said = read_series([written(tmp_path, *QUARTERS, *LATER)], Layout(gaps=policy))
    assert series.values.tolist() == [10, 11, 12, 13, *between, 20, 21]
    filled = f"was filled {how}: 2022-03-01T07:00Z (45 min)."
    assert said == (f"1 gap (45 min in all) in prices.csv {filled}",)


def test_gaps_are_told_by_the_start_of_their_intervals(tmp_path: Path) -> None:
    layout = Layout(gaps="hold", stamps="end")
    _, said = read_series([written(tmp_path, *QUARTERS, *LATER)], layout)
    assert "2022-03-01T06:45Z (45 min)" in said[0]


def test_a_long_gap_is_refused_all_the_same(tmp_path: Path) -> None:
    path = written(tmp_path, *QUARTERS, *LATER)
    message = refusal(path, Layout(gaps="hold", longest_gap_minutes=44))
    assert "row 6: 3 intervals are missing" in message
    assert "raise longest_gap_minutes (44)" in message
    series, _ = read_series([path], Layout(gaps="hold", longest_gap_minutes=45))
    assert len(series) == 9


def test_rows_lost_one_by_one_are_gaps_of_their_own(tmp_path: Path) -> None:
    rows = quarters("00:00", 12)
    lost = [row for index, row in enumerate(rows) if index not in {2, 4, 9}]
    series, said = read_series([written(tmp_path, *lost)], Layout(gaps="interpolate"))
    assert series.values.tolist() == list(range(12))
    assert said[0].startswith("3 gaps (45 min in all) in prices.csv were filled")
    assert "2022-03-01T00:30Z (15 min), 2022-03-01T01:00Z (15 min), 2022-03-01T02:15Z" in said[0]


def test_of_many_gaps_ten_are_named(tmp_path: Path) -> None:
    lost = [row for index, row in enumerate(quarters("00:00", 90)) if index % 4 != 2]
    _, said = read_series([written(tmp_path, *lost)], Layout(gaps="hold"))
    assert said[0].startswith("22 gaps (330 min in all)")
    assert said[0].count("(15 min)") == 10
    assert said[0].endswith(" and 12 more.")


def test_a_gap_between_files_is_a_gap(tmp_path: Path) -> None:
    first = written(tmp_path, *QUARTERS, name="first.csv")
    second = written(tmp_path, *LATER, name="second.csv")
    message = refusal([first, second])
    assert f"{second}: row 2: 3 intervals are missing" in message
    series, said = read_series([first, second], Layout(gaps="hold"))
    assert series.values.tolist() == [10, 11, 12, 13, 13, 13, 13, 20, 21]
    assert "1 gap (45 min in all) in second.csv" in said[0]


def test_a_gap_in_a_later_file_is_filled_where_it_is(tmp_path: Path) -> None:
    first = written(tmp_path, *QUARTERS[:1], name="first.csv")
    second = written(tmp_path, *QUARTERS[1:], *LATER, name="second.csv")
    series, said = read_series([first, second], Layout(gaps="hold"))
    assert series.values.tolist() == [10, 11, 12, 13, 13, 13, 13, 20, 21]
    assert "in second.csv was filled by holding the value before: 2022-03-01T07:00Z" in said[0]
