"""Prices from a file: a recorded history, or a tariff written out."""

from __future__ import annotations

import asyncio
import csv
import gzip
import zlib
from collections.abc import AsyncGenerator, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Literal, TextIO
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from controller.errors import PermanentError
from controller.model.samples import PriceSample
from controller.ports import Clock
from controller.signals.reading.local_times import LocalTimes, ZoneName


class PriceFileSettings(BaseModel):
    """A CSV file of prices, one row for each interval."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    adapter: Literal["price_file"]
    path: Path = Field(
        description="The file, .csv or .csv.gz, with a header; from the configuration's folder."
    )
    time_column: str = Field(min_length=1, description="Column of the interval's start.")
    price_column: str = Field(
        min_length=1, description="Column of the price per MWh, in the site's currency."
    )
    interval_minutes: int = Field(15, ge=1, le=1440, description="Length of every interval.")
    zone: ZoneName = Field("UTC", description="Zone of times that are written without an offset.")
    known_at: Literal["start", "end"] = Field(
        "start",
        description=(
            "`start`: a price is known when its interval begins. `end`: it is settled only when "
            "its interval is over, and is acted upon until the next one is."
        ),
    )
    day_ahead: bool = Field(
        default=False,
        description=(
            "They are the day-ahead market's: known from `day_ahead_gate` on, the local day before."
        ),
    )
    day_ahead_gate: time = Field(
        time(13, 30), description="By clocks of `day_ahead_zone`; ERCOT publishes by 13:30."
    )
    day_ahead_zone: ZoneName = Field(
        "UTC", description="The zone of the market's days and its gate."
    )


class PriceFile:
    """Says each price when site time reaches it; after the last row it waits."""

    def __init__(self, name: str, settings: PriceFileSettings, clock: Clock) -> None:
        self.name = name
        self._settings = settings
        self._clock = clock

    async def samples(self) -> AsyncGenerator[PriceSample, None]:
        """The price in force at once, then each as it becomes known.

        Raises:
            PermanentError: the file cannot be used; the message names file, row and column.
        """
        prices = await asyncio.to_thread(read_prices, self._settings)
        started_at = self._clock.now()
        for price in prices:
            if _over(price, self._settings) <= started_at:
                continue
            while (wait := price.published_at - self._clock.now()) > timedelta(0):
                await self._clock.sleep(wait.total_seconds())
            yield price
        await asyncio.get_running_loop().create_future()


def read_prices(settings: PriceFileSettings) -> list[PriceSample]:
    """The file's rows in the order in which they become known. Their values are not judged.

    Raises:
        PermanentError: it cannot be read, has no such column, no rows or a time that is none.
    """
    path = settings.path
    try:
        with _open(path) as file:
            prices = list(_rows(file, settings))
    except (OSError, EOFError, zlib.error, UnicodeError, csv.Error) as error:
        why = getattr(error, "strerror", None) or error
        raise PermanentError(f"{path}: cannot be read as CSV: {why}") from error
    if not prices:
        raise PermanentError(f"{path}: has a header but no rows")
    return sorted(prices, key=lambda price: price.published_at)


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _rows(file: TextIO, settings: PriceFileSettings) -> Iterator[PriceSample]:
    path = settings.path
    reader = csv.DictReader(file, strict=True)
    _check_header(reader.fieldnames, settings)
    times = LocalTimes(settings.zone)
    for row in reader:
        written, price = row[settings.time_column], row[settings.price_column]
        if written is None or price is None:
            raise PermanentError(f"{path}: row {reader.line_num} is shorter than the header")
        try:
            sample = _sample(times.read(written), price, settings)
        except (ValueError, OverflowError) as error:
            place = f"{path}: row {reader.line_num}, column {settings.time_column}"
            raise PermanentError(f"{place}: {written!r} {error}") from error
        yield sample


def _check_header(header: Sequence[str] | None, settings: PriceFileSettings) -> None:
    path, columns = settings.path, header or ()
    if not columns:
        raise PermanentError(f"{path}: is empty; its first row has to name the columns")
    for key in ("time_column", "price_column"):
        wanted = getattr(settings, key)
        if wanted not in columns:
            there = ", ".join(columns)
            raise PermanentError(f"{path}: has no column {wanted!r} ({key}); it has {there}")


def _sample(start: datetime, price: str, settings: PriceFileSettings) -> PriceSample:
    end = start + timedelta(minutes=settings.interval_minutes)
    published_at = end if settings.known_at == "end" else start
    if settings.day_ahead:
        published_at = _gate(start, settings)
    return PriceSample(
        start=start,
        end=end,
        price_per_mwh=price.strip(),
        published_at=published_at,
        day_ahead=settings.day_ahead,
    )


def _gate(start: datetime, settings: PriceFileSettings) -> datetime:
    zone = ZoneInfo(settings.day_ahead_zone)
    before = start.astimezone(zone).date() - timedelta(days=1)
    return datetime.combine(before, settings.day_ahead_gate, zone).astimezone(UTC)


def _over(price: PriceSample, settings: PriceFileSettings) -> datetime:
    """When a price means nothing any more."""
    late = settings.known_at == "end" and not settings.day_ahead
    return price.end + (price.end - price.start) if late else price.end
