"""What clocks at the site show, and when they are changed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from controller.app.local_time import LocalTime, local_time

SPRING = datetime(2023, 3, 12, 8, tzinfo=UTC)
AUTUMN = datetime(2023, 11, 5, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        ("UTC", "2023-03-12T07:59:59", LocalTime(0, None, 0)),
        ("Asia/Kolkata", "2023-03-12T07:59:59", LocalTime(19_800, None, 0)),
        ("America/Chicago", "2023-03-08T08:00:01", LocalTime(-21_600, SPRING, -18_000)),
        ("America/Chicago", "2023-03-12T07:59:59.5", LocalTime(-21_600, SPRING, -18_000)),
        ("America/Chicago", "2023-03-12T08:00:00", LocalTime(-18_000, None, 0)),
        ("America/Chicago", "2023-11-05T06:59:59", LocalTime(-18_000, AUTUMN, -21_600)),
        ("America/Chicago", "2023-11-05T07:00:00", LocalTime(-21_600, None, 0)),
        (
            "Australia/Lord_Howe",  # by half an hour
            "2023-04-01T12:00:00",
            LocalTime(39_600, datetime(2023, 4, 1, 15, tzinfo=UTC), 37_800),
        ),
    ],
)
def test_the_offset_now_and_its_next_change(zone: str, now: str, expected: LocalTime) -> None:
    assert local_time(zone, datetime.fromisoformat(now).replace(tzinfo=UTC)) == expected
