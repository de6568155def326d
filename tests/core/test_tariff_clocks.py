"""Adders on the days on which clocks are changed, as in Chicago in 2023."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.app.local_time import local_time
from controller.core.economics.tariff import next_band_change, tariff_of
from controller.core.schedule import next_look
from controller.model.seen import Snapshot, State
from controller.model.site import Economics, Site
from controller.model.tariff import Band

SPRING = datetime(2023, 3, 12, tzinfo=UTC)
"""02:00 is skipped, at 08:00 UTC."""
AUTUMN = datetime(2023, 11, 5, tzinfo=UTC)
"""01:00 to 02:00 is repeated, from 07:00 UTC on."""


def band(begin: str, end: str) -> Band:
    minutes = [int(clock[:2]) * 60 + int(clock[3:]) for clock in (begin, end)]
    return Band(name="b", per_mwh=Decimal(1), from_minute=minutes[0], to_minute=minutes[1])


def seen(now: datetime, *bands: Band) -> Snapshot:
    clocks = local_time("America/Chicago", now)
    site = Site(
        id="s",
        currency="USD",
        zone="America/Chicago",
        import_limit_w=1,
        groups={},
        economics=Economics(adders=bands),
    )
    return Snapshot(
        now=now,
        site=site,
        utc_offset_s=clocks.offset_s,
        offset_changes_at=clocks.changes_at,
        utc_offset_after_s=clocks.after_s,
    )


def held(day: datetime, begin: str, end: str) -> list[str]:
    """From when to when, in UTC, a band holds between 00:00 and 18:00 UTC of a day."""
    return [f"{start:%H:%M}-{stop:%H:%M}" for start, stop in _spans(day, band(begin, end))]


def _spans(day: datetime, one: Band) -> Iterator[tuple[datetime, datetime]]:
    since = None
    for minute in range(18 * 60):
        now = day + timedelta(minutes=minute)
        holds = tariff_of(seen(now, one)).adder_per_mwh == 1
        if holds and since is None:
            since = now
        if since is not None and not holds:
            yield since, now
            since = None


@pytest.mark.parametrize(
    ("begin", "end", "utc"),
    [
        ("01:00", "03:00", "07:00-08:00"),
        ("01:30", "02:30", "07:30-08:00"),
        ("02:30", "04:00", "08:00-09:00"),
        ("04:00", "06:00", "09:00-11:00"),
        ("22:00", "06:00", "04:00-11:00"),
    ],
)
def test_in_spring_the_hour_that_is_skipped_is_missing(begin: str, end: str, utc: str) -> None:
    assert held(SPRING, begin, end) == [utc]


def test_a_band_that_lies_in_the_skipped_hour_never_holds() -> None:
    assert held(SPRING, "02:00", "03:00") == []
    before = seen(SPRING + timedelta(hours=7), band("02:00", "03:00"))
    assert next_band_change(before) == SPRING + timedelta(days=1, hours=7)


@pytest.mark.parametrize(
    ("begin", "end", "utc"),
    [
        ("00:00", "01:00", ["05:00-06:00"]),
        ("01:00", "02:00", ["06:00-08:00"]),
        ("01:30", "02:30", ["06:30-07:00", "07:30-08:30"]),
        ("01:15", "01:45", ["06:15-06:45", "07:15-07:45"]),
        ("22:00", "06:00", ["03:00-12:00"]),
    ],
)
def test_in_autumn_the_hour_that_is_repeated_counts_twice(
    begin: str, end: str, utc: list[str]
) -> None:
    assert held(AUTUMN, begin, end) == utc


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
@pytest.mark.parametrize("hours", [("01:30", "02:30"), ("14:00", "19:00"), ("22:00", "06:00")])
def test_the_next_change_is_known_across_a_change_of_clocks(
    day: datetime, hours: tuple[str, str]
) -> None:
    one = band(*hours)
    now = day - timedelta(hours=20)
    while now < day + timedelta(hours=20):
        told = next_band_change(seen(now, one))
        assert told is not None
        state = tariff_of(seen(now, one))
        just_before = told - timedelta(seconds=1)
        assert tariff_of(seen(just_before, one)) == state != tariff_of(seen(told, one))
        # What the core works out ahead is what it will find then.
        assert tariff_of(seen(now, one), at=told) == tariff_of(seen(told, one))
        now = told


def test_it_asks_again_when_adders_change() -> None:
    now = AUTUMN + timedelta(hours=6, minutes=59, seconds=30)
    there = replace(seen(now, band("01:30", "02:30")), fleet_known=True)
    asked = next_look(there, State(), ())
    assert asked == AUTUMN + timedelta(hours=7)
