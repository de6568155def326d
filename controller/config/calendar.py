"""Seasons and holidays of a tariff, as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from controller.config.section import Name, Section

FIRST_YEAR, LAST_YEAR = 2009, 2060
"""The block chain begins in the one; nobody's tariff is known beyond the other."""
_MONTH_DAY = re.compile(r"(\d\d)-(\d\d)")
_SPAN = re.compile(r"(\d\d)-(\d\d)\.\.(\d\d)-(\d\d)")
_WEEKDAY = re.compile(r"(1st|2nd|3rd|4th|last) (mon|tue|wed|thu|fri|sat|sun) of (\d\d?)")
_EASTER = re.compile(r"easter([+-]\d\d?)?")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LEAP = 2024
"""Any year that has a 29 February."""


def _span(text: str) -> str:
    found = _SPAN.fullmatch(text)
    try:
        numbers = [int(part) for part in found.groups()] if found else [0, 0, 0, 0]
        date(_LEAP, *numbers[:2])
        date(_LEAP, *numbers[2:])
    except ValueError:
        raise ValueError("must be two days of the year such as 06-01..09-30") from None
    return text


def _holiday(text: str) -> str:
    try:
        days = list(_days(text, _LEAP))
    except ValueError:
        days = []
    if not days and not _is_date(text):
        raise ValueError(
            "must be a day such as 12-25, 2026-04-03, '4th thu of 11', 'last mon of 5' or easter-2"
        )
    return text


Season = Annotated[str, AfterValidator(_span)]
Holiday = Annotated[str, AfterValidator(_holiday)]


class CalendarSettings(Section):
    """Which days of the year are what."""

    seasons: dict[Name, Season] = Field(default_factory=dict)
    """By name, from the first to the last day, such as 06-01..09-30; 11-01..02-28 goes over the new
    year."""
    holidays: list[Holiday] = Field(default_factory=list, max_length=60)
    """Days such as 12-25, 2026-04-03, `4th thu of 11`, `last mon of 5`, easter or easter-2."""


def season_of(span: str) -> tuple[int, int]:
    """Month × 100 + day of its first and its last day."""
    found = _SPAN.fullmatch(span)
    assert found is not None
    first_month, first_day, last_month, last_day = (int(part) for part in found.groups())
    return first_month * 100 + first_day, last_month * 100 + last_day


def holidays_of(calendar: CalendarSettings) -> tuple[date, ...]:
    """Every date of the years that a tariff can mean."""
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    return tuple(
        sorted({day for text in calendar.holidays for year in years for day in _days(text, year)})
    )


def _days(text: str, year: int) -> Iterator[date]:
    """The date of a year that is meant, if it has one."""
    if found := _MONTH_DAY.fullmatch(text):
        month, day = (int(part) for part in found.groups())
        if (month, day) != (2, 29) or _is_leap(year):
            yield date(year, month, day)
    elif found := _WEEKDAY.fullmatch(text):
        yield from _nth(found.group(1), _WEEKDAYS.index(found.group(2)), int(found.group(3)), year)
    elif found := _EASTER.fullmatch(text):
        yield easter(year) + timedelta(days=int(found.group(1) or 0))
    elif _is_date(text) and date.fromisoformat(text).year == year:
        yield date.fromisoformat(text)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _is_date(text: str) -> bool:
    try:
        return text == date.fromisoformat(text).isoformat()
    except ValueError:
        return False


def _nth(which: str, weekday: int, month: int, year: int) -> Iterator[date]:
    first = date(year, month, 1)
    days = [first + timedelta(days=number) for number in range(31)]
    fitting = [one for one in days if one.month == month and one.weekday() == weekday]
    yield fitting[-1 if which == "last" else int(which[0]) - 1]


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the algorithm that J.-M. Oudin gave in 1940 (in
    the Explanatory Supplement to the Astronomical Almanac)."""
    century = year // 100
    golden = year % 19
    epact = (century - century // 4 - (century - (century - 17) // 25) // 3 + 19 * golden + 15) % 30
    epact -= (epact // 28) * (1 - (epact // 28) * (29 // (epact + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + epact + 2 - century + century // 4) % 7
    days = epact - weekday
    month = 3 + (days + 40) // 44
    return date(year, month, days + 28 - 31 * (month // 4))
