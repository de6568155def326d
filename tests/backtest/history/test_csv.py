"""CSV files that are in order, in the shapes in which people have them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from controller.backtest.history import Layout, read_series
from controller.backtest.history.layout import Unit
from tests.backtest.history.made import QUARTERS, packed, values, written

SIX = datetime(2022, 3, 1, 6, tzinfo=UTC)
DAY = Path(__file__).parents[3] / "configs" / "data" / "ercot-2023-09-06-hb-west.csv"


def test_a_file_is_read_with_its_own_resolution(tmp_path: Path) -> None:
    series, sentences = read_series([written(tmp_path, *QUARTERS)], Layout())
    assert (series.start, series.minutes) == (SIX, 15)
    assert series.values.tolist() == [10, 11, 12, 13]
    assert sentences == ()


def test_the_day_of_the_demonstration_is_read() -> None:
    series, _ = read_series([DAY], Layout())
    assert (series.minutes, series.values[0], len(series) % 96) == (15, 24.82, 0)


def test_a_time_at_the_end_of_its_interval_is_moved_to_the_start(tmp_path: Path) -> None:
    series, _ = read_series([written(tmp_path, *QUARTERS)], Layout(stamps="end"))
    assert series.start == datetime(2022, 3, 1, 5, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    ("unit", "cell", "price"),
    [
        ("per_mwh", "24.8200001", 24.8200001),
        ("per_kwh", "0.0248", 24.8),
        ("cents_per_kwh", "-2.48", -24.8),
    ],
)
def test_units_become_prices_per_mwh(tmp_path: Path, unit: Unit, cell: str, price: float) -> None:
    path = written(tmp_path, f"2022-03-01T06:00Z,{cell}")
    assert values(path, Layout(unit=unit, minutes=60)) == [price]


@pytest.mark.parametrize(
    ("cell", "number"), [("1", 1), (" -2.50 ", -2.5), ("+.5", 0.5), ("3.", 3), ("2.06e+3", 2060)]
)
def test_numbers_are_read_as_people_write_them(tmp_path: Path, cell: str, number: float) -> None:
    assert values(written(tmp_path, f"2022-03-01T06:00Z,{cell}"), Layout(minutes=60)) == [number]


@pytest.mark.parametrize(
    "time",
    [
        "2022-03-01T06:00:00Z",
        "2022-03-01 06:00",
        "2022-03-01T00:00-06:00",
        " 2022-03-01T06:00:00.000 ",
    ],
)
def test_times_are_read_as_files_write_them(tmp_path: Path, time: str) -> None:
    series, _ = read_series([written(tmp_path, f"{time},1")], Layout(minutes=60))
    assert series.start == SIX


def test_columns_are_chosen_by_name(tmp_path: Path) -> None:
    path = written(tmp_path, "a,5,2022-03-01T06:00Z", header="note, price ,time")
    assert values(path, Layout(time_column="time", value_column="price", minutes=60)) == [5]


def test_what_is_packed_shows_in_the_bytes_and_not_in_the_name(tmp_path: Path) -> None:
    plain = written(tmp_path, *QUARTERS, name="plain.csv.gz")
    for path in (plain, packed(plain, "packed.csv"), packed(plain, "packed.csv.gz")):
        assert values(path) == [10, 11, 12, 13]


def test_a_byte_order_mark_blank_lines_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    text = "\r\n".join(("time,price", *QUARTERS[:2], "", *QUARTERS[2:], "", ""))
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert values(path) == [10, 11, 12, 13]
