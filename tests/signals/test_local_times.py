"""Times without an offset, across the change of clocks."""

from __future__ import annotations

import pytest

from controller.signals.reading.local_times import LocalTimes


def read(zone: str, *texts: str) -> list[str]:
    times = LocalTimes(zone)
    return [f"{times.read(text):%d %H:%M}" for text in texts]


def test_an_offset_wins_over_the_zone() -> None:
    assert read("Europe/Oslo", "2023-09-06T17:00:00Z", "2023-09-06T12:00-05:00") == ["06 17:00"] * 2


def test_the_hour_that_clocks_repeat_is_read_as_first_and_second() -> None:
    hour = ["2023-10-29 02:00", "2023-10-29 02:30"]
    written = ["2023-10-29 01:30", *hour, *hour, "2023-10-29 03:00"]
    expected = ["28 23:30", "29 00:00", "29 00:30", "29 01:00", "29 01:30", "29 02:00"]
    assert read("Europe/Oslo", *written) == expected


def test_the_hour_that_clocks_skip_is_no_time() -> None:
    assert read("Europe/Oslo", "2023-03-26 01:45", "2023-03-26 03:00") == ["26 00:45", "26 01:00"]
    with pytest.raises(ValueError, match="does not exist"):
        read("Europe/Oslo", "2023-03-26 02:00")
