"""What reading a long history takes."""

from __future__ import annotations

import gzip
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

from controller.backtest.history import Layout, read_series

ROWS = 60_000


def test_memory_is_the_numbers_and_little_else(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv.gz"
    start = datetime(2022, 1, 1, tzinfo=UTC)
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.write("time,price\n")
        for number in range(ROWS):
            file.write(f"{start + timedelta(minutes=number):%Y-%m-%dT%H:%MZ},{number / 7:.2f}\n")
    tracemalloc.start()
    try:
        series, _ = read_series([path], Layout())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(series) == ROWS
    # As a list of floats the values alone would take 32 bytes each.
    assert peak < ROWS * 16 + 500_000
