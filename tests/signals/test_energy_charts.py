"""Energy-Charts: stamps and prices in two lists. The document is our own, in the recorded form."""

from __future__ import annotations

import json
from typing import Any

import pytest

from controller.signals.markets.energy_charts import (
    EnergyChartsSource,
    PriceEnergyChartsSettings,
)
from tests.signals.market_pages import read, told, utc

NOW = utc("2024-05-04 12:00")
FIRST = 1_714_773_600
"""2024-05-03 22:00 UTC."""


def source(**more: Any) -> EnergyChartsSource:
    settings = {"bidding_zone": "DE-LU", **more}
    return EnergyChartsSource(PriceEnergyChartsSettings(adapter="price_energy_charts", **settings))


def document(stamps: list[Any], prices: list[Any], unit: str = "EUR/MWh") -> bytes:
    said = {"license_info": "CC BY 4.0", "unix_seconds": stamps, "price": prices, "unit": unit}
    return json.dumps({**said, "deprecated": False}).encode()


def minutes(*distances: int) -> list[int]:
    return [FIRST + 60 * one for one in distances]


def test_each_price_lasts_until_the_next_stamp_and_the_last_as_long() -> None:
    found = read(source(), document(minutes(0, 60, 120), [90.8, 87.79, -5]), NOW)
    assert told(found) == [
        ("2024-05-03 22:00", "2024-05-03 23:00", "90.8"),
        ("2024-05-03 23:00", "2024-05-04 00:00", "87.79"),
        ("2024-05-04 00:00", "2024-05-04 01:00", "-5"),
    ]


def test_hours_and_quarters_may_follow_one_another() -> None:
    found = read(source(), document(minutes(0, 60, 75, 90), [1, 2, 3, 4]), NOW)
    assert [(one.end - one.start).seconds // 60 for one in found] == [60, 15, 15, 15]


def test_a_gap_stays_a_gap_and_what_is_null_is_not_known() -> None:
    found = read(source(), document(minutes(0, 15, 180, 195), [1, None, 3, 4]), NOW)
    assert [(start[-5:], end[-5:]) for start, end, _ in told(found)] == [
        ("22:00", "22:15"),
        ("01:00", "01:15"),
        ("01:15", "01:30"),
    ]


def test_the_unit_may_have_blanks() -> None:
    assert len(read(source(), document(minutes(0, 60), [1, 2], unit="EUR / MWh"), NOW)) == 2


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (document(minutes(0, 60), [1, 2], unit="ct/kWh"), "is in 'ct/kWh', not EUR/MWh"),
        (document(minutes(0, 60), [1]), "has 2 stamps and 1 prices"),
        (document(minutes(0), [1]), "is 0:00:00 from the one beside it"),
        (document(minutes(0, 7), [1, 2]), "is 0:07:00 from"),
        (document(minutes(60, 0), [1, 2]), "unix_seconds 0: is -1 day"),
        (document(["a", "b"], [1, 2]), "unix_seconds 0: 'a' is not a number"),
        (document([10**30, 10**31], [1, 2]), "outside the calendar"),
        (document([253402295400, 253402299000], [1, 2]), "1: is outside the calendar"),
        (document(minutes(*range(0, 15 * 5001, 15)), [1] * 5001), "no list of at most 5000"),
        (b'{"unit": "EUR/MWh"}', "there is no 'unix_seconds'"),
        (b"<html>", "is not JSON"),
    ],
)
def test_a_document_that_is_none_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read(source(), body, NOW)


def test_it_asks_for_today_and_tomorrow_by_the_markets_clocks() -> None:
    (ask,) = source().asks(utc("2024-05-03 22:30"))
    assert ask.url.endswith("/price?bzn=DE-LU&start=2024-05-04&end=2024-05-05")
