"""Nord Pool: recorded days, areas, currency, what is not published yet, revisions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from controller.signals.markets.nordpool import NordpoolSource, PriceNordpoolSettings
from tests.signals.market_pages import covers, page, read, recorded, told, utc

NOW = utc("2024-11-04 13:00")
DAY = "nordpool/delivery_period_nl_20241105_PT60M.json"


def source(area: str = "NL", **more: Any) -> NordpoolSource:
    return NordpoolSource(PriceNordpoolSettings(adapter="price_nordpool", area=area, **more))


def changed(**keys: Any) -> bytes:
    return json.dumps({**json.loads(recorded(DAY)), **keys}).encode()


def quarter(minute: int, price: Any) -> dict[str, Any]:
    start, end = (f"2025-10-01T22:{one:02}:00Z" for one in (minute, minute + 15))
    return {"deliveryStart": start, "deliveryEnd": end, "entryPerArea": {"NL": price}}


def test_a_recorded_day() -> None:
    found = read(source(), recorded(DAY), NOW)
    assert len(found) == 24
    assert covers(found, "2024-11-04 23:00", "2024-11-05 23:00")
    assert told(found)[1] == ("2024-11-05 00:00", "2024-11-05 01:00", "94.0")
    assert found[0].published_at == utc("2024-11-04 11:58:10.771158")


def test_quarters_are_as_long_as_they_say() -> None:
    found = read(source(), changed(multiAreaEntries=[quarter(0, 31.5), quarter(15, -2)]), NOW)
    assert told(found) == [
        ("2025-10-01 22:00", "2025-10-01 22:15", "31.5"),
        ("2025-10-01 22:15", "2025-10-01 22:30", "-2"),
    ]


def test_a_price_that_was_updated_later_is_newer() -> None:
    first, last = (
        read(source(), changed(updatedAt=f"2024-11-04T{hour}:00:00Z"), NOW) for hour in (11, 12)
    )
    assert first[0].published_at < last[0].published_at


def test_what_is_updated_in_the_future_is_published_now() -> None:
    found = read(source(), changed(updatedAt="2034-11-04T11:00:00Z"), NOW)
    assert found[0].published_at == NOW


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (changed(currency="NOK"), "is in 'NOK', not EUR"),
        (changed(multiAreaEntries={}), "is no list"),
        (changed(multiAreaEntries=[{}] * 1001), "is no list of at most 1000"),
        (changed(multiAreaEntries=[{"entryPerArea": {"NL": 1}}]), "multiAreaEntries 0: path"),
        (changed(updatedAt=5), "is no time with a zone"),
        (recorded(DAY).replace(b'"NL":', b'"BE":'), "there is no 'NL'; there is BE"),
        (recorded(DAY)[:900], "is not JSON"),
        (b"<html>", "is not JSON"),
    ],
)
def test_a_document_that_is_none_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read(source(), body, NOW)


@pytest.mark.parametrize(
    ("now", "dates"),
    [
        ("2024-11-04 13:00", ["2024-11-04", "2024-11-05"]),
        ("2024-11-04 23:30", ["2024-11-05", "2024-11-06"]),
    ],
)
def test_it_asks_for_two_days_and_knows_the_one_that_is_not_there_yet(
    now: str, dates: list[str]
) -> None:
    asks = source().asks(utc(now))
    assert [ask.url.partition("date=")[2][:10] for ask in asks] == dates
    assert all(ask.nothing == {204} for ask in asks)
    assert page(b"", NOW).body == b""
