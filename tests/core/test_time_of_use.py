"""Bands by season and holiday, and the prices of a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.core.economics.tariff import in_band
from controller.core.economics.time_of_use import Span, day_prices
from controller.model.tariff import Band, Holidays

CHICAGO = ZoneInfo("America/Chicago")
XMAS = date(2026, 12, 25)


def band(name: str = "one", price: int = 1, **more: object) -> Band:
    return Band(name=name, per_mwh=Decimal(price), **more)  # type: ignore[arg-type]


def clock(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("season", "day", "holds"),
    [
        ((601, 930), "2026-05-31 12:00", False),
        ((601, 930), "2026-06-01 00:00", True),
        ((601, 930), "2026-09-30 23:59", True),
        ((601, 930), "2026-10-01 00:00", False),
        ((1101, 228), "2026-10-31 12:00", False),
        ((1101, 228), "2026-11-01 00:00", True),
        ((1101, 228), "2027-01-15 12:00", True),
        ((1101, 228), "2027-02-28 12:00", True),
        ((1101, 228), "2027-03-01 12:00", False),
    ],
)
def test_a_season_holds_from_its_first_to_its_last_day(
    season: tuple[int, int], day: str, *, holds: bool
) -> None:
    assert in_band(band(seasons=(season,)), clock(day)) is holds


@pytest.mark.parametrize(
    ("rule", "friday", "holiday", "saturday"),
    [
        (Holidays.LIKE_OTHERS, True, True, False),
        (Holidays.NEVER, True, False, False),
        (Holidays.ALSO, True, True, False),
        (Holidays.ONLY, False, True, False),
    ],
)
def test_what_holidays_are_to_a_band_of_weekdays(
    rule: Holidays, *, friday: bool, holiday: bool, saturday: bool
) -> None:
    """The holiday is a Friday."""
    one = band(weekdays=(1, 2, 3, 4, 5), holiday=rule, holidays=(XMAS,))
    days = ("2026-12-18", "2026-12-25", "2026-12-26")
    assert [in_band(one, clock(f"{day} 12:00")) for day in days] == [friday, holiday, saturday]


def test_a_band_of_weekends_may_hold_on_holidays_too() -> None:
    one = band(weekdays=(6, 7), holiday=Holidays.ALSO, holidays=(XMAS,))
    days = ("2026-12-24", "2026-12-25", "2026-12-26")
    assert [in_band(one, clock(f"{day} 12:00")) for day in days] == [False, True, True]


def test_hours_over_midnight_are_of_the_day_on_which_they_begin() -> None:
    night = band(
        from_minute=1320,
        to_minute=360,
        holiday=Holidays.ONLY,
        holidays=(XMAS,),
        seasons=((1201, 1225),),
    )
    times = ("2026-12-25 05:00", "2026-12-25 22:00", "2026-12-26 05:59", "2026-12-26 22:00")
    assert [in_band(night, clock(time)) for time in times] == [False, True, True, False]


PEAK = (
    band("night", 20, from_minute=0, to_minute=840),
    band("peak", 90, from_minute=840, to_minute=1140),
    band("evening", 20, from_minute=1140, to_minute=1440),
)


def utc(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def test_the_prices_of_a_day() -> None:
    assert day_prices(PEAK, date(2026, 7, 1), CHICAGO) == [
        Span(utc("2026-07-01 05:00"), utc("2026-07-01 19:00"), Decimal(20)),
        Span(utc("2026-07-01 19:00"), utc("2026-07-02 00:00"), Decimal(90)),
        Span(utc("2026-07-02 00:00"), utc("2026-07-02 05:00"), Decimal(20)),
    ]


def test_an_hour_that_clocks_skip_or_repeat() -> None:
    """A band from 1:30 to 2:30: half an hour before the skipped hour, two hours with the repeated
    one."""
    odd = (band("odd", 9, from_minute=90, to_minute=150),)
    skipped = day_prices(odd, date(2026, 3, 8), CHICAGO)
    assert skipped == [Span(utc("2026-03-08 07:30"), utc("2026-03-08 08:00"), Decimal(9))]
    repeated = day_prices(odd, date(2026, 11, 1), CHICAGO)
    assert repeated == [
        Span(utc("2026-11-01 06:30"), utc("2026-11-01 07:00"), Decimal(9)),
        Span(utc("2026-11-01 07:30"), utc("2026-11-01 08:30"), Decimal(9)),
    ]


@given(
    days=st.integers(0, 800),
    edges=st.lists(st.integers(1, 1439), min_size=1, max_size=6, unique=True).map(sorted),
    zone=st.sampled_from(
        [
            "America/Chicago",
            "America/Havana",  # clocks go back to midnight,
            "Africa/Cairo",  # or forward from it
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "UTC",
        ]
    ),
)
def test_prices_that_divide_the_day_fill_it_without_a_gap(
    days: int, edges: list[int], zone: str
) -> None:
    minutes = [0, *edges, 1440]
    bands = [
        band(f"b{first}", first, from_minute=first, to_minute=last)
        for first, last in pairwise(minutes)
    ]
    day, place = date(2026, 1, 1) + timedelta(days=days), ZoneInfo(zone)
    found = day_prices(bands, day, place)
    midnights = [
        datetime.combine(day + timedelta(days=more), datetime.min.time(), place).astimezone(UTC)
        for more in (0, 1)
    ]
    assert [found[0].start, found[-1].end] == midnights
    assert all(one.end == other.start for one, other in pairwise(found))
    for span in found:
        inside = (span.start + (span.end - span.start) / 2).astimezone(place).replace(tzinfo=UTC)
        (held,) = [one for one in bands if in_band(one, inside)]
        assert held.per_mwh == span.per_mwh
