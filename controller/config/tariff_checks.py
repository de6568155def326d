"""Whether hours of tariffs name seasons that there are, and energy always has one price."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from controller.config.compose import Settings
from controller.config.explain import hint
from controller.config.problems import Key
from controller.config.tariffs import TimesSettings, to_bands
from controller.core.economics.tariff import in_band
from controller.model.tariff import DAY_MINUTES, Band

_FIRST, _DAYS = datetime(2027, 1, 1, tzinfo=UTC), 731
"""A leap year is among these."""
TARIFF_FEED = "price_tariff"


def seasons(settings: Settings) -> Iterator[tuple[Key, str]]:
    known = settings.calendar.seasons
    for key, hours in _hours(settings):
        for name in hours.seasons:
            if name not in known:
                yield (*key, "seasons"), f"there is no season {name}{hint(name, known)}"


def one_price(settings: Settings) -> Iterator[tuple[Key, str]]:
    """Every moment of a year has exactly one energy price."""
    energy = settings.tariff.energy if settings.tariff else []
    known = settings.calendar.seasons
    if not energy or any(name not in known for hours in energy for name in hours.seasons):
        return
    bands = to_bands(energy, settings.calendar)
    for clock in _moments(bands):
        held = [band.name for band in bands if in_band(band, clock)]
        if len(held) != 1:
            found = " and ".join(held) if held else "no price"
            when = f"{clock:%A %H:%M, %d %B}"
            yield ("tariff", "energy"), f"has {found} on {when}: exactly one has to hold"
            return


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
    """By the clocks: every moment at which another set of bands may begin to hold."""
    minutes = {0} | {one for band in bands for one in (band.from_minute, band.to_minute)}
    for day in range(_DAYS):
        for minute in sorted(minutes - {DAY_MINUTES}):
            yield _FIRST + timedelta(days=day, minutes=minute)
