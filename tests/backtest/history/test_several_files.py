"""A history that comes in several files."""

from __future__ import annotations

from pathlib import Path

from controller.backtest.history import Layout, read_series
from tests.backtest.history.made import packed, quarters, refusal, written


def test_files_are_put_in_order_of_time(tmp_path: Path) -> None:
    first = written(tmp_path, *quarters("00:00", 3), name="b.csv")
    second = packed(written(tmp_path, *quarters("00:45", 2), name="a.csv"), "a.csv.gz")
    series, said = read_series([second, first], Layout())
    assert series.values.tolist() == [0, 1, 2, 0, 1]
    assert said == ()


def test_files_that_overlap_are_refused_under_every_policy(tmp_path: Path) -> None:
    first = written(tmp_path, *quarters("00:00", 4), name="first.csv")
    second = written(tmp_path, *quarters("00:45", 4), name="second.csv")
    message = refusal([second, first], Layout(duplicates="first", gaps="hold"))
    goes = f"row 2: 2022-03-01T00:45Z is in {first} too, which goes from 2022-03-01T00:00Z to"
    assert f"{second}: {goes} 2022-03-01T00:45Z; cut one of the files" in message


def test_a_file_that_is_given_twice_overlaps(tmp_path: Path) -> None:
    path = written(tmp_path, *quarters("00:00", 4))
    assert f"is in {path} too" in refusal([path, path])


def test_files_of_different_resolutions(tmp_path: Path) -> None:
    first = written(tmp_path, *quarters("00:00", 4), name="first.csv")
    second = written(tmp_path, *quarters("01:00", 4, step=60), name="second.csv")
    message = refusal([first, second], Layout(gaps="hold"))
    assert f"{second}: has rows 60 min apart, but {first} 15 min" in message
    message = refusal([first, second], Layout(gaps="hold", minutes=15))
    assert f"{second}: row 3: from here on rows are 60 min apart" in message


def test_a_file_of_one_row_has_the_resolution_of_the_others(tmp_path: Path) -> None:
    first = written(tmp_path, *quarters("00:00", 4), name="first.csv")
    second = written(tmp_path, *quarters("01:00", 1), name="second.csv")
    series, _ = read_series([first, second], Layout())
    assert (series.minutes, len(series)) == (15, 5)


def test_a_file_that_begins_off_the_grid_of_the_other(tmp_path: Path) -> None:
    first = written(tmp_path, *quarters("00:00", 4), name="first.csv")
    second = written(tmp_path, *quarters("01:05", 4), name="second.csv")
    message = refusal([first, second], Layout(gaps="hold"))
    assert f"{second}: row 2: 2022-03-01T01:05Z is not a whole number of 15 min" in message
