"""Files that cannot be read at all."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from controller.backtest.history import HistoryError, Layout, read_series
from controller.errors import PermanentError
from tests.backtest.history.made import QUARTERS, packed, refusal, written


def raw(folder: Path, content: bytes) -> Path:
    path = folder / "prices.csv"
    path.write_bytes(content)
    return path


def test_a_refusal_is_permanent() -> None:
    assert issubclass(HistoryError, PermanentError)


def test_no_file_at_all() -> None:
    with pytest.raises(HistoryError, match="name at least one"):
        read_series([], Layout())


def test_a_missing_file(tmp_path: Path) -> None:
    assert "No such file or directory; mend the path" in refusal(tmp_path / "none.csv")


def test_a_folder(tmp_path: Path) -> None:
    assert "cannot be read: Is a directory" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty; give a file with a header and rows"),
        (gzip.compress(b""), "is empty; its first row has to name the columns"),
        (b"time,price\n", "has no rows"),
        (b"\n", "is empty"),
        (b"2022-03-01T06:00Z,10\n2022-03-01T06:15Z,11\n", "row 1: holds a time"),
        (b"PK\x03\x04rest", "is a zip archive or a spreadsheet; save it as CSV"),
        (gzip.compress(b"PAR1rest"), "is a Parquet file that was packed; unpack it"),
        (gzip.compress(gzip.compress(b"time,price\n")), "is packed twice"),
        (b"time;price\n2022-03-01T06:00Z;10\n", "commas between them"),
        (b"time,price\n" + b"x" * (1 << 20), "row 2: is over 1048576 bytes long"),
        (b'time,price\n2022-03-01T06:00Z,"10\n', "row 2: is not CSV"),
        (b"time,price\n2022-03-01T06:00Z,10\n\xe4,3\n", "row 3: is not UTF-8 (byte 1"),
        ("time,price\n".encode("utf-16"), "row 1: is not UTF-8"),
    ],
)
def test_what_is_no_history(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in refusal(raw(tmp_path, content))


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_a_packed_file_that_breaks_off(tmp_path: Path, kept: float) -> None:
    whole = packed(written(tmp_path, *QUARTERS), "whole.gz").read_bytes()
    message = refusal(raw(tmp_path, whole[: int(len(whole) * kept)]))
    assert "the packed file breaks off or is damaged" in message


def test_a_packed_file_with_a_wrong_checksum(tmp_path: Path) -> None:
    whole = bytearray(packed(written(tmp_path, *QUARTERS), "whole.gz").read_bytes())
    whole[-6] ^= 0xFF
    assert "damaged (CRC check failed" in refusal(raw(tmp_path, bytes(whole)))


@pytest.mark.parametrize(
    ("settings", "header", "said"),
    [
        (
            {"time_column": "when"},
            "time,price",
            "has no column 'when'; set time_column to one of time, price",
        ),
        (
            {"value_column": "west"},
            "time,price",
            "no column 'west'; set value_column to one of time, price",
        ),
        ({}, "time,west,north", "has several columns; set value_column to one of west, north"),
        ({"value_column": "west"}, "time,west,west", "has 2 columns 'west'; rename all but one"),
        ({"value_column": "time"}, "time,price", "are both 'time'; name two columns"),
        ({}, "time", "has the column 'time' alone"),
    ],
)
def test_columns_that_are_not_clear(
    tmp_path: Path, settings: dict[str, str], header: str, said: str
) -> None:
    path = written(tmp_path, "2022-03-01T06:00Z,1", header=header)
    assert said in refusal(path, Layout.model_validate(settings))


def test_an_unknown_zone_is_refused_with_the_settings() -> None:
    with pytest.raises(ValueError, match="write it like Europe/Oslo"):
        Layout(zone="Central")
