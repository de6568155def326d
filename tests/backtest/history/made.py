"""Files of history made for a test, and what is said about them."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path

import pytest

from controller.backtest.history import HistoryError, Layout, read_series

QUARTERS = (
    "2022-03-01T06:00Z,10",
    "2022-03-01T06:15Z,11",
    "2022-03-01T06:30Z,12",
    "2022-03-01T06:45Z,13",
)
CHICAGO = Layout(zone="America/Chicago")


def written(folder: Path, *rows: str, name: str = "prices.csv", header: str = "time,price") -> Path:
    """A CSV file of these rows."""
    path = folder / name
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


def packed(path: Path, name: str) -> Path:
    """The file once more, packed by gzip, under another name."""
    target = path.with_name(name)
    target.write_bytes(gzip.compress(path.read_bytes()))
    return target


def quarters(start: str, count: int, step: int = 15) -> list[str]:
    """Rows of a day, from HH:MM on, `step` minutes apart, with prices 0, 1, 2, …"""
    hour, minute = (int(part) for part in start.split(":"))
    times = range(hour * 60 + minute, hour * 60 + minute + count * step, step)
    return [f"2022-03-01T{at // 60:02}:{at % 60:02}Z,{price}" for price, at in enumerate(times)]


def refusal(paths: Path | Iterable[Path], layout: Layout | None = None) -> str:
    """What the reader says when it refuses the files. It names one of them."""
    paths = [paths] if isinstance(paths, Path) else list(paths)
    with pytest.raises(HistoryError) as caught:
        read_series(paths, layout or Layout())
    message = str(caught.value)
    assert any(str(path) in message for path in paths)
    return message


def values(path: Path, layout: Layout | None = None) -> list[float]:
    """What the reader takes from a file without a word about it."""
    series, sentences = read_series([path], layout or Layout())
    assert sentences == ()
    return series.values.tolist()
