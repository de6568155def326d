"""Locational prices of California, from the public reports of OASIS."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar, Literal, NamedTuple
from urllib.parse import urlencode
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
from controller.signals.reading.unzip import member
from controller.signals.reading.wall_times import zoned

CALIFORNIA = ZoneInfo("America/Los_Angeles")
BEFORE, AFTER = timedelta(minutes=30), timedelta(minutes=90)
"""What is asked for of real time."""
NO_DATA = "1000"
_ERROR = re.compile(r"<(?:\w+:)?ERR_CODE>([^<]{1,200})</")
_WORDS = re.compile(r"<(?:\w+:)?ERR_DESC>([^<]{1,400})</")


class Report(NamedTuple):
    """A query of OASIS: each writes its price into a column of another name."""

    query: str
    market: str
    version: int
    column: str
    minutes: int
    day_ahead: bool = False


REPORTS = {
    "day_ahead": Report("PRC_LMP", "DAM", 12, "MW", 60, day_ahead=True),
    "real_time_15min": Report("PRC_RTPD_LMP", "RTPD", 3, "PRC", 15),
    "real_time_5min": Report("PRC_INTVL_LMP", "RTM", 3, "VALUE", 5),
}


class PriceCaisoSettings(PolledPriceSettings):
    """Locational marginal prices of a node of California's market."""

    unverified: ClassVar[str] = "the reports of real time; of the day ahead all but its columns"
    currency: ClassVar[str] = "USD"

    adapter: Literal["price_caiso"]
    product: Literal["real_time_5min", "real_time_15min", "day_ahead"] = Field(
        "real_time_5min", description="Real time every 5 or 15 minutes, or tomorrow's hours."
    )
    node: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+$", max_length=60)] = Field(
        description="The node, hub or aggregation: TH_SP15_GEN-APND."
    )
    base_url: Address = Field("https://oasis.caiso.com", description="Another address of the same.")
    poll_s: float = Field(
        60.0, ge=6, le=86_400, description="Site seconds between two requests, give or take 10 %."
    )
    known_at: ClassVar[KnownAt] = "start"

    @property
    def day_ahead(self) -> bool:
        return REPORTS[self.product].day_ahead

    @property
    def interval_minutes(self) -> int:
        return REPORTS[self.product].minutes


class CaisoSource:
    """One request for what is near: a zip archive with a table, or with a word on why there is
    none."""

    def __init__(self, settings: PriceCaisoSettings) -> None:
        self._settings = settings
        self._report = REPORTS[settings.product]

    def asks(self, now: datetime, /) -> Sequence[Ask]:
        first, last = self._window(now)
        report, node = self._report, self._settings.node
        query = urlencode(
            {
                "resultformat": 6,
                "queryname": report.query,
                "version": report.version,
                "market_run_id": report.market,
                "startdatetime": _stamp(first),
                "enddatetime": _stamp(last),
                "node": node,
            }
        )
        url = f"{self._settings.base_url}/oasisapi/SingleZip?{query}"
        return (Ask(url, accept="application/zip"),)

    def _window(self, now: datetime) -> tuple[datetime, datetime]:
        """Of the day ahead today and tomorrow, which comes about 13:00."""
        if not self._report.day_ahead:
            hour = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
            return hour - BEFORE, hour + AFTER
        today = now.astimezone(CALIFORNIA).date()
        first, last = (
            datetime.combine(today + timedelta(days=days), datetime.min.time(), CALIFORNIA)
            for days in (0, 2)
        )
        return first.astimezone(UTC), last.astimezone(UTC)

    def listed(self, _page: Page, _now: datetime, /) -> Sequence[Ask]:
        return ()

    def read(self, page: Page, /) -> Sequence[PriceSample]:
        settings = self._settings
        name, content = member(page.body, (".csv", ".xml"), settings.reply_limit_bytes)
        if name.lower().endswith(".xml"):
            _refusal(text_of(content))
            return ()
        rows = lmps(text_of(content), self._report, settings.node)
        return [
            PriceSample(
                start=start,
                end=end,
                price_per_mwh=scaled(price, settings.factor),
                published_at=page.published_at,
                day_ahead=settings.day_ahead,
            )
            for start, end, price in _spans(rows)
        ]

    def over_at(self, sample: Sample, /) -> datetime | None:
        return price_over_at(sample, "start", self._settings.poll_s)


def lmps(text: str, report: Report, node: str) -> list[Row]:
    """The rows of the price itself. Each has others beside it for its parts: energy, congestion,
    losses, greenhouse gas.

    Raises:
        ValueError: saying which column, row or node.
    """
    wanted = ("NODE", "LMP_TYPE", "INTERVALSTARTTIME_GMT", "INTERVALENDTIME_GMT", report.column)
    return [row for row in chosen(columns(text, wanted), node) if row[1] == "LMP"]


def _spans(rows: Sequence[Row]) -> Iterator[tuple[datetime, datetime, str]]:
    for _, _, start, end, price in rows:
        yield zoned(start), zoned(end), price


def _refusal(text: str) -> None:
    """
    Raises:
        ValueError: it is another word than that there is nothing yet.
    """
    code, words = _ERROR.search(text), _WORDS.search(text)
    if code is None:
        raise ValueError("is an XML document without a table or an error")
    if code.group(1).strip() != NO_DATA:
        why = words.group(1).strip() if words else "no reason is given"
        raise ValueError(f"is error {code.group(1).strip()[:20]}: {why[:200]}")


def _stamp(at: datetime) -> str:
    return f"{at:%Y%m%dT%H:%M}-0000"
