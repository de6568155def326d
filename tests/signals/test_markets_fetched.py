"""AEMO, NYISO and CAISO from a server: what is asked for, and what is said when it is no good."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from controller.errors import TemporaryError
from controller.links.modbus import ModbusLinks
from controller.model.samples import PriceSample
from controller.signals.markets.aemo import FOLDER
from controller.signals.polled.feed import PolledFeed
from controller.wiring import FEEDS, Reach
from tests.signals.documents import documents
from tests.signals.market_pages import archive, recorded, told, utc
from tests.virtual_clock import VirtualClock

NOW = utc("2026-07-01 16:01")
DAY_AHEAD = "public/csv/damlbmp/20260701damlbmp_zone.csv"
OASIS = "oasisapi/SingleZip"
NO_DATA = "caiso/oasis-no-data-or-error-SLD_FCST-20231116.xml.zip"


def feed_of(adapter: str, url: str, folder: Path, **more: Any) -> PolledFeed:
    one = FEEDS[adapter]
    settings = one.settings(adapter=adapter, base_url=url, **more)
    reach = Reach(clock=VirtualClock(NOW), modbus=ModbusLinks(), state_dir=folder)
    feed = one.build("market", settings, reach)
    assert isinstance(feed, PolledFeed)
    return feed


async def said(feed: PolledFeed, count: int) -> list[PriceSample]:
    """The first so many prices."""
    found: list[PriceSample] = []
    async with asyncio.timeout(30), aclosing(feed.samples()) as samples:
        async for sample in samples:
            assert isinstance(sample, PriceSample)
            found.append(sample)
            if len(found) == count:
                break
    return found


async def problem(feed: PolledFeed) -> str:
    """Why nothing is said."""
    with pytest.raises(TemporaryError) as caught:
        await said(feed, 1)
    return str(caught.value)


def dispatch(at: str, price: object) -> bytes:
    """Of market time, ten hours ahead of UTC: the interval that ends then."""
    lines = [
        "C,NEMP.WORLD,DISPATCHIS,AEMO,PUBLIC,2026/07/02,02:00:11",
        "I,DISPATCH,PRICE,5,SETTLEMENTDATE,RUNNO,REGIONID,INTERVENTION,RRP",
        f'D,DISPATCH,PRICE,5,"{at}",1,NSW1,0,{price}',
        'C,"END OF REPORT",4',
    ]
    return archive("\r\n".join(lines).encode())


def folder_of(*files: tuple[int, bytes]) -> Mapping[str, bytes]:
    names = {f"PUBLIC_DISPATCHIS_20260702{at:04}_1.zip": body for at, body in files}
    links = "".join(f'<A HREF="/{FOLDER}/{name}">{name}</A>' for name in names)
    return {f"{FOLDER}/": links.encode()} | {f"{FOLDER}/{n}": body for n, body in names.items()}


def hours(price: object, day: str = "07/01/2026") -> bytes:
    rows = [f'"{day} {hour:02}:00","WEST",61752,{price},0' for hour in range(24)]
    return "\n".join(['"Time Stamp","Name","PTID","LBMP ($/MWHr)","Losses"', *rows]).encode()


def lmp(price: object, day: str = "2026-07-01") -> bytes:
    names = "INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,NODE,LMP_TYPE,VALUE"
    row = f"{day}T16:00:00-00:00,{day}T16:05:00-00:00,HUB,LMP,{price}"
    return archive(f"{names}\n{row}\n".encode())


async def test_aemos_last_two_files_are_fetched_once_each(tmp_path: Path) -> None:
    files = folder_of(
        (155, b"too old to be asked for"),
        (205, dispatch("2026/07/02 02:05:00", "81.5")),
        (210, dispatch("2026/07/02 02:10:00", "-30")),
    )
    async with documents(bodies=dict(files)) as server:
        feed = feed_of("price_aemo", server.url, tmp_path, region="NSW1")
        assert told(await said(feed, 2)) == [
            ("2026-07-01 16:00", "2026-07-01 16:05", "81.5"),
            ("2026-07-01 16:05", "2026-07-01 16:10", "-30"),
        ]
        again = dict(folder_of((205, b""), (210, b""), (215, dispatch("2026/07/02 02:15:00", 7))))
        server.bodies = again
        assert [one.price_per_mwh for one in await said(feed, 3)] == ["81.5", "-30", "7"]
        asked = [one.rpartition("_2026070")[2] for one in server.asked if "PUBLIC" in one]
    assert asked == ["20205_1.zip", "20210_1.zip", "20215_1.zip"]


async def test_nyisos_hours_of_tomorrow_may_not_be_there_yet(tmp_path: Path) -> None:
    async with documents(bodies={DAY_AHEAD: hours("30.25")}) as server:
        feed = feed_of("price_nyiso", server.url, tmp_path, zone="WEST", product="day_ahead")
        (first,) = await said(feed, 1)
        assert [one.partition("damlbmp/")[2][:8] for one in server.asked] == [
            "20260701",
            "20260702",
        ]
    assert told([first]) == [("2026-07-01 16:00", "2026-07-01 17:00", "30.25")]


async def test_caisos_word_of_no_data_is_no_error_of_its_form(tmp_path: Path) -> None:
    async with documents(bodies={OASIS: recorded(NO_DATA)}) as server:
        feed = feed_of("price_caiso", server.url, tmp_path, node="HUB")
        assert "there is nothing yet" in await problem(feed)
        server.bodies[OASIS] = lmp("74.63")
        assert told(await said(feed, 1)) == [("2026-07-01 16:00", "2026-07-01 16:05", "74.63")]


MARKETS = [
    ("price_aemo", {"region": "NSW1"}),
    ("price_nyiso", {"zone": "WEST", "product": "day_ahead"}),
    ("price_caiso", {"node": "HUB"}),
]


def answers(adapter: str, price: object, year: str = "2026") -> dict[str, bytes]:
    if adapter == "price_aemo":
        return dict(folder_of((205, dispatch(f"{year}/07/02 02:05:00", price))))
    if adapter == "price_nyiso":
        return {DAY_AHEAD: hours(price, f"07/01/{year}")}
    return {OASIS: lmp(price, f"{year}-07-01")}


@pytest.mark.parametrize(("adapter", "more"), MARKETS)
async def test_an_outage_that_writes_zero_is_not_believed(
    adapter: str, more: Mapping[str, Any], tmp_path: Path
) -> None:
    async with documents(bodies=answers(adapter, 0)) as server:
        assert "of exactly 0" in await problem(feed_of(adapter, server.url, tmp_path, **more))


@pytest.mark.parametrize(("adapter", "more"), MARKETS)
async def test_prices_that_are_ten_years_old_are_said_to_be_over(
    adapter: str, more: Mapping[str, Any], tmp_path: Path
) -> None:
    async with documents(bodies=answers(adapter, 40, "2016")) as server:
        why = await problem(feed_of(adapter, server.url, tmp_path, **more))
    assert "are over, the last at 2016-07-" in why
    assert "does the source still publish?" in why


@pytest.mark.parametrize(("adapter", "more"), MARKETS)
@pytest.mark.parametrize("body", [b"<html>down for maintenance</html>", b"PK\x03\x04\x14"])
async def test_a_page_or_half_an_archive_says_nothing(
    body: bytes, adapter: str, more: Mapping[str, Any], tmp_path: Path
) -> None:
    """Where there is a folder's page, it is whole."""
    good = answers(adapter, 40)
    bodies = {name: one if name.endswith("/") else body for name, one in good.items()}
    async with documents(bodies=bodies) as server:
        why = await problem(feed_of(adapter, server.url, tmp_path, **more))
    assert "no sound zip archive" in why or "has no column 'Name'" in why
    assert why.isprintable()
    assert not (tmp_path / "feeds").exists()
