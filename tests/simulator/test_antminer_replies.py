"""What a simulated stock Antminer answers, against the recorded replies, key by key."""

from __future__ import annotations

import json
from typing import Any

import pytest

from controller.simulator.antminer.catalog import load_model
from controller.simulator.farm import Farm

from .help import NOON, HandClock, running, send
from .stock import StockClient, stock_site
from .test_luxos_replies import shape

RECORDED = load_model("s21").recorded
REPORTS = ["summary", "stats", "pools"]


@pytest.mark.parametrize("script", RECORDED)
async def test_a_reply_has_the_keys_and_types_of_the_recorded_one(
    stock: StockClient, script: str
) -> None:
    assert shape(await stock.read(script)) == shape(RECORDED[script])


@pytest.mark.parametrize("script", REPORTS)
async def test_a_report_says_what_it_is_and_when(stock: StockClient, script: str) -> None:
    status = (await stock.read(script))["STATUS"]
    assert (status["STATUS"], status["Msg"]) == ("S", script)
    assert status["when"] == NOON.timestamp()


async def test_no_reply_tells_watts(stock: StockClient) -> None:
    said = json.dumps([await stock.read(script) for script in RECORDED]).lower()
    assert "watt" not in said
    assert "power" not in said


async def test_hashrate_is_that_of_the_nameplate(stock: StockClient) -> None:
    row = (await stock.read("summary"))["SUMMARY"][0]
    assert row["rate_5s"] == pytest.approx(200_000, rel=0.016)
    assert row["rate_avg"] == pytest.approx(200_000)
    stats = (await stock.read("stats"))["STATS"][0]
    assert sum(board["rate_real"] for board in stats["chain"]) == pytest.approx(row["rate_5s"])


async def test_miners_differ_in_identity(shed: Farm) -> None:
    places = shed.settings.groups[0].places()
    rows = [await StockClient(one.address, one.port).read("get_system_info") for one in places]
    for key in ("macaddr", "serinum", "ipaddress"):
        assert len({row[key] for row in rows}) == 3
    assert {row["minertype"] for row in rows} == {"Antminer S21"}


async def test_the_type_is_html_as_on_the_real_ones(stock: StockClient) -> None:
    answer = await stock.ask("summary")
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/", "/cgi-bin/minerStatus.cgi", "/cgi-bin/../pools.cgi"])
async def test_other_pages_are_not_there(stock: StockClient, path: str) -> None:
    nonce = (await stock.challenge())["nonce"]
    signed = stock.sign(READ_NOTHING, nonce, uri=path)
    lines = f"GET {path} HTTP/1.1\r\nConnection: close\r\nAuthorization: {signed}\r\n\r\n"
    received = await send(stock.address, stock.port, lines.encode())
    assert received.startswith(b"HTTP/1.1 404 ")


READ_NOTHING = "none"


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"what?\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b"413"),
        (b"GET / HTTP/1.1\r\nCookie: " + b"x" * 9000 + b"\r\n\r\n", b"431"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
    ],
)
async def test_what_is_no_request_is_answered_and_hung_up_on(
    stock: StockClient, raw: bytes, status: bytes
) -> None:
    received = await send(stock.address, stock.port, raw)
    assert received.startswith(b"HTTP/1.1 " + status)


async def test_behind_nat_ports_tell_the_miners_apart(clock: HandClock) -> None:
    settings = stock_site(nat=True, port=21080)
    async with running(settings, clock) as farm:
        places = settings.groups[0].places()
        assert {place.address for place in places} == {str(settings.groups[0].address)}
        assert [place.port for place in places] == [21080, 21081, 21082]
        assert list(farm.miners) == [f"{place.address}:{place.port}" for place in places]
        rows: list[Any] = [
            await StockClient(place.address, place.port).read("get_system_info") for place in places
        ]
    assert [row["ipaddress"] for row in rows] == ["192.168.1.10", "192.168.1.11", "192.168.1.12"]
    assert len({row["macaddr"] for row in rows}) == 3
