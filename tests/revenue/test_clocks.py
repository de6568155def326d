"""Days of 23 and 25 hours, at every length of interval, with the time of either end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from controller.signals.revenue.reading import read_revenue_file
from tests.revenue import files

BACK, FORWARD = (2025, 11, 2), (2026, 3, 8)


@pytest.mark.parametrize("day", [BACK, FORWARD], ids=["25 hours", "23 hours"])
@pytest.mark.parametrize("minutes", [5, 15, 60])
@pytest.mark.parametrize("stamp", ["start", "end"])
def test_every_interval_has_its_place(day: tuple[int, int, int], minutes: int, stamp: Any) -> None:
    starts = files.local_day(*day, minutes=minutes)
    later = timedelta(minutes=minutes if stamp == "end" else 0)
    rows = [f"{(at + later).astimezone(files.ZONE):%Y-%m-%dT%H:%M},1" for at in starts]
    described = files.plain(stamp=stamp, interval_minutes=minutes)
    found = read_revenue_file(files.file(rows, "start,kwh"), described)
    assert [row.reading.start for row in found.rows] == list(starts)


def test_each_revision_has_both_passes() -> None:
    starts = files.local_day(*BACK)
    revisions = ("11/03/2025 07:00:00", "11/20/2025 07:00:00")
    rows = [files.row(at, 1, revision=each) for each in revisions for at in starts]
    found = read_revenue_file(files.file(rows), files.settings())
    assert [row.reading.start for row in found.rows] == [*starts, *starts]


def test_both_directions_may_stand_row_by_row() -> None:
    starts = files.local_day(*BACK)
    directions = ("Consumption", "Surplus Generation")
    rows = [files.row(at, 1, direction=each) for at in starts for each in directions]
    found = read_revenue_file(files.file(rows), files.settings())
    assert [row.reading.start for row in found.rows] == list(starts)


def test_a_pass_without_energy_keeps_its_place() -> None:
    starts = files.local_day(*BACK)
    gone = starts[4:8]  # from one o'clock, the first time
    rows = [files.row(at, "" if at in gone else 1) for at in starts]
    found = read_revenue_file(files.file(rows), files.settings())
    assert [row.reading.start for row in found.rows] == [at for at in starts if at not in gone]


def test_the_skipped_hour_may_be_written_without_energy() -> None:
    rows = [files.row(at, 1) for at in files.local_day(*FORWARD)]
    rows.insert(8, "'1,03/08/2026,, 02:00, 02:15,,A,Consumption")
    found = read_revenue_file(files.file(rows), files.settings())
    assert (len(found.rows), found.blank) == (92, 1)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (["2025-11-02T01:30,1"], "is there once, and clocks of America/Chicago show it twice"),
        (["2025-11-02T01:30,1"] * 3, "row 4: 2025-11-02 01:30:00 is there more than twice"),
        (["2026-03-08T02:30,1"], "row 2: 2026-03-08 02:30:00 does not exist in America/Chicago"),
    ],
)
def test_what_cannot_be_placed_is_refused(rows: list[str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_revenue_file(files.file(rows, "start,kwh"), files.plain())


def test_an_offset_makes_it_clear() -> None:
    rows = ["2025-11-02T01:30-06:00,1"]
    found = read_revenue_file(files.file(rows, "start,kwh"), files.plain())
    assert f"{found.rows[0].reading.start:%H:%M}" == "07:30"


def test_hours_of_india_begin_on_the_half() -> None:
    described = files.plain(zone="Asia/Kolkata", interval_minutes=60)
    found = read_revenue_file(files.file(["2025-07-01T10:00,1"], "start,kwh"), described)
    assert f"{found.rows[0].reading.start:%H:%M}" == "04:30"
