"""A44 documents of ENTSO-E: series of periods of points (IEC 62325-451-3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from xml.etree.ElementTree import Element

from controller.signals.markets.entsoe_settings import PriceEntsoeSettings
from controller.signals.reading.wall_times import zoned
from controller.signals.reading.xml_text import child, children, name_of, parsed, perhaps, text

NO_DATA = "no matching data"
MOST_POINTS = 10_000
_SEQUENCE = "classificationSequence_AttributeInstanceComponent.position"
_RESOLUTIONS = {"PT15M": 15, "PT30M": 30, "PT60M": 60, "PT1H": 60}
_REPEATS = "A03"
"""A point that is left out has the price of the one before it."""
_WHOLE = "A01"


class Interval(NamedTuple):
    """A price, as it was written."""

    start: datetime
    end: datetime
    price: str


def intervals(body: bytes, settings: PriceEntsoeSettings) -> list[Interval]:
    """By rising start; none where the platform has no data.

    Raises:
        ValueError: it is another document, of another currency, has none of the series that were
            chosen, or two of them speak of one time.
    """
    root = parsed(body)
    if name_of(root) == "Acknowledgement_MarketDocument":
        _acknowledged(root)
        return []
    if name_of(root) != "Publication_MarketDocument":
        raise ValueError(f"is a {name_of(root)[:60]} instead of a Publication_MarketDocument")
    found = [
        one
        for series in children(root, "TimeSeries")
        for period in children(series, "Period")
        if _wanted(series, period, settings)
        for one in _points(series, period)
    ]
    if not found:
        raise ValueError("has no series of the chosen resolution_minutes and sequence")
    found.sort()
    for before, after in pairwise(found):
        if after.start < before.end:
            raise ValueError(
                f"two series have a price of {after.start:%Y-%m-%dT%H:%MZ}: choose by "
                "resolution_minutes or sequence"
            )
    return found


def _acknowledged(root: Element) -> None:
    """
    Raises:
        ValueError: it says something else than that there is no data.
    """
    words = text(child(root, "Reason"), "text")
    if not words.lower().startswith(NO_DATA):
        raise ValueError(f"is a refusal: {words[:200]!r}")


def _wanted(series: Element, period: Element, settings: PriceEntsoeSettings) -> bool:
    """
    Raises:
        ValueError: the series is in another currency or for another unit.
    """
    currency, unit = text(series, "currency_Unit.name"), text(series, "price_Measure_Unit.name")
    if (currency, unit) != (settings.currency, "MWH"):
        raise ValueError(f"is in {currency[:8]} per {unit[:8]}, not {settings.currency} per MWH")
    sequence = perhaps(series, _SEQUENCE)
    if settings.sequence is not None and sequence != str(settings.sequence):
        return False
    return settings.resolution_minutes in {None, _minutes(period)}


def _minutes(period: Element) -> int:
    resolution = text(period, "resolution")
    if resolution not in _RESOLUTIONS:
        raise ValueError(f"resolution {resolution[:20]!r} is none of {', '.join(_RESOLUTIONS)}")
    return _RESOLUTIONS[resolution]


def _points(series: Element, period: Element) -> Iterator[Interval]:
    minutes, times = _minutes(period), child(period, "timeInterval")
    step = timedelta(minutes=minutes)
    start, end = zoned(text(times, "start")), zoned(text(times, "end"))
    count, rest = divmod(end - start, step)
    if rest or not 0 < count <= MOST_POINTS:
        raise ValueError(f"period {start} to {end} is none of whole {minutes} minutes")
    prices = dict(_priced(period, count))
    repeats = (perhaps(series, "curveType") or _WHOLE) == _REPEATS
    price = None
    for number in range(count):
        price = prices.get(number + 1, price if repeats else None)
        if price is None:
            raise ValueError(f"period from {start:%Y-%m-%dT%H:%MZ} lacks point {number + 1}")
        yield Interval(start + number * step, start + (number + 1) * step, price)


def _priced(period: Element, count: int) -> Iterator[tuple[int, str]]:
    for point in children(period, "Point"):
        position = text(point, "position")
        place = int(position) if position.isascii() and position.isdigit() else 0
        if not 1 <= place <= count:
            raise ValueError(f"position {position[:20]!r} is none of 1 to {count}")
        yield place, text(point, "price.amount")
