"""CAISO: the price's column of each report, rows of its parts, and the recorded word of no data."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from controller.signals.markets.caiso import CaisoSource, PriceCaisoSettings
from tests.signals.market_pages import archive, page, read, recorded, told, utc

NOW = utc("2026-07-01 16:07")
NO_DATA = "caiso/oasis-no-data-or-error-SLD_FCST-20231116.xml.zip"
HEADER = "INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,OPR_DT,OPR_HR,NODE,MARKET_RUN_ID,LMP_TYPE,POS,"


def source(product: str = "real_time_5min", **more: Any) -> CaisoSource:
    settings = {"product": product, "node": "TH_SP15_GEN-APND", **more}
    return CaisoSource(PriceCaisoSettings(adapter="price_caiso", **settings))


def row(kind: str, value: str, node: str = "TH_SP15_GEN-APND", minute: int = 0) -> str:
    times = [f"2026-07-01T16:{one:02}:00-00:00" for one in (minute, minute + 5)]
    return f"{times[0]},{times[1]},2026-07-01,9,{node},RTM,{kind},1,{value},1"


def table(column: str, *rows: str) -> bytes:
    return archive("\n".join([f"{HEADER}{column},GROUP", *rows, ""]).encode(), "a_v3.csv")


@pytest.mark.parametrize(
    ("product", "column"),
    [("day_ahead", "MW"), ("real_time_15min", "PRC"), ("real_time_5min", "VALUE")],
)
def test_each_report_has_its_price_in_another_column(product: str, column: str) -> None:
    rows = (row("MCE", "50"), row("LMP", "74.63"), row("MCC", "-3"), row("LMP", "1", node="OTHER"))
    found = read(source(product), table(column, *rows), NOW)
    assert told(found) == [("2026-07-01 16:00", "2026-07-01 16:05", "74.63")]
    with pytest.raises(ValueError, match=f"has no column '{column}'"):
        read(source(product), table("PRICE", *rows), NOW)


def test_the_recorded_word_that_there_is_no_data_is_nothing_yet() -> None:
    assert source().read(page(recorded(NO_DATA), NOW)) == ()


def test_another_error_is_said_in_its_words() -> None:
    said = b"<m:ERROR><m:ERR_CODE>1015</m:ERR_CODE><m:ERR_DESC>Invalid node</m:ERR_DESC></m:ERROR>"
    with pytest.raises(ValueError, match="is error 1015: Invalid node"):
        read(source(), archive(said, "INVALID_REQUEST.xml"), NOW)
    with pytest.raises(ValueError, match="without a table or an error"):
        read(source(), archive(b"<a/>", "a.xml"), NOW)


def test_a_word_of_a_million_blanks_is_none_and_holds_nothing_up() -> None:
    body = archive(b"<ERR_CODE>" + b" " * 1_000_000, "a.xml")
    with pytest.raises(ValueError, match="without a table or an error"):
        read(source(), body, NOW)


def asked(product: str, now: str) -> dict[str, str]:
    (ask,) = source(product).asks(utc(now))
    return {name: value for name, (value,) in parse_qs(urlsplit(ask.url).query).items()}


def test_it_asks_for_what_is_near_and_for_the_same_until_a_quarter_is_over() -> None:
    query = asked("real_time_5min", "2026-07-01 16:07")
    assert (query["queryname"], query["market_run_id"]) == ("PRC_INTVL_LMP", "RTM")
    assert (query["startdatetime"], query["enddatetime"]) == (
        "20260701T15:30-0000",
        "20260701T17:30-0000",
    )
    assert asked("real_time_5min", "2026-07-01 16:14") == query


@pytest.mark.parametrize(
    ("now", "first", "last"),
    [
        ("2026-07-01 16:07", "20260701T07:00-0000", "20260703T07:00-0000"),
        ("2026-10-31 16:00", "20261031T07:00-0000", "20261102T08:00-0000"),
    ],
)
def test_the_day_ahead_is_asked_by_the_days_of_california(now: str, first: str, last: str) -> None:
    query = asked("day_ahead", now)
    assert (query["startdatetime"], query["enddatetime"]) == (first, last)
    assert (query["queryname"], query["market_run_id"], query["version"]) == (
        "PRC_LMP",
        "DAM",
        "12",
    )


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (table("VALUE", row("LMP", "1").replace("-00:00", "")), "is no time with a zone"),
        (table("VALUE", row("LMP", "1", node="OTHER")), "no price of TH_SP15_GEN-APND"),
        (b"<html>too many requests</html>", "is no sound zip archive"),
    ],
)
def test_an_answer_that_is_none_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read(source(), body, NOW)
