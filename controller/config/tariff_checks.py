"""Whether hours of tariffs name seasons that there are, and energy always has one price."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from controller.config.calendar import FIRST_YEAR, LAST_YEAR
from controller.config.compose import Settings
from controller.config.explain import hint
from controller.config.problems import Key
from controller.config.tariffs import TimesSettings, to_bands
from controller.core.economics.tariff import in_band
from controller.model.tariff import DAY_MINUTES, Band

TARIFF_FEED = "price_tariff"


def seasons(settings: Settings) -> Iterator[tuple[Key, str]]:
    known = settings.calendar.seasons
    for key, hours in _hours(settings):
        for name in hours.seasons:
            if name not in known:
                yield (*key, "seasons"), f"there is no season {name}{hint(name, known)}"


def one_price(settings: Settings) -> Iterator[tuple[Key, str]]:
    """Every moment has exactly one energy price, whatever day of the week a date falls on."""
    energy = settings.tariff.energy if settings.tariff else []
    known = settings.calendar.seasons
    if not energy or any(name not in known for hours in energy for name in hours.seasons):
        return
    bands = to_bands(energy, settings.calendar)
    for clock in _moments(bands):
        held = [band.name for band in bands if in_band(band, clock)]
        if len(held) != 1:
            found = " and ".join(held) if held else "no price"
            when = f"{clock:%A %H:%M, %d %B %Y}"
            yield ("tariff", "energy"), f"has {found} on {when}: exactly one has to hold"
            return


def demand(settings: Settings) -> Iterator[tuple[Key, str]]:
    tariff, minutes = settings.tariff, settings.interval_minutes
    if tariff is None or not tariff.reserved:
        return
    if 60 % tariff.demand_minutes:
        yield ("tariff", "demand_minutes"), "must divide the hour: 5, 10, 15, 30 or 60"
    elif tariff.demand_minutes % minutes:
        yield ("tariff", "demand_minutes"), f"interval_minutes must divide it, and is {minutes}"


def feeds(settings: Settings) -> Iterator[tuple[Key, str]]:
    for name, feed in settings.feeds.items():
        if feed.adapter == TARIFF_FEED and not (settings.tariff and settings.tariff.energy):
            yield ("feeds", name, "adapter"), "says the prices of tariff.energy, which is missing"


def _hours(settings: Settings) -> Iterator[tuple[Key, TimesSettings]]:
    tariff = settings.tariff
    places: list[tuple[Key, Sequence[TimesSettings]]] = [
        (("economics", "adders"), settings.economics.adders),
        (("supply", "forwards"), settings.supply.forwards),
        (("tariff", "energy"), tariff.energy if tariff else ()),
        (("tariff", "reserved"), tariff.reserved if tariff else ()),
    ]
    for name, group in settings.groups.items():
        places.append((("groups", name, "adders"), group.adders))
    for name, schedule in settings.schedules.items():
        yield ("schedules", name), schedule
    for key, every in places:
        for number, hours in enumerate(every):
            yield (*key, number), hours


def _moments(bands: tuple[Band, ...]) -> Iterator[datetime]:
    """By the clocks: every moment at which another set of bands may begin to hold, of the first
    days of each kind."""
    minutes = {0} | {one for band in bands for one in (band.from_minute, band.to_minute)}
    for day in _days(bands):
        for minute in sorted(minutes - {DAY_MINUTES}):
            yield datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)


def _days(bands: tuple[Band, ...]) -> Iterator[date]:
    """The first of all days that bands cannot tell apart, nor the days before them: hours over
    midnight are of these."""
    known = set()
    for day, kinds in _by_kind(bands):
        if kinds not in known:
            known.add(kinds)
            yield day


def _by_kind(bands: tuple[Band, ...]) -> Iterator[tuple[date, object]]:
    """Each day, with what bands may go by of it and of the day before: part of the year, day of the
    week, whether it is a holiday."""
    begins = sorted(
        {100 * month for band in bands if band.months for month in range(1, 13)}
        | {one for band in bands for first, last in band.seasons for one in (first, last + 1)}
    )
    free = {day for band in bands for day in band.holidays}
    days = [
        date(FIRST_YEAR, 1, 1) + timedelta(days=number)
        for number in range((date(LAST_YEAR, 12, 31) - date(FIRST_YEAR, 1, 1)).days)
    ]
    kinds = [
        (bisect_right(begins, 100 * day.month + day.day), day.weekday(), day in free)
        for day in days
    ]
    for number, pair in enumerate(pairwise(kinds), start=1):
        yield days[number], pair
