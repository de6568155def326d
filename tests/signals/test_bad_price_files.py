"""A price file that cannot be used: the message names the place and what to do."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path

import pytest
from pydantic import ValidationError

from controller.errors import PermanentError
from controller.signals.prices.file import PriceFile, PriceFileSettings, read_prices
from tests.signals.price_files import named, written
from tests.virtual_clock import VirtualClock

GOOD = "2023-09-06T17:00:00Z,10"


def refusal(settings: PriceFileSettings) -> str:
    with pytest.raises(PermanentError) as caught:
        read_prices(settings)
    message = str(caught.value)
    assert message.startswith(f"{settings.path}: ")
    return message


async def test_the_feed_stops_for_good(tmp_path: Path) -> None:
    feed = PriceFile("prices", named(tmp_path / "none.csv"), VirtualClock())
    async with aclosing(feed.samples()) as samples:
        with pytest.raises(PermanentError, match="No such file"):
            await anext(samples)


def test_a_folder(tmp_path: Path) -> None:
    assert "directory" in refusal(named(tmp_path)).lower()


@pytest.mark.parametrize("key", ["time_column", "price_column"])
def test_no_such_column(tmp_path: Path, key: str) -> None:
    message = refusal(written(tmp_path, GOOD, **{key: "HB_EAST"}))
    assert f"has no column 'HB_EAST' ({key}); it has start, hub" in message


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.touch()
    assert "is empty" in refusal(named(path))


def test_a_header_alone(tmp_path: Path) -> None:
    assert "no rows" in refusal(written(tmp_path))


@pytest.mark.parametrize(
    ("time", "problem"),
    [
        ("6/9/2023", "is not a time; write it like 2023-09-06T17:00:00Z"),
        ("", "is not a time"),
        ("NaT", "is not a time"),
        ("9999-12-31T23:59:00-14:00", "is outside the calendar"),
        ("9999-12-31T23:59:00Z", "date value out of range"),
    ],
)
def test_a_time_that_is_none(tmp_path: Path, time: str, problem: str) -> None:
    message = refusal(written(tmp_path, GOOD, f"{time},20"))
    assert f"row 3, column start: {time!r} {problem}" in message


def test_a_time_that_clocks_jump_over(tmp_path: Path) -> None:
    settings = written(tmp_path, "2023-03-26T02:30,1", zone="Europe/Oslo")
    assert "does not exist in Europe/Oslo" in refusal(settings)


def test_a_row_without_a_price(tmp_path: Path) -> None:
    message = refusal(written(tmp_path, GOOD, "2023-09-06T17:15:00Z"))
    assert "row 3 is shorter than the header" in message


@pytest.mark.parametrize(
    "content",
    [b"start,hub\n\xff\xfe,10\n", b'start,hub\n"2023-09-06T17:00:00Z,10\n', b"start,hub\n\0,1\n"],
)
def test_bytes_that_are_no_csv(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "prices.csv"
    path.write_bytes(content)
    refusal(named(path))


def test_a_compressed_file_that_is_cut_off_or_is_none(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv.gz"
    path.write_bytes(b"start,hub\n")
    assert "cannot be read" in refusal(named(path))
    path.write_bytes(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03")
    assert "cannot be read" in refusal(named(path))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("zone", "Middle/Earth"),
        ("zone", "../../etc/passwd"),
        ("zone", ""),
        ("interval_minutes", 0),
        ("known_at", "tomorrow"),
        ("price_column", ""),
        ("colour", "red"),
    ],
)
def test_wrong_settings_name_their_key(tmp_path: Path, key: str, value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        named(tmp_path / "prices.csv", **{key: value})
    assert [error["loc"] for error in caught.value.errors()] == [(key,)]
