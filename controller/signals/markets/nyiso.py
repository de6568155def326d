"""Zonal prices of New York, in real time and of the day ahead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints

from controller.model.samples import PriceSample, Sample
from controller.signals.markets.by_node import Row, chosen
from controller.signals.polled.over import price_over_at
from controller.signals.polled.price_settings import KnownAt, PolledPriceSettings
from controller.signals.polled.settings import Address
from controller.signals.polled.source import Ask, Page
from controller.signals.reading.csv_rows import columns, text_of
from controller.signals.reading.numbers import scaled
from controller.signals.reading.wall_times import moment

NEW_YORK = ZoneInfo("America/New_York")
COLUMNS = ("Name", "Time Stamp", "LBMP ($/MWHr)")
BY_NUMBER = ("PTID", *COLUMNS[1:])
RUN, HOUR = timedelta(minutes=5), timedelta(hours=1)
NOT_THERE = frozenset({404})


class PriceNyisoSettings(PolledPriceSettings):
    """Locational prices of New York's zones."""

    unverified: ClassVar[str] = "files of today, those of the day ahead, and days of 23 or 25 hours"
    currency: ClassVar[str] = "USD"

    adapter: Literal["price_nyiso"]
    product: Literal["real_time", "day_ahead"] = Field(
        "real_time", description="Five-minute prices, or tomorrow's hours."
    )
    zone: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9 .]+$", max_length=20)] = Field(
        description="The zone's name as the files write it, or its PTID: WEST, N.Y.C., 61752."
    )
    base_url: Address = Field("https://mis.nyiso.com", description="Another address of the same.")
    poll_s: float = Field(
        60.0, ge=5, le=86_400, description="Site seconds between two requests, give or take 10 %."
    )
    known_at: ClassVar[KnownAt] = "start"

    @property
    def day_ahead(self) -> bool:
        return self.product == "day_ahead"

    @property
    def interval_minutes(self) -> int:
        return 60 if self.day_ahead else 5


class NyisoSource:
    """A file for each day by New York's clocks."""

    def __init__(self, settings: PriceNyisoSettings) -> None:
        self._settings = settings

    def asks(self, now: datetime, /) -> Sequence[Ask]:
        """Today's, and of the day ahead tomorrow's, which comes about 11:00. The first interval of
        a day still stands in the file of the day before."""
        here = now.astimezone(NEW_YORK)
        if self._settings.day_ahead:
            days = [here, here + timedelta(days=1)]
        else:
            days = [here - RUN, here] if (here - RUN).date() != here.date() else [here]
        return [Ask(self._address(day), accept="text/csv", nothing=NOT_THERE) for day in days]

    def _address(self, day: datetime) -> str:
        date, base = f"{day:%Y%m%d}", f"{self._settings.base_url}/public/csv"
        if self._settings.day_ahead:
            return f"{base}/damlbmp/{date}damlbmp_zone.csv"
        return f"{base}/realtime/{date}realtime_zone.csv"

    def listed(self, _page: Page, _now: datetime, /) -> Sequence[Ask]:
        return ()

    def read(self, page: Page, /) -> Sequence[PriceSample]:
        settings = self._settings
        wanted = BY_NUMBER if settings.zone.isdigit() else COLUMNS
        rows = chosen(columns(text_of(page.body), wanted), settings.zone)
        read = _hours if settings.day_ahead else _runs
        return [
            PriceSample(
                start=start,
                end=end,
                price_per_mwh=scaled(price, settings.factor),
                published_at=page.published_at,
                day_ahead=settings.day_ahead,
            )
            for start, end, price in read(_stamped(rows))
        ]

    def over_at(self, sample: Sample, /) -> datetime | None:
        return price_over_at(sample, "start", self._settings.poll_s)


Stamped = tuple[datetime, str]
Span = tuple[datetime, datetime, str]


def _stamped(rows: Sequence[Row]) -> list[Stamped]:
    """Stamps as UTC. They have no word on the hour that is repeated, but come in order: one that is
    not after the one before is of the second hour, whether the first had its like or not."""
    found: list[Stamped] = []
    for _, stamp, price in rows:
        try:
            found.append((_after(found[-1][0] if found else None, stamp), price))
        except (ValueError, KeyError, OverflowError) as error:
            why = f"{stamp[:40]!r} is no time of New York like 02/18/2016 00:05:00"
            raise ValueError(why) from error
    return sorted(found, key=lambda one: one[0])


def _after(before: datetime | None, stamp: str) -> datetime:
    wall = datetime.strptime(stamp, _FORMS[len(stamp)])  # noqa: DTZ007 - its zone follows
    at = moment(wall, NEW_YORK, second=False)
    if before is None or at > before:
        return at
    return wall.replace(tzinfo=NEW_YORK, fold=1).astimezone(UTC)


_FORMS = {19: "%m/%d/%Y %H:%M:%S", 16: "%m/%d/%Y %H:%M"}


def _runs(stamped: Sequence[Stamped]) -> Iterator[Span]:
    """A stamp of real time is the end of its interval: of five minutes, or what a run between two
    leaves of them (NYISO Market Participants User's Guide)."""
    before = None
    for end, price in stamped:
        start = end - RUN if before is None else max(before, end - RUN)
        if start < end:
            yield start, end, price
        before = end


def _hours(stamped: Sequence[Stamped]) -> Iterator[Span]:
    """A stamp of the day ahead is the beginning of its hour."""
    for start, price in stamped:
        yield start, start + HOUR, price
