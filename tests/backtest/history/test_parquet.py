"""Parquet files, with the columns that data frames and databases write."""

from __future__ import annotations

import gzip
import os
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from controller.backtest.history import HistoryError, Layout, read_series, read_steps
from tests.backtest.history.made import CHICAGO, QUARTERS, refusal, values, written

if not os.environ.get("CI"):
    pytest.importorskip("pyarrow")
# pyarrow comes without types.
pa: Any = import_module("pyarrow")
pq: Any = import_module("pyarrow.parquet")

SIX = datetime(2022, 3, 1, 6, tzinfo=UTC)
TIMES = [SIX + timedelta(minutes=15) * number for number in range(4)]
PRICES = [10, 11, 12, 13]


def table(folder: Path, times: Any, prices: Any, **options: Any) -> Path:
    """A file of these two columns, whose name says nothing."""
    path = folder / "prices.csv"
    pq.write_table(pa.table({"time": times, "price": prices}), path, **options)
    return path


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", ["UTC", "America/Chicago", "-06:00"])
def test_timestamps_with_a_zone_mean_what_they_say(tmp_path: Path, unit: str, zone: str) -> None:
    path = table(tmp_path, pa.array(TIMES, pa.timestamp(unit, zone)), PRICES)
    series, said = read_series([path], Layout(zone="Asia/Tokyo"))
    assert (series.start, series.minutes, series.values.tolist()) == (SIX, 15, PRICES)
    assert said == ()


@pytest.mark.parametrize(
    "times",
    [
        pa.array([at.replace(tzinfo=None) for at in TIMES], pa.timestamp("ns")),
        pa.array([at.isoformat() for at in TIMES]),
        pa.array([f"{at:%Y-%m-%d %H:%M}" for at in TIMES], pa.large_string()),
        pa.array([f"{at:%Y-%m-%dT%H:%MZ}" for at in TIMES]).dictionary_encode(),
    ],
)
def test_other_times(tmp_path: Path, times: Any) -> None:
    series, _ = read_series([table(tmp_path, times, PRICES)], Layout())
    assert (series.start, series.values.tolist()) == (SIX, PRICES)


@pytest.mark.parametrize(
    "prices",
    [
        pa.array(PRICES, pa.float64()),
        pa.array(PRICES, pa.float32()),
        pa.array(PRICES, pa.int16()),
        pa.array([Decimal(price) for price in PRICES], pa.decimal128(9, 3)),
        pa.array([str(price) for price in PRICES]),
    ],
)
def test_numbers_of_every_kind(tmp_path: Path, prices: Any) -> None:
    assert values(table(tmp_path, TIMES, prices)) == PRICES


def test_many_batches_and_row_groups(tmp_path: Path) -> None:
    count = 20_000
    times = [SIX + timedelta(minutes=5) * number for number in range(count)]
    path = table(tmp_path, times, list(range(count)), row_group_size=3_000)
    assert values(path) == list(range(count))


def test_columns_are_chosen_by_name(tmp_path: Path) -> None:
    path = tmp_path / "prices.parquet"
    frame = pa.table({"west": [1, 2], "at": TIMES[:2], "north": [3, 4]})
    pq.write_table(frame, path)
    assert values(path, Layout(time_column="at", value_column="north")) == [3, 4]
    assert values(path, Layout(time_column="at", value_column="west")) == [1, 2]
    assert "set value_column to one of west, north" in refusal(path, Layout(time_column="at"))


def test_local_timestamps_are_resolved_by_their_order(tmp_path: Path) -> None:
    times = [datetime(2022, 11, 6, hour) for hour in (0, 1, 1, 2)]  # noqa: DTZ001 - that is the point
    series, _ = read_series([table(tmp_path, times, PRICES)], CHICAGO)
    assert (series.start, len(series)) == (datetime(2022, 11, 6, 5, tzinfo=UTC), 4)
    once = table(tmp_path, [*times[:2], times[3]], PRICES[:3])
    assert "row index 1: 2022-11-06 01:00 is there in one pass alone" in refusal(once, CHICAGO)


def test_dates_are_days_of_the_zone(tmp_path: Path) -> None:
    path = table(tmp_path, [date(2022, 3, 13), date(2022, 3, 14)], [1.0, 2.0])
    steps, _ = read_steps([path], CHICAGO)
    assert steps.times == (SIX.replace(day=13), datetime(2022, 3, 14, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    ("times", "prices", "said"),
    [
        (TIMES, [10.0, None, 12.0, 13.0], "row index 1, column price: is empty; fill it"),
        (TIMES, [10.0, 11.0, float("nan"), 13.0], "row index 2, column price: nan is not a finite"),
        (TIMES, ["10", "11", "12", "1_3"], "row index 3, column price: '1_3' is not a number"),
        (TIMES, [True, False, True, True], "column price is of type bool; values are numbers"),
        ([None, *TIMES[1:]], PRICES, "row index 0, column time: is empty"),
        (PRICES, PRICES, "column time is of type int64; times are timestamps, dates or text"),
        (
            [TIMES[0], TIMES[1], TIMES[1], TIMES[2]],
            PRICES,
            "row index 2: 2022-03-01T06:15Z is there",
        ),
        ([TIMES[1], TIMES[0], *TIMES[2:]], PRICES, "row index 1: 2022-03-01T06:00Z comes after"),
        ([SIX.replace(microsecond=5)], [1], "row index 0, column time: 1646114400000005 us has a"),
        (pa.array([10**18], pa.timestamp("us")), [1], "is outside the calendar"),
        (pa.array([], pa.timestamp("s")), pa.array([], pa.float64()), "has no rows"),
    ],
)
def test_bad_rows_are_named_by_their_index(
    tmp_path: Path, times: Any, prices: Any, said: str
) -> None:
    assert said in refusal(table(tmp_path, times, prices))


def test_a_file_without_columns(tmp_path: Path) -> None:
    path = tmp_path / "none.parquet"
    pq.write_table(pa.table({}), path)
    assert "has no columns" in refusal(path)


@pytest.mark.parametrize("kept", [4, 50, 400])
def test_a_file_that_breaks_off(tmp_path: Path, kept: int) -> None:
    path = table(tmp_path, TIMES, PRICES)
    path.write_bytes(path.read_bytes()[:kept])
    assert "cannot be read as Parquet" in refusal(path)


def test_a_page_that_is_damaged(tmp_path: Path) -> None:
    path = table(tmp_path, TIMES, PRICES, compression="gzip")
    content = bytearray(path.read_bytes())
    content[4:120] = bytes(116)
    path.write_bytes(content)
    assert "cannot be read as Parquet" in refusal(path)


def test_text_that_is_not_utf_8(tmp_path: Path) -> None:
    text = pa.array([b"\xff"] * 4).cast(pa.string(), safe=False)
    message = refusal(table(tmp_path, text, PRICES))
    assert "cannot be read as Parquet" in message


def test_a_packed_parquet_file_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path, TIMES, PRICES)
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert "is a Parquet file that was packed; unpack it" in refusal(path)


def test_without_pyarrow_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = table(tmp_path, TIMES, PRICES)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(HistoryError, match=r"prices.csv: is a Parquet file; install curtaild"):
        read_series([path], Layout())
    assert values(written(tmp_path, *QUARTERS)) == PRICES
