"""Times without an offset, around the hours at which clocks change."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from controller.backtest.history import Layout, read_series, read_steps
from tests.backtest.history.made import CHICAGO, refusal, written

# In 2022 Chicago's clocks went from 01:59 CST to 03:00 CDT on 13 March, and from 01:59 CDT to
# 01:00 CST on 6 November. CST is UTC-6, CDT is UTC-5.
AUTUMN = "2022-11-06"
HOURS = ("00:00", "01:00", "01:00", "02:00")
FIRST = ("01:00", "01:15", "01:30", "01:45")


def autumn(folder: Path, *times: str, name: str = "prices.csv") -> Path:
    rows = [f"{AUTUMN} {time},{price}" for price, time in enumerate(times)]
    return written(folder, *rows, name=name)


def start(path: Path, layout: Layout = CHICAGO, *, rows: int) -> str:
    """When a file of so many rows without a gap begins, as HH:MM of UTC."""
    series, _ = read_series([path], layout)
    assert series.values.tolist() == list(range(rows))
    assert (series.start.date(), series.start.tzinfo) == (
        datetime(2022, 11, 6, tzinfo=UTC).date(),
        UTC,
    )
    return f"{series.start:%H:%M}"


def test_an_hour_that_is_left_out_in_spring_is_no_gap(tmp_path: Path) -> None:
    path = written(tmp_path, "2022-03-13 01:45,1", "2022-03-13 03:00,2", "2022-03-13 03:15,3")
    series, _ = read_series([path], CHICAGO)
    assert (series.start, len(series)) == (datetime(2022, 3, 13, 7, 45, tzinfo=UTC), 3)


def test_a_time_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "2022-03-13 01:45,1", "2022-03-13 02:00,2", "2022-03-13 02:15,3")
    message = refusal(path, CHICAGO)
    assert "row 3: 2022-03-13 02:00 does not exist in America/Chicago" in message


def test_the_repeated_hour_is_read_in_its_order(tmp_path: Path) -> None:
    assert start(autumn(tmp_path, *HOURS), rows=4) == "05:00"
    quarters = ("00:45", *FIRST, *FIRST, "02:00")
    assert start(autumn(tmp_path, *quarters), rows=10) == "05:45"


def test_ends_of_intervals_are_read_in_their_order_too(tmp_path: Path) -> None:
    layout = Layout(zone="America/Chicago", stamps="end")
    assert start(autumn(tmp_path, *HOURS), layout, rows=4) == "04:00"


def test_a_file_may_begin_or_end_in_the_repeated_hour(tmp_path: Path) -> None:
    assert start(autumn(tmp_path, "00:30", "00:45", "01:00", "01:15"), rows=4) == "05:30"
    assert start(autumn(tmp_path, *HOURS[:2]), rows=2) == "05:00"
    assert start(autumn(tmp_path, *HOURS[2:]), rows=2) == "07:00"
    assert start(autumn(tmp_path, *FIRST[1:], "02:00"), rows=4) == "07:15"
    assert start(autumn(tmp_path, *FIRST[2:], *FIRST[:2]), rows=4) == "06:30"
    assert start(autumn(tmp_path, *HOURS[1:3]), Layout(zone=CHICAGO.zone), rows=2) == "06:00"


def test_files_may_be_cut_between_the_two_passes(tmp_path: Path) -> None:
    first = autumn(tmp_path, "00:45", *FIRST, name="first.csv")
    second = autumn(tmp_path, *FIRST, "02:00", name="second.csv")
    series, sentences = read_series([second, first], CHICAGO)
    assert (len(series), sentences) == (10, ())


def test_intervals_of_two_hours_have_one_row_in_it(tmp_path: Path) -> None:
    path = written(tmp_path, "2022-11-05 23:00,0", "2022-11-06 01:00,1", "2022-11-06 02:00,2")
    series, _ = read_series([path], CHICAGO)
    assert (series.minutes, series.start) == (120, datetime(2022, 11, 6, 4, tzinfo=UTC))


@pytest.mark.parametrize(
    ("times", "said"),
    [
        (
            ("00:00", "01:00", "02:00", "03:00"),
            "row 3: 2022-11-06 01:00 is there in one pass alone",
        ),
        (("00:45", *FIRST, "02:00"), "row 3: 2022-11-06 01:00 is there in one pass alone"),
        (
            ("00:00", "01:30", "01:45", "02:15"),
            "row 3: 2022-11-06 01:30 is there in one pass alone",
        ),
        (("01:30", "01:45", "03:00"), "row 2: 2022-11-06 01:30 is there in one pass alone"),
        (("00:15", "01:30", "01:45"), "row 3: 2022-11-06 01:30 is there in one pass alone"),
        (FIRST, "row 2: 2022-11-06 01:00 is there in one pass alone"),
        (
            ("00:45", "01:00", "01:00", "01:15", "01:15", "02:00"),
            "row 6: 2022-11-06 01:15 is not later",
        ),
        (("00:45", "01:00", "01:00", "02:00"), "row 4: 2022-11-06 01:00 repeats the row before it"),
        (("00:45", *FIRST, *FIRST, *FIRST, "02:00"), "row 11: 2022-11-06 01:00 is not later"),
        (("01:00", "01:00", "01:00", "02:00"), "row 4: 2022-11-06 01:00 is not later"),
    ],
)
def test_what_cannot_be_decided_is_refused_whatever_the_policies(
    tmp_path: Path, times: tuple[str, ...], said: str
) -> None:
    layout = Layout(zone="America/Chicago", gaps="hold", duplicates="first")
    message = refusal(autumn(tmp_path, *times), layout)
    assert said in message
    assert "repeated in America/Chicago" in message
    assert "write times with an offset" in message


def test_local_times_that_are_taken_for_utc_are_told_of_the_zone(tmp_path: Path) -> None:
    message = refusal(autumn(tmp_path, "00:45", *FIRST, *FIRST, "02:00"), Layout())
    assert "row 7: 2022-11-06T01:00Z comes after 2022-11-06T01:45Z" in message
    assert "set zone if these are local times" in message


def test_an_offset_decides_it(tmp_path: Path) -> None:
    path = autumn(tmp_path, "00:00", "01:00-05:00", "01:00-06:00", "02:00")
    assert start(path, rows=4) == "05:00"


def test_the_hours_of_two_autumns_are_kept_apart(tmp_path: Path) -> None:
    days = ("2021-11-07", "2021-11-07", "2022-11-06", "2022-11-06")
    steps, _ = read_steps([written(tmp_path, *(f"{day} 01:00,1" for day in days))], CHICAGO)
    assert [f"{at:%Y-%m-%d %H:%M}" for at in steps.times] == [
        "2021-11-07 06:00",
        "2021-11-07 07:00",
        "2022-11-06 06:00",
        "2022-11-06 07:00",
    ]


def test_half_an_hour_is_repeated_on_lord_howe_island(tmp_path: Path) -> None:
    times = ("01:00", "01:30", "01:30", "02:00")
    path = written(tmp_path, *(f"2022-04-03 {time},{price}" for price, time in enumerate(times)))
    series, _ = read_series([path], Layout(zone="Australia/Lord_Howe"))
    assert (series.start, series.minutes) == (datetime(2022, 4, 2, 14, tzinfo=UTC), 30)
