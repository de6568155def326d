"""What stands where in a document, and how prices and times are written there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from controller.errors import TemporaryError
from controller.model.samples import PriceSample
from controller.signals.polled.over import price_over_at
from controller.signals.prices.http_settings import PriceHttpSettings
from controller.signals.prices.json_rows import read_prices
from tests.signals.price_sources import document, first, price_feed, serving

NOW = datetime(2023, 9, 6, 17, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def source(**settings: Any) -> PriceHttpSettings:
    defaults: dict[str, Any] = {"rows": "$", "start": "s", "price": "p"}
    if "end" not in settings:
        defaults["interval_minutes"] = 60
    return PriceHttpSettings(
        adapter="price_http", url="https://prices.example/", **{**defaults, **settings}
    )


def read(plain: object, **settings: Any) -> list[PriceSample]:
    body = plain if isinstance(plain, bytes) else json.dumps(plain).encode()
    return read_prices(body, source(**settings), NOW)


def why_not(plain: object, **settings: Any) -> str:
    with pytest.raises(ValueError, match=r".") as caught:
        read(plain, **settings)
    return str(caught.value)


def test_a_list_below_other_keys_and_an_end() -> None:
    plain = {"data": [{"prices": [{"t": {"a": "2023-09-06T17:00Z", "b": "2023-09-06T17:05Z"},
                                   "v": 12.5}]}]}  # fmt: skip
    [price] = read(plain, rows="data.0.prices", start="t.a", end="t.b", price="v")
    assert (price.start, price.end) == (NOW, NOW + timedelta(minutes=5))
    assert price.price_per_mwh == "12.5"


def test_rows_that_are_lists() -> None:
    [price] = read({"fields": ["s", "p"], "data": [["2023-09-06T17:00Z", "7"]]}, rows="data",
                   start="0", price="1")  # fmt: skip
    assert (price.start, price.price_per_mwh) == (NOW, "7")


def test_a_single_price_and_a_key_with_a_dot() -> None:
    [price] = read({"now": {"s": 1694019600, "p.mwh": 7}}, rows="now", price=r"p\.mwh",
                   time_format="unix_s")  # fmt: skip
    assert (price.start, price.price_per_mwh) == (NOW, "7")


def test_numbers_stay_as_they_are_written() -> None:
    body = b'[{"s": "2023-09-06T17:00Z", "p": 0.1000000000000000055511151231257827}]'
    assert read(body)[0].price_per_mwh == "0.1000000000000000055511151231257827"


@pytest.mark.parametrize(
    ("written", "settings", "price"),
    [
        (0.0482, {"unit": "per_kwh"}, "48.2000"),
        ("4.82", {"unit": "cents_per_kwh"}, "48.20"),
        (48.2, {"factor": "1.25"}, "60.250"),
        (-0.5, {"unit": "per_kwh", "factor": "0.5"}, "-250.00"),
        ("NaN", {"unit": "per_kwh"}, "NaN"),
        ("-Infinity", {"unit": "per_kwh"}, "-Infinity"),
        ("n/a", {"unit": "per_kwh"}, "n/a"),
        ("1e999999999", {"unit": "per_kwh"}, "1e999999999"),
        ("9" * 5000, {}, "no number"),
        ("a long text that is none", {}, "no number"),
        (True, {}, "bool"),
        ({}, {}, "dict"),
    ],
)
def test_units(written: object, settings: dict[str, str], price: str) -> None:
    assert read([{"s": "2023-09-06T17:00Z", "p": written}], **settings)[0].price_per_mwh == price


@pytest.mark.parametrize(
    ("written", "settings"),
    [
        ("2023-09-06T17:00:00Z", {}),
        ("2023-09-06T12:00:00-05:00", {}),
        ("2023-09-06 12:00", {"zone": "America/Chicago"}),
        (1694019600, {"time_format": "unix_s"}),
        ("1694019600", {"time_format": "unix_s"}),
        (1694019600000, {"time_format": "unix_ms"}),
        (1.6940196e12, {"time_format": "unix_ms"}),
    ],
)
def test_times(written: object, settings: dict[str, str]) -> None:
    [price] = read([{"s": written, "p": 1}], **settings)
    assert price.start == NOW
    assert price.start.tzinfo is UTC


FALL_BACK = ["00:00", "01:00", "01:00", "02:00"]
"""Of 2023-11-05 in Chicago, where the hour from 01:00 comes twice."""


@pytest.mark.parametrize("newest_first", [False, True])
def test_the_hour_that_comes_twice(newest_first: bool) -> None:
    rows = [{"s": f"2023-11-05T{at}", "p": number} for number, at in enumerate(FALL_BACK)]
    prices = read(rows[::-1] if newest_first else rows, zone="America/Chicago")
    midnight = datetime(2023, 11, 5, 5, 0, tzinfo=UTC)
    assert [price.start for price in prices] == [midnight + number * HOUR for number in range(4)]
    assert [price.price_per_mwh for price in prices] == ["0", "1", "2", "3"]


def test_ends_in_the_hour_that_comes_twice() -> None:
    times = ["00:00", "01:00", "01:00", "02:00", "03:00"]
    rows = [
        {"s": f"2023-11-05T{start}", "e": f"2023-11-05T{end}", "p": 1}
        for start, end in pairwise(times)
    ]
    prices = read(rows, end="e", zone="America/Chicago")
    assert all(price.end - price.start == HOUR for price in prices)


def test_a_settled_price_keeps_its_own_interval() -> None:
    [price] = read([{"s": "2023-09-06T16:00Z", "p": 1}], known_at="end")
    assert (price.start, price.end) == (NOW - HOUR, NOW)
    assert price.published_at == NOW


@pytest.mark.parametrize(
    ("settings", "after"),
    [
        ({}, timedelta(0)),
        ({"known_at": "end"}, HOUR + timedelta(seconds=120)),
        ({"known_at": "end", "day_ahead": True}, timedelta(0)),
    ],
)
def test_a_settled_price_says_something_of_now_until_the_next_one_is(
    settings: dict[str, Any], after: timedelta
) -> None:
    """As long again as its interval, and for two polls."""
    checked = source(poll_s=60, **settings)
    [price] = read_prices(b'[{"s": "2023-09-06T16:00Z", "p": 1}]', checked, NOW)
    assert price_over_at(price, checked.known_at, checked.poll_s) == NOW + after


def test_prices_of_the_day_ahead_are_marked() -> None:
    rows = [{"s": "2023-09-07T05:00Z", "p": 1}]
    assert [price.day_ahead for price in read(rows, day_ahead=True)] == [True]
    assert [price.day_ahead for price in read(rows)] == [False]
    [price] = read(rows, day_ahead=True)
    assert price.published_at == NOW


def test_what_is_not_known_yet_is_left_out() -> None:
    rows = [{"s": "2023-09-06T17:00Z", "p": 1}, {"s": "2023-09-06T18:00Z", "p": None}]
    assert len(read(rows)) == 1
    assert why_not(rows[1:]) == "path $: holds no price"


@pytest.mark.parametrize(
    ("plain", "settings", "message"),
    [
        ([], {}, "path $: holds no price"),
        ({"a": 1, "b": 2}, {"rows": "data"}, "path data: there is no 'data'; there is a, b"),
        ({}, {"rows": "data"}, "there is nothing"),
        ([[1]], {"start": "3"}, "row 0: path 3: no place '3' in a list of 1"),
        (["x"], {}, "row 0: path s: nothing stands below 's'"),
        ([{"s": "soon", "p": 1}], {}, "row 0: path s: 'soon' is not a time"),
        ([{"s": 17, "p": 1}], {"zone": "Europe/Oslo"}, "row 0: path s: '17' is not a time"),
        ([{"s": [], "p": 1}], {}, "row 0: path s: '[]' is not a time"),
        ([{"s": "2023-09-06T17:00Z"}], {}, "row 0: path p: there is no 'p'; there is s"),
        ([{"s": "2023-03-12T02:30", "p": 1}], {"zone": "America/Chicago"}, "does not exist in"),
        ([{"s": "now", "p": 1}], {"time_format": "unix_s"}, "is not a number of seconds"),
        ([{"s": 1694019600000, "p": 1}], {"time_format": "unix_s"}, "is it in milliseconds"),
        ([{"s": "1e999999999", "p": 1}], {"time_format": "unix_s"}, "outside the calendar"),
        ([{"s": "9999-12-31T23:30Z", "p": 1}], {}, "row 0: is outside the calendar"),
        ([{"s": "2023-09-06T17:00Z", "p": 1}] * 5_001, {}, "more than 5000 rows: ask for fewer"),
        ({"c": "EUR", "r": []}, {"rows": "r", "expect": {"$.c": "USD"}}, "$.c is not 'USD'"),
    ],
)
def test_what_does_not_fit_is_named(plain: object, settings: dict[str, Any], message: str) -> None:
    assert message in why_not(plain, **settings)


async def test_the_currency_is_checked_where_the_document_states_it(tmp_path: Path) -> None:
    async with serving(body=document(48.2)) as source:
        right = price_feed(source.url, tmp_path, expect={"$.currency": "USD"})
        assert await first(right)
        wrong = price_feed(source.url, tmp_path / "other", expect={"$.currency": "EUR"})
        with pytest.raises(TemporaryError, match=r"the answer \$\.currency is not 'EUR'"):
            await first(wrong)
