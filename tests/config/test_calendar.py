"""Seasons and holidays: what is read, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from controller.config.calendar import CalendarSettings, easter, holidays_of, season_of
from controller.config.load import load
from controller.config.site import to_site
from controller.model.tariff import Holidays
from controller.wiring import SETTINGS

US = Path(__file__).parents[2] / "configs" / "tariff-us.yaml"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("12-25", ["2026-12-25", "2027-12-25"]),
        ("2026-04-03", ["2026-04-03"]),
        ("4th thu of 11", ["2026-11-26", "2027-11-25"]),
        ("1st mon of 9", ["2026-09-07", "2027-09-06"]),
        ("last mon of 5", ["2026-05-25", "2027-05-31"]),
        ("easter", ["2026-04-05", "2027-03-28"]),
        ("easter-2", ["2026-04-03", "2027-03-26"]),
        ("easter+1", ["2026-04-06", "2027-03-29"]),
        ("02-29", []),
    ],
)
def test_a_holiday_is_on_these_days(text: str, days: list[str]) -> None:
    every = holidays_of(CalendarSettings(holidays=[text]))
    assert [f"{day}" for day in every if day.year in (2026, 2027)] == days


def test_a_leap_day_is_one_in_leap_years_only() -> None:
    every = holidays_of(CalendarSettings(holidays=["02-29"]))
    assert date(2028, 2, 29) in every
    assert {day.year % 4 for day in every} == {0}


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (1999, "1999-04-04"),
        (2000, "2000-04-23"),
        (2008, "2008-03-23"),
        (2019, "2019-04-21"),
        (2024, "2024-03-31"),
        (2025, "2025-04-20"),
        (2026, "2026-04-05"),
        (2038, "2038-04-25"),
        (2049, "2049-04-18"),
    ],
)
def test_easter(year: int, day: str) -> None:
    assert f"{easter(year)}" == day


@pytest.mark.parametrize(
    "text", ["13-01", "5th mon of 5", "1st mon of 13", "easter*2", "", "2026-02-30", "02-30"]
)
def test_what_is_no_holiday_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="must be a day such as"):
        CalendarSettings(holidays=[text])


@pytest.mark.parametrize("text", ["06-01", "06-01..13-30", "06-31..09-30", "6-1..9-30"])
def test_what_is_no_season_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="must be two days of the year"):
        CalendarSettings(seasons={"summer": text})


def test_a_season_may_go_over_the_new_year() -> None:
    assert season_of("11-01..02-29") == (1101, 229)


def test_a_tariff_is_what_the_core_sees() -> None:
    site = to_site(load(US, SETTINGS, {}))
    reserved, charge = site.reserved
    assert (reserved.power_w, reserved.limits) == (1_500_000, True)
    assert reserved.excess_per_kw == Decimal("18.4")
    assert reserved.hours.seasons == ((601, 930),)
    assert reserved.hours.holiday is Holidays.NEVER
    assert date(2026, 11, 26) in reserved.hours.holidays
    assert (charge.power_w, charge.limits) == (0, False)
