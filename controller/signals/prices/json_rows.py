"""From the bytes of a JSON document to price samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from controller.model.samples import PriceSample
from controller.signals.prices.rows_settings import UNITS, PriceRowsSettings
from controller.signals.reading.json_paths import find
from controller.signals.reading.json_text import parsed
from controller.signals.reading.numbers import scaled
from controller.signals.reading.times import time_reader

MOST_ROWS = 5_000
"""Eight days in steps of five minutes are 2,304."""


def read_prices(
    body: bytes, settings: PriceRowsSettings, published_at: datetime
) -> list[PriceSample]:
    """The prices in `body` by rising start; those that are null, not known yet, are left out.

    `published_at` is for rows that do not say it themselves. Values are not judged.

    Raises:
        ValueError: it is no JSON, lacks a path, or a time is none; saying where.
    """
    document = parsed(body, settings.expect)
    rows = _rows(document, settings)
    prices = list(_samples(rows, _Reader(document, settings, published_at)))
    if not prices:
        raise ValueError(f"path {settings.rows}: holds no price")
    return sorted(prices, key=lambda price: price.start)


def _rows(document: Any, settings: PriceRowsSettings) -> list[Any]:
    found = find(settings.rows, document, document)
    rows = found if isinstance(found, list) else [found]
    if len(rows) > MOST_ROWS:
        raise ValueError(f"path {settings.rows}: more than {MOST_ROWS} rows: ask for fewer")
    return rows


class _Reader:
    """Reads rows in the order in which they are given: wall clocks need it."""

    def __init__(self, document: Any, settings: PriceRowsSettings, published_at: datetime) -> None:
        self._document = document
        self._settings = settings
        self._published_at = published_at
        self._factor = UNITS[settings.unit] * settings.factor
        self._start, self._end = self._clock(), self._clock()

    def sample(self, row: Any) -> PriceSample | None:
        """None: its price is null."""
        settings = self._settings
        start = self._time(settings.start, row, self._start)
        if settings.end:
            end = self._time(settings.end, row, self._end)
        else:
            end = start + timedelta(minutes=settings.interval_minutes or 0)
        price = find(settings.price, row, self._document)
        if price is None:
            return None
        return PriceSample(
            start=start,
            end=end,
            price_per_mwh=scaled(price, self._factor),
            published_at=self._published(row),
            day_ahead=settings.day_ahead,
        )

    def written(self, row: Any) -> str:
        """Its start, unread."""
        return str(find(self._settings.start, row, self._document))

    def _published(self, row: Any) -> datetime:
        path = self._settings.published_at
        return self._time(path, row, self._clock()) if path else self._published_at

    def _time(self, path: str, row: Any, read: Callable[[Any], datetime]) -> datetime:
        value = find(path, row, self._document)
        try:
            return read(value)
        except ValueError as error:
            raise ValueError(f"path {path}: {str(value)[:40]!r} {error}") from error

    def _clock(self) -> Callable[[Any], datetime]:
        return time_reader(self._settings.time_format, self._settings.zone)


def _samples(rows: list[Any], reader: _Reader) -> Iterator[PriceSample]:
    """The newest row may stand first."""
    numbered = list(enumerate(rows))
    if _falls(reader, rows[:3]):
        numbered.reverse()
    for number, row in numbered:
        try:
            sample = reader.sample(row)
        except OverflowError:
            raise ValueError(f"row {number}: is outside the calendar") from None
        except ValueError as error:
            raise ValueError(f"row {number}: {error}") from error
        if sample is not None:
            yield sample


def _falls(reader: _Reader, rows: list[Any]) -> bool:
    try:
        starts = [reader.written(row) for row in rows]
    except ValueError:
        return False
    falls = all(later <= earlier for earlier, later in pairwise(starts))
    return falls and starts[-1:] < starts[:1]
