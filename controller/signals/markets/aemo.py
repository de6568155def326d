"""Dispatch prices of Australia's National Electricity Market, every five minutes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import ClassVar, Literal
from urllib.parse import unquote

from pydantic import Field

from controller.model.samples import PriceSample, Sample
from controller.signals.polled.over import price_over_at
from controller.signals.polled.price_settings import PolledPriceSettings
from controller.signals.polled.settings import Address
from controller.signals.polled.source import Ask, Page
from controller.signals.reading.csv_rows import text_of
from controller.signals.reading.numbers import scaled
from controller.signals.reading.unzip import member

FOLDER = "Reports/Current/DispatchIS_Reports"
DOCUMENTS = 2
LENGTH = timedelta(minutes=5)
MARKET_TIME = timezone(timedelta(hours=10))
"""Of all regions, in summer too (National Electricity Rules, chapter 10: EST)."""

_NAME = re.compile(r"PUBLIC_DISPATCHIS_(\d{12})_(\d{1,20})\.zip", re.IGNORECASE)
_TABLE = ("DISPATCH", "PRICE")
_END = "END OF REPORT"
_STAMP = "%Y/%m/%d %H:%M:%S"


class PriceAemoSettings(PolledPriceSettings):
    """Five-minute dispatch prices of a region of the National Electricity Market."""

    unverified: ClassVar[str] = (
        "the folder's page, a whole file with all columns, and rows of an intervention"
    )

    adapter: Literal["price_aemo"]
    region: Literal["NSW1", "QLD1", "SA1", "TAS1", "VIC1"] = Field(
        description="The region whose regional reference price is paid."
    )
    base_url: Address = Field("https://nemweb.com.au", description="Another address of the same.")
    poll_s: float = Field(
        30.0, ge=5, le=86_400, description="Site seconds between two requests, give or take 10 %."
    )
    cadence_s: float | None = Field(
        300.0, gt=0, le=864_000, description="How often something new is expected."
    )
    known_at: ClassVar[Literal["start", "end"]] = "start"
    day_ahead: ClassVar[bool] = False
    interval_minutes: ClassVar[int] = 5


class AemoSource:
    """The page of a folder, then the last files in it."""

    def __init__(self, settings: PriceAemoSettings) -> None:
        self._settings = settings

    def asks(self, _now: datetime, /) -> Sequence[Ask]:
        return (Ask(f"{self._settings.base_url}/{FOLDER}/", accept="text/html", listing=True),)

    def listed(self, page: Page, _now: datetime, /) -> Sequence[Ask]:
        """By the names alone: where a link leads is not asked."""
        names = {found.group() for found in _NAME.finditer(unquote(text_of(page.body)))}
        if not names:
            raise ValueError("names no file PUBLIC_DISPATCHIS_….zip")
        base = f"{self._settings.base_url}/{FOLDER}"
        return [
            Ask(f"{base}/{name}", accept="application/zip", lasting=True)
            for name in sorted(names, key=str.upper)[-DOCUMENTS:]
        ]

    def read(self, page: Page, /) -> Sequence[PriceSample]:
        settings = self._settings
        _, content = member(page.body, (".csv",), settings.reply_limit_bytes)
        rows = list(csv_rows(text_of(content)))
        published_at = min(_published(rows), page.asked_at)
        return [
            PriceSample(
                start=end - LENGTH,
                end=end,
                price_per_mwh=scaled(price, settings.factor),
                published_at=published_at,
            )
            for end, price in dispatch_prices(rows, settings.region)
        ]

    def over_at(self, sample: Sample, /) -> datetime | None:
        return price_over_at(sample, "start", self._settings.poll_s)


def csv_rows(text: str) -> Iterator[list[str]]:
    """
    Raises:
        ValueError: it is no CSV, saying in which row.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        yield from filter(None, reader)
    except csv.Error as error:
        raise ValueError(f"row {reader.line_num} is no CSV: {error}") from error


def dispatch_prices(rows: Sequence[list[str]], region: str) -> list[tuple[datetime, str]]:
    """End of the interval (aware UTC) and price of each row of a region.

    A file holds several tables: a row `I` names the columns of the rows `D` that follow. During an
    intervention there are two runs; the price is set by the one without it, INTERVENTION 0 (AEMO,
    Guide to Intervention Pricing), and the other shows what was really dispatched. A file that
    does not say that it is at its end has been cut off.

    Raises:
        ValueError: saying what is missing.
    """
    if rows[-1][:2] != ["C", _END]:
        raise ValueError(f"does not end with a row {_END}: it has been cut off")
    found = []
    for names, row in _of_table(rows):
        one = dict(zip(names, row, strict=False))
        missing = {"REGIONID", "INTERVENTION", "SETTLEMENTDATE", "RRP"} - one.keys()
        if missing:
            raise ValueError(f"table {'.'.join(_TABLE)} has no column {min(missing)}")
        if one["REGIONID"] == region and one["INTERVENTION"] == "0":
            found.append((_moment(one["SETTLEMENTDATE"]), one["RRP"]))
    if not found:
        raise ValueError(f"table {'.'.join(_TABLE)} has no price of {region}")
    return found


def _of_table(rows: Sequence[list[str]]) -> Iterator[tuple[list[str], list[str]]]:
    """The rows of our table with their names; each version of it has its own."""
    names: list[str] = []
    for row in rows:
        if tuple(row[1:3]) != _TABLE:
            continue
        if row[0] == "I":
            names = row[4:]
        elif row[0] == "D":
            if not names:
                raise ValueError(f"table {'.'.join(_TABLE)} has rows before its names")
            yield names, row[4:]


def _published(rows: Sequence[list[str]]) -> datetime:
    """What the first row says: when the file was made."""
    first = rows[0] if rows else []
    if len(first) < 7 or first[0] != "C":
        raise ValueError("does not begin with a row C that says when it was made")
    return _moment(f"{first[5]} {first[6]}")


def _moment(written: str) -> datetime:
    try:
        wall = datetime.strptime(written.strip(), _STAMP)  # noqa: DTZ007 - its zone follows
        return wall.replace(tzinfo=MARKET_TIME).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{written[:40]!r} is no time like 2026/06/19 17:05:00") from None
