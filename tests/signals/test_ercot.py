"""ERCOT: recorded reports, points that share a name, days on which clocks change, its listing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import aclosing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from controller.app.board import Board, BoardSettings
from controller.errors import TemporaryError
from controller.model.samples import PriceSample
from controller.signals.markets.ercot import ErcotSource
from controller.signals.markets.ercot_settings import PriceErcotSettings
from controller.signals.polled.feed import PolledFeed
from tests.signals.documents import documents
from tests.signals.market_pages import archive, covers, page, read, recorded, told, utc
from tests.virtual_clock import VirtualClock

TEXAS = ZoneInfo("America/Chicago")
NOW = utc("2026-09-29 16:31")
SPP = "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,"
SPP += "SettlementPointPrice,DSTFlag"
LMP = "SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP"
DAM = "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag"


def source(product: str = "spp_15min", point: str = "HB_WEST", **more: Any) -> ErcotSource:
    settings = {"product": product, "settlement_point": point, **more}
    return ErcotSource(PriceErcotSettings(adapter="price_ercot", **settings))


def csv_of(header: str, rows: Iterator[str] | list[str]) -> bytes:
    return archive("\n".join([header, *rows, ""]).encode())


def test_recorded_quarters_are_known_when_they_are_over() -> None:
    body = archive(recorded("ercot/np6-905-cd.archive.csv"))
    one = source()
    (price,) = read(one, body, NOW)
    assert told([price]) == [("2026-09-29 16:00", "2026-09-29 16:15", "19.95")]
    assert price.published_at == NOW
    over_at = one.over_at(price)
    assert over_at is not None
    assert over_at > price.end


def test_recorded_runs_hold_for_their_five_minutes() -> None:
    body = archive(recorded("ercot/np6-788-cd.archive.csv"))
    found = read(source("lmp_5min"), body, NOW)
    assert told(found) == [("2026-09-29 16:25", "2026-09-29 16:30", "14.69")]


def test_recorded_hours_of_the_day_ahead_have_blanks_before_their_prices() -> None:
    body = archive(recorded("ercot/np4-190-cd.archive.csv"))
    found = read(source("day_ahead"), body, NOW)
    assert told(found)[0] == ("2026-09-29 05:00", "2026-09-29 06:00", "24.44")
    assert all(one.day_ahead for one in found)


@pytest.mark.parametrize(("kind", "price"), [("LZ", "28.23"), ("LZEW", "28.25")])
def test_a_load_zone_is_told_from_its_namesake_by_the_type(kind: str, price: str) -> None:
    body = archive(recorded("ercot/np6-905-cd.archive.csv"))
    one = source(point="LZ_HOUSTON", settlement_point_type=kind)
    assert [sample.price_per_mwh for sample in read(one, body, NOW)] == [price]


def test_without_the_type_it_is_refused_and_both_are_named() -> None:
    body = archive(recorded("ercot/np6-905-cd.archive.csv"))
    with pytest.raises(ValueError, match="LZ_HOUSTON as LZ and LZEW: say which"):
        read(source(point="LZ_HOUSTON"), body, NOW)
    with pytest.raises(ValueError, match="HB_WEST as HU, not as LZ"):
        read(source(settlement_point_type="LZ"), body, NOW)
    with pytest.raises(ValueError, match="no price of HB_WESTERN; it has HB_WEST"):
        read(source(point="HB_WESTERN"), body, NOW)


def walls(day: str, step: timedelta) -> Iterator[tuple[datetime, str]]:
    """The beginnings of intervals of a day by the clocks of Texas, each with the flag of the hour
    that is met again."""
    at = datetime.fromisoformat(day).replace(tzinfo=TEXAS).astimezone(utc("2026-01-01").tzinfo)
    end = (datetime.fromisoformat(day) + timedelta(days=1)).replace(tzinfo=TEXAS)
    while at < end:
        here = at.astimezone(TEXAS)
        yield here.replace(tzinfo=None), "Y" if here.fold else "N"
        at += step


def quarter_row(wall: datetime, flag: str) -> str:
    return f"{wall:%m/%d/%Y},{wall.hour + 1},{wall.minute // 15 + 1},HB_WEST,HU,20,{flag}"


def hour_row(wall: datetime, flag: str) -> str:
    return f"{wall:%m/%d/%Y},{wall.hour + 1:02}:00,HB_WEST, 20,{flag}"


def run_row(wall: datetime, flag: str) -> str:
    return f"{wall:%m/%d/%Y %H:%M}:17,{flag},HB_WEST,  20.00"


PRODUCTS = [
    ("spp_15min", SPP, quarter_row, 15),
    ("day_ahead", DAM, hour_row, 60),
    ("lmp_5min", LMP, run_row, 5),
]
DAYS = [
    ("2026-03-08", "2026-03-08 06:00", "2026-03-09 05:00", 23),
    ("2026-07-01", "2026-07-01 05:00", "2026-07-02 05:00", 24),
    ("2026-11-01", "2026-11-01 05:00", "2026-11-02 06:00", 25),
]


@pytest.mark.parametrize(("product", "header", "row", "minutes"), PRODUCTS)
@pytest.mark.parametrize(("day", "first", "last", "hours"), DAYS)
def test_every_interval_of_a_day_is_there_once(
    day: str, first: str, last: str, hours: int, product: str, header: str, row: Any, minutes: int
) -> None:
    rows = [row(wall, flag) for wall, flag in walls(day, timedelta(minutes=minutes))]
    found = read(source(product), csv_of(header, rows), NOW)
    assert len(found) == hours * 60 // minutes
    assert covers(found, first, last)


@pytest.mark.parametrize(
    ("product", "header", "row", "why"),
    [
        ("spp_15min", SPP, "03/08/2026,3,1,HB_WEST,HU,20,N", "does not exist"),
        ("spp_15min", SPP, "07/01/2026,2,1,HB_WEST,HU,20,Y", "is not repeated"),
        ("spp_15min", SPP, "07/01/2026,25,1,HB_WEST,HU,20,N", "no quarter 1 of hour 25"),
        ("spp_15min", SPP, "07/01/2026,1,5,HB_WEST,HU,20,N", "no quarter 5"),
        ("spp_15min", SPP, "07/01/2026,1,1,HB_WEST,HU,20,maybe", "none of ERCOT's"),
        ("spp_15min", SPP, "2026-07-01,1,1,HB_WEST,HU,20,N", "does not match format"),
        ("spp_15min", SPP, "07/01/2026,1", "row 2 is shorter"),
        ("spp_15min", SPP, "12/31/9999,18,4,HB_WEST,HU,20,N", "outside the calendar"),
        ("day_ahead", DAM, "07/01/2026,00:00,HB_WEST,20,N", "no hour that ends at 00:00"),
        ("day_ahead", DAM, "07/01/2026,1:2,HB_WEST,20,N", "no hour that ends at 1:2"),
        ("lmp_5min", LMP, "07/01/2026 25:00:00,N,HB_WEST,20", "does not match format"),
        ("lmp_5min", DAM, "07/01/2026,01:00,HB_WEST,20,N", "no column 'SCEDTimestamp'"),
    ],
)
def test_rows_that_cannot_be_meant_are_named(product: str, header: str, row: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read(source(product), csv_of(header, [row]), NOW)


def listed(*published: tuple[int, str, str]) -> bytes:
    documents = [
        {"Document": {"DocID": str(number), "ConstructedName": name, "PublishDate": at}}
        for number, name, at in published
    ]
    return json.dumps({"ListDocsByRptTypeRes": {"DocumentList": documents}}).encode()


LIST = listed(
    (3, "cdr.00012301.csv.zip", "2026-09-29T11:31:20-05:00"),
    (4, "cdr.00012301.xml.zip", "2026-09-29T11:31:20-05:00"),
    (1, "cdr.00012301.csv.zip", "2026-09-29T11:01:20-05:00"),
    (2, "cdr.00012301.csv.zip", "2026-09-29T11:16:20-05:00"),
    (0, "cdr.00012301.csv.zip", "2026-09-29T10:46:20-05:00"),
)


def test_the_last_documents_are_fetched_once_each_the_oldest_first() -> None:
    asks = source().listed(page(LIST, NOW), NOW)
    assert [ask.url.partition("=")[2] for ask in asks] == ["1", "2", "3"]
    assert all(ask.lasting for ask in asks)
    assert asks[-1].published_at == utc("2026-09-29 16:31:20")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<html>", "is not JSON"),
        (b"{}", "there is no 'ListDocsByRptTypeRes'"),
        (listed((1, "a.xml.zip", "2026-09-29T11:31:20-05:00")), "lists no document as CSV"),
        (listed((1, "a.csv.zip", "2026-09-29T11:31:20")), "document 0: .* no time with a zone"),
        (LIST.replace(b'"3"', b'"../../3"'), "DocID '../../3' is no number"),
    ],
)
def test_a_list_that_is_none_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        source().listed(page(body, NOW), NOW)


def one_quarter(price: str, quarter: int = 3) -> bytes:
    return csv_of(SPP, [f"09/29/2026,11,{quarter},HB_WEST,HU,{price},N"])


LISTING = "misapp/servlets/IceDocListJsonWS"
DOCUMENT = "misdownload/servlets/mirDownload"


async def test_a_correction_replaces_what_was_published_before(tmp_path: Path) -> None:
    """The second document of one quarter was published later."""
    now = utc("2026-09-29 15:47")
    clock = VirtualClock(now)
    twice = listed(
        (1, "a.csv.zip", "2026-09-29T10:45:20-05:00"), (2, "b.csv.zip", "2026-09-29T10:46:20-05:00")
    )
    bodies = {
        LISTING: twice,
        f"{DOCUMENT}?doclookupId=1": one_quarter("19.95"),
        f"{DOCUMENT}?doclookupId=2": one_quarter("21.10"),
    }
    async with documents(bodies=bodies) as server, asyncio.timeout(30):
        samples = ercot_feed(server.url, tmp_path, clock).samples()
        first, second = await anext(samples), await anext(samples)
        await samples.aclose()
    assert isinstance(first, PriceSample)
    assert isinstance(second, PriceSample)
    board = Board(BoardSettings(meter_max_w=1, price_late_s=1800))
    assert [board.offer("ercot", one, now) for one in (first, second)] == [None, None]
    price = board.price_of(first.start)
    assert price is not None
    assert str(price.value) == "21.10"


def ercot_feed(url: str, folder: Path, clock: VirtualClock) -> PolledFeed:
    settings = PriceErcotSettings(adapter="price_ercot", settlement_point="HB_WEST", base_url=url)
    return PolledFeed("ercot", settings, clock, folder, ErcotSource(settings))


async def test_an_outage_that_writes_zero_is_not_believed(tmp_path: Path) -> None:
    clock = VirtualClock(utc("2026-09-29 15:47"))
    once = listed((1, "a.csv.zip", "2026-09-29T10:45:20-05:00"))
    async with documents(bodies={LISTING: once, DOCUMENT: one_quarter("0")}) as server:
        feed = ercot_feed(server.url, tmp_path, clock)
        with pytest.raises(TemporaryError, match=r"a price of exactly 0 .* not believed"):
            async with aclosing(feed.samples()) as samples:
                await anext(samples)
