"""NYISO: stamps at the end of real time's intervals and at the beginning of the day ahead's hours.

The rows are our own: the recordings that there are may be read and not be shipped.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from controller.signals.markets.nyiso import NyisoSource, PriceNyisoSettings
from tests.signals.market_pages import covers, read, told, utc

NOW = utc("2026-07-01 16:00")
NEW_YORK = ZoneInfo("America/New_York")
HEADER = '"Time Stamp","Name","PTID","LBMP ($/MWHr)","Marginal Cost Losses ($/MWHr)"'


def source(product: str = "real_time", **more: Any) -> NyisoSource:
    settings = {"product": product, "zone": "WEST", **more}
    return NyisoSource(PriceNyisoSettings(adapter="price_nyiso", **settings))


def table(*stamped: tuple[str, str]) -> bytes:
    """With a blank line before the header, as recorded files have it."""
    rows = [
        f'"{stamp}","{zone}",61752,{price},1.69'
        for stamp, price in stamped
        for zone, price in (("H Q", "0.01"), ("WEST", price))
    ]
    return "\n".join(["", HEADER, *rows, ""]).encode()


def test_a_stamp_of_real_time_ends_its_five_minutes() -> None:
    found = read(
        source(), table(("07/01/2026 00:05:00", "21.5"), ("07/01/2026 00:10:00", "22")), NOW
    )
    assert told(found) == [
        ("2026-07-01 04:00", "2026-07-01 04:05", "21.5"),
        ("2026-07-01 04:05", "2026-07-01 04:10", "22"),
    ]


def test_a_run_between_two_takes_its_part_of_the_five_minutes() -> None:
    stamps = (
        ("07/01/2026 00:05:00", "21"),
        ("07/01/2026 00:07:30", "90"),
        ("07/01/2026 00:10:00", "22"),
    )
    assert [
        (start[-5:], end[-5:]) for start, end, _ in told(read(source(), table(*stamps), NOW))
    ] == [
        ("04:00", "04:05"),
        ("04:05", "04:07"),
        ("04:07", "04:10"),
    ]


def test_a_stamp_of_the_day_ahead_begins_its_hour() -> None:
    found = read(source("day_ahead"), table(("07/02/2026 00:00", "30.25")), NOW)
    assert told(found) == [("2026-07-02 04:00", "2026-07-02 05:00", "30.25")]
    assert found[0].day_ahead


DAYS = [
    ("2026-03-08", "2026-03-08 05:00", "2026-03-09 04:00", 23),
    ("2026-07-01", "2026-07-01 04:00", "2026-07-02 04:00", 24),
    ("2026-11-01", "2026-11-01 04:00", "2026-11-02 05:00", 25),
]


@pytest.mark.parametrize(
    ("product", "minutes", "form"), [("real_time", 5, ":%S"), ("day_ahead", 60, "")]
)
@pytest.mark.parametrize(("day", "first", "last", "hours"), DAYS)
def test_every_interval_of_a_day_is_there_once(
    day: str, first: str, last: str, hours: int, product: str, minutes: int, form: str
) -> None:
    step, begins = timedelta(minutes=minutes), datetime.fromisoformat(day).replace(tzinfo=NEW_YORK)
    start = begins.astimezone(utc(first).tzinfo) + (
        step if product == "real_time" else timedelta(0)
    )
    stamps = [
        (f"{(start + number * step).astimezone(NEW_YORK):%m/%d/%Y %H:%M{form}}", "20")
        for number in range(hours * 60 // minutes)
    ]
    found = read(source(product), table(*stamps), NOW)
    assert len(found) == hours * 60 // minutes
    assert covers(found, first, last)


def test_a_run_of_the_repeated_hour_alone_is_of_the_second() -> None:
    """01:07:30 stands in one of the two hours only, and 01:10 of the first was lost."""
    stamps = ("01:00:00", "01:05:00", "01:00:00", "01:05:00", "01:07:30", "01:10:00")
    found = read(source(), table(*((f"11/01/2026 {stamp}", "20") for stamp in stamps)), NOW)
    assert [f"{one.end:%H:%M:%S}" for one in found] == [
        "05:00:00",
        "05:05:00",
        "06:00:00",
        "06:05:00",
        "06:07:30",
        "06:10:00",
    ]


def test_a_zone_is_found_by_its_number_too() -> None:
    body = table(("07/01/2026 00:05:00", "21.5")).replace(b'"H Q",61752', b'"H Q",61844')
    assert [one.price_per_mwh for one in read(source(zone="61844"), body, NOW)] == ["0.01"]
    with pytest.raises(ValueError, match="no price of 61753; it has 61752"):
        read(source(zone="61753"), body, NOW)


@pytest.mark.parametrize(
    ("product", "now", "files"),
    [
        ("real_time", "2026-07-01 16:00", ["20260701realtime"]),
        ("real_time", "2026-07-01 04:02", ["20260630realtime", "20260701realtime"]),
        ("real_time", "2026-07-01 03:59", ["20260630realtime"]),
        ("day_ahead", "2026-07-01 16:00", ["20260701damlbmp", "20260702damlbmp"]),
    ],
)
def test_it_asks_for_the_files_of_the_day(product: str, now: str, files: list[str]) -> None:
    asks = source(product).asks(utc(now))
    assert [ask.url.rpartition("/")[2] for ask in asks] == [f"{name}_zone.csv" for name in files]
    assert all(404 in ask.nothing for ask in asks)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (table(("2026-07-01T00:05:00", "1")), "is no time of New York"),
        (table(("03/08/2026 02:30:00", "1")), "is no time of New York"),
        (table(("01/01/0001 00:02:00", "1")), "is no time of New York"),
        (table(("07/01/2026 00:05:00", "1")).replace(b"LBMP", b"PRICE"), "no column 'LBMP"),
        (table(("07/01/2026 00:05:00", "1")).replace(b"WEST", b"EAST"), "no price of WEST; it has"),
        (HEADER.encode("utf-16"), "is not UTF-8"),
        (b"<html>", "has no column 'Name'; it has <html>"),
        (b"", "it has nothing"),
        ((HEADER + '\n"07/01/2026 00:05:00","WEST"\n').encode(), "row 2 is shorter"),
        ((HEADER + '\n"07/01/2026').encode(), "is no CSV"),
    ],
)
def test_a_file_that_is_none_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read(source(), body, NOW)
