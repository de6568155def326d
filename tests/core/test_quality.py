"""Refusals, hashprices and age."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from controller.core.observations.quality import Hashprice, Range, Refusal, aged, judge_hashprice
from controller.model.quality import Fresh, Stale
from controller.model.samples import HashpriceSample
from tests.core.prices import clock

NOW = clock("14:00")
BOUNDS = Range(low=Decimal("0.01"), high=Decimal(1000))
KNOWN = Hashprice(at=clock("13:00"), per_ph_day=Decimal("56.67"))


def judged(value: str, at: datetime = NOW, last: Hashprice | None = KNOWN) -> Hashprice | Refusal:
    return judge_hashprice(HashpriceSample(at=at, per_ph_day=value), last, NOW, BOUNDS)


@pytest.mark.parametrize("refusal", list(Refusal))
def test_every_refusal_can_be_read_by_people(refusal: Refusal) -> None:
    assert len(refusal.text.split()) > 3


def test_a_good_hashprice_replaces_the_last() -> None:
    assert judged("60.1") == Hashprice(at=NOW, per_ph_day=Decimal("60.1"))
    assert judged("60.1", last=None) == Hashprice(at=NOW, per_ph_day=Decimal("60.1"))


@pytest.mark.parametrize(
    ("value", "refusal"),
    [
        ("NaN", Refusal.NOT_A_NUMBER),
        ("Infinity", Refusal.INFINITE),
        ("0", Refusal.OUT_OF_RANGE),
        ("-56", Refusal.OUT_OF_RANGE),
        ("56670", Refusal.OUT_OF_RANGE),
    ],
)
def test_a_hashprice_that_is_none(value: str, refusal: Refusal) -> None:
    assert judged(value) is refusal


def test_a_hashprice_of_a_wrong_moment() -> None:
    assert judged("60", NOW + timedelta(seconds=61)) is Refusal.FROM_THE_FUTURE
    assert judged("60", clock("12:00")) is Refusal.OUT_OF_ORDER
    assert judged("56.670", clock("13:00")) is Refusal.DUPLICATE
    assert judged("60", clock("13:00")) is Refusal.CONTRADICTORY
    assert judged("60", datetime(2023, 9, 6, 13, 30)) is Refusal.BAD_TIME  # noqa: DTZ001


def test_a_clock_may_be_a_minute_ahead() -> None:
    ahead = NOW + timedelta(seconds=60)
    assert judged("60", ahead) == Hashprice(at=ahead, per_ph_day=Decimal(60))


def test_a_value_is_fresh_until_its_age_is_reached() -> None:
    just_before = clock("14:30") - timedelta(microseconds=1)
    assert aged(5, NOW, just_before, 1800) == Fresh(value=5, at=NOW)
    assert aged(5, NOW, clock("14:30"), 1800) == Stale(value=5, at=NOW)
    assert aged(5, NOW, clock("23:00", 30), None) == Fresh(value=5, at=NOW)
