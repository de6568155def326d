"""ENTSO-E: recorded A44 documents, two lengths in one, points left out, no data, hostile XML."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from controller.signals.markets.entsoe import EntsoeSource
from controller.signals.markets.entsoe_settings import PriceEntsoeSettings
from controller.signals.polled.feed import PolledFeed
from tests.signals.documents import documents
from tests.signals.market_pages import covers, page, read, recorded, told, utc
from tests.virtual_clock import VirtualClock

NOW = utc("2026-01-04 16:20")
LATVIA = "10YLV-1001A00074"


def source(**more: Any) -> EntsoeSource:
    return EntsoeSource(settings_of(**more))


def settings_of(**more: Any) -> PriceEntsoeSettings:
    said = {"area": LATVIA, "token_file": "token", **more}
    return PriceEntsoeSettings(adapter="price_entsoe", **said)


def acknowledgement(words: str) -> bytes:
    return (
        '<Acknowledgement_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-1:ack:7:0">'
        f"<Reason><code>999</code><text>{words}</text></Reason></Acknowledgement_MarketDocument>"
    ).encode()


def series(
    points: str,
    *,
    start: str = "2026-01-03T23:00Z",
    end: str = "2026-01-04T00:00Z",
    resolution: str = "PT15M",
    curve: str = "A03",
    currency: str = "EUR",
) -> bytes:
    """One series of one period; `points` is like `1=83 3=85`."""
    said = "".join(
        f"<Point><position>{place}</position><price.amount>{price}</price.amount></Point>"
        for place, price in (point.split("=") for point in points.split())
    )
    return (
        "<Publication_MarketDocument><TimeSeries>"
        f"<currency_Unit.name>{currency}</currency_Unit.name>"
        "<price_Measure_Unit.name>MWH</price_Measure_Unit.name>"
        f"<curveType>{curve}</curveType><Period><timeInterval><start>{start}</start>"
        f"<end>{end}</end></timeInterval><resolution>{resolution}</resolution>{said}</Period>"
        "</TimeSeries></Publication_MarketDocument>"
    ).encode()


def test_a_recorded_day_of_quarters_has_the_one_that_was_left_out() -> None:
    found = read(source(), recorded("entsoe/lv_202601032300-202601042300.xml"), NOW)
    assert len(found) == 96
    assert covers(found, "2026-01-03 23:00", "2026-01-04 23:00")
    assert found[61].price_per_mwh == found[60].price_per_mwh
    assert told(found)[1] == ("2026-01-03 23:15", "2026-01-03 23:30", "86.15")


def test_a_recorded_day_of_hours_too() -> None:
    found = read(source(), recorded("entsoe/lv_202509112200-202509122200.xml"), NOW)
    assert len(found) == 24
    assert [found[place].price_per_mwh for place in (13, 14)] == [found[12].price_per_mwh] * 2


def test_two_lengths_of_one_time_are_refused_until_one_is_chosen() -> None:
    body = recorded("entsoe/DE_60M_15M_overlap.xml")
    with pytest.raises(ValueError, match=r"two series have a price of 2024-10-05T22:00Z: choose"):
        read(source(), body, NOW)
    hours, quarters = (read(source(resolution_minutes=one), body, NOW) for one in (60, 15))
    assert (len(hours), len(quarters)) == (48, 192)
    assert read(source(sequence=2), body, NOW) == quarters


def test_a_choice_that_fits_no_series_is_said() -> None:
    body = recorded("entsoe/DE_60M_15M_overlap.xml")
    for choice in ({"sequence": 3}, {"sequence": 1, "resolution_minutes": 15}):
        with pytest.raises(ValueError, match="no series of the chosen resolution_minutes and seq"):
            read(source(**choice), body, NOW)


def test_two_lengths_that_follow_one_another_are_both_used() -> None:
    found = read(source(), recorded("entsoe/BE_60M_15M_mix.xml"), NOW)
    lengths = [(one.end - one.start).seconds // 60 for one in found]
    assert lengths == [15] * 192 + [60] * 24
    assert all(one.end == other.start for one, other in pairwise(found))


def test_days_on_which_clocks_change_have_their_hours() -> None:
    every = " ".join(f"{place}={place}" for place in range(1, 26))
    body = series(every, start="2025-10-25T22:00Z", end="2025-10-26T23:00Z", resolution="PT60M")
    assert len(read(source(), body, NOW)) == 25
    body = series("1=5", start="2025-03-29T23:00Z", end="2025-03-30T22:00Z", resolution="PT15M")
    assert len(read(source(), body, NOW)) == 92


def test_points_left_out_repeat_only_where_the_curve_says_so() -> None:
    assert [one.price_per_mwh for one in read(source(), series("1=83 4=9"), NOW)] == [
        "83",
        "83",
        "83",
        "9",
    ]
    with pytest.raises(ValueError, match="lacks point 2"):
        read(source(), series("1=83 4=9", curve="A01"), NOW)
    with pytest.raises(ValueError, match="lacks point 1"):
        read(source(), series("2=83"), NOW)


def test_no_data_is_nothing_yet_and_another_refusal_is_said() -> None:
    nothing = acknowledgement("No matching data found for Data item ENERGY_PRICES [12.1.D].")
    assert source().read(page(nothing, NOW)) == []
    with pytest.raises(ValueError, match=r"Delivered Area EIC .* is not valid"):
        read(source(), acknowledgement("Delivered Area EIC 10YDE-ENBW-----N is not valid."), NOW)


BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><Publication_MarketDocument>&c;'


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (BOMB + b"</Publication_MarketDocument>", "declares entities or a document type"),
        (b'<!DOCTYPE a SYSTEM "http://other.example/a.dtd"><a/>', "declares entities"),
        (b"<html>busy</html>", "is a html instead of"),
        (b"<Publication_MarketDocument/>", "has no series"),
        (b"<Publication_MarketDocument>", "is not XML"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "is not XML"),
        (b"<a>" * 100_000, "is not XML"),
        (series("1=83", currency="PLN"), "is in PLN per MWH, not EUR per MWH"),
        (series("1=83", resolution="P1D"), "resolution 'P1D' is none of"),
        (series("5=83"), "position '5' is none of 1 to 4"),
        (series("x=83"), "position 'x' is none of"),
        (series("1=83", end="2026-01-04T00:07Z"), "is none of whole 15 minutes"),
        (series("1=83", end="2126-01-04T00:00Z"), "is none of whole 15 minutes"),
        (series("1=83", start="2026-01-03 23:00"), "is no time with a zone"),
        (series("1=83").replace(b"price.amount", b"price"), "Point has no price.amount"),
    ],
)
def test_a_document_that_is_none_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read(source(), body, NOW)


@pytest.mark.parametrize(
    ("now", "first", "last"),
    [
        ("2026-01-04 16:20", "202601032300", "202601052300"),
        ("2025-10-25 23:30", "202510252200", "202510272300"),
    ],
)
def test_it_asks_for_today_and_tomorrow_by_the_markets_clocks(
    now: str, first: str, last: str
) -> None:
    (ask,) = source().asks(utc(now))
    query = parse_qs(urlsplit(ask.url).query)
    assert (query["periodStart"], query["periodEnd"]) == ([first], [last])
    assert "securityToken" not in query


async def test_the_token_is_sent_and_stands_nowhere_else(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("a-secret-token")
    token.chmod(0o600)
    body = recorded("entsoe/lv_202601032300-202601042300.xml")
    async with documents(bodies={"api": body}) as server:
        settings = settings_of(token_file=token, base_url=server.url)
        clock = VirtualClock(NOW)
        feed = PolledFeed("entsoe", settings, clock, tmp_path, EntsoeSource(settings))
        samples = feed.samples()
        await anext(samples)
        await samples.aclose()
    assert server.asked[0].endswith("&securityToken=a-secret-token")
    assert "a-secret-token" not in (tmp_path / "feeds" / "entsoe.json").read_text()
