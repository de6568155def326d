"""Every bad price: refused by name, and the last good one holds to its interval's end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from controller.core.observations.quality import Refusal
from controller.core.observations.timeline import PriceTimeline
from controller.model.quality import Fresh
from controller.model.samples import PriceSample
from tests.core.prices import BOUNDS, clock, price, timeline

NOW = clock("14:05")
GOOD = price("14:00-14:15", "31.5")


def offered(sample: PriceSample, *known: PriceSample) -> PriceTimeline | Refusal:
    return timeline(GOOD, *known).offer(sample, NOW, BOUNDS)


@pytest.mark.parametrize(
    ("value", "refusal"),
    [
        ("NaN", Refusal.NOT_A_NUMBER),
        ("sNaN", Refusal.NOT_A_NUMBER),
        ("", Refusal.NOT_A_NUMBER),
        ("n/a", Refusal.NOT_A_NUMBER),
        ("1,234.50", Refusal.NOT_A_NUMBER),
        ("1_000", Refusal.NOT_A_NUMBER),
        ("٣١", Refusal.NOT_A_NUMBER),
        ("3" * 65, Refusal.NOT_A_NUMBER),
        ("Infinity", Refusal.INFINITE),
        ("-inf", Refusal.INFINITE),
        ("5000.01", Refusal.OUT_OF_RANGE),
        ("-500.01", Refusal.OUT_OF_RANGE),
        ("0." + "1" * 19, Refusal.OUT_OF_RANGE),
        ("1e300", Refusal.OUT_OF_RANGE),
        ("1E-999999", Refusal.OUT_OF_RANGE),
        ("0E+999999", Refusal.OUT_OF_RANGE),
    ],
)
def test_a_value_that_is_none(value: str, refusal: Refusal) -> None:
    assert offered(price("14:15-14:30", value)) is refusal


@pytest.mark.parametrize(
    "value", ["5000", "-500", "0", "-0.00", "2.5e3", " 31.5 ", "0." + "1" * 18, "0" * 63 + "5"]
)
def test_a_value_at_the_edge_is_good(value: str) -> None:
    line = offered(price("14:15-14:30", value, "14:00"))
    assert isinstance(line, PriceTimeline)
    observed = line.at(clock("14:20"))
    assert isinstance(observed, Fresh)
    assert observed.value == Decimal(value)


def test_the_last_good_price_holds_while_bad_ones_arrive() -> None:
    line = timeline(GOOD)
    for value in ("NaN", "inf", "99999"):
        assert isinstance(line.offer(price("14:15-14:30", value), NOW, BOUNDS), Refusal)
    observed = line.at(clock("14:14"))
    assert isinstance(observed, Fresh)
    assert observed.value == Decimal("31.5")
    assert not isinstance(line.at(clock("14:15")), Fresh)


def test_late() -> None:
    assert offered(price("13:45-14:00", published="14:00")) is Refusal.LATE
    on_the_dot = timeline(GOOD).offer(price("14:15-14:30"), clock("14:30"), BOUNDS)
    assert on_the_dot is Refusal.LATE


def test_a_late_revision_does_not_rewrite_the_past() -> None:
    revised = price("14:00-14:15", "90", "14:20")
    assert timeline(GOOD).offer(revised, clock("14:20"), BOUNDS) is Refusal.LATE


def test_duplicate() -> None:
    assert offered(GOOD) is Refusal.DUPLICATE
    assert offered(price("14:00-14:15", "31.50", "14:02")) is Refusal.DUPLICATE


def test_a_repetition_of_what_is_over_is_a_duplicate_not_late() -> None:
    assert timeline(GOOD).offer(GOOD, clock("15:00"), BOUNDS) is Refusal.DUPLICATE


def test_two_prices_published_at_the_same_moment_contradict() -> None:
    assert offered(price("14:00-14:15", "90")) is Refusal.CONTRADICTORY


def test_an_older_word_on_an_interval_is_out_of_order() -> None:
    assert offered(price("14:00-14:15", "90", "13:50")) is Refusal.OUT_OF_ORDER


def test_intervals_to_come_may_arrive_in_any_order() -> None:
    late = price("15:00-15:15", "50", "14:00")
    line = offered(price("14:30-14:45", "40", "13:00"), late)
    assert isinstance(line, PriceTimeline)
    assert [f"{i.start:%H:%M}" for i in line.intervals] == ["14:00", "14:30", "15:00"]


@pytest.mark.parametrize(
    "interval", ["14:10-14:25", "13:50-14:06", "14:05-14:10", "13:00-15:00", "14:00-14:10"]
)
def test_overlapping(interval: str) -> None:
    assert offered(price(interval, published="13:00")) is Refusal.OVERLAPPING


def test_overlapping_the_first_of_several() -> None:
    known = price("14:30-14:45", published="14:00")
    assert offered(price("13:50-14:06", published="13:00"), known) is Refusal.OVERLAPPING


def test_overlapping_a_later_one() -> None:
    known = price("14:30-14:45", published="14:00")
    assert offered(price("14:20-14:31", published="14:00"), known) is Refusal.OVERLAPPING


@pytest.mark.parametrize("interval", ["14:30-14:15", "14:15-14:15"])
def test_an_interval_that_does_not_end_after_its_start(interval: str) -> None:
    assert offered(price(interval)) is Refusal.BAD_INTERVAL


def from_now(ahead: timedelta, length: timedelta, published_s: float = 0) -> PriceSample:
    start, published_at = NOW + ahead, NOW + timedelta(seconds=published_s)
    return PriceSample(
        start=start, end=start + length, price_per_mwh="1", published_at=published_at
    )


@pytest.mark.parametrize(
    ("ahead", "length", "published_s", "refusal"),
    [
        (timedelta(0), timedelta(hours=25), 0, None),
        (timedelta(0), timedelta(hours=25, seconds=1), 0, Refusal.BAD_INTERVAL),
        (timedelta(days=8), timedelta(hours=1), 0, None),
        (timedelta(days=8, seconds=1), timedelta(hours=1), 0, Refusal.FROM_THE_FUTURE),
        (timedelta(0), timedelta(hours=1), 60, None),
        (timedelta(0), timedelta(hours=1), 61, Refusal.FROM_THE_FUTURE),
    ],
)
def test_how_long_and_how_far_ahead_a_price_may_be(
    ahead: timedelta, length: timedelta, published_s: float, refusal: Refusal | None
) -> None:
    taken = PriceTimeline().offer(from_now(ahead, length, published_s), NOW, BOUNDS)
    assert (taken if isinstance(taken, Refusal) else None) is refusal


def test_an_interval_of_years_does_not_block_the_market() -> None:
    endless = from_now(timedelta(0), timedelta(days=400))
    assert PriceTimeline().offer(endless, NOW, BOUNDS) is Refusal.BAD_INTERVAL


def test_from_the_future() -> None:
    assert offered(price("14:15-14:30", published="14:07")) is Refusal.FROM_THE_FUTURE
    next_year = from_now(timedelta(days=365), timedelta(minutes=15))
    assert offered(next_year) is Refusal.FROM_THE_FUTURE


@pytest.mark.parametrize(
    "start",
    [datetime(2023, 9, 6, 14, 15), datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))],  # noqa: DTZ001
)
def test_a_time_that_is_no_moment(start: datetime) -> None:
    sample = PriceSample(
        start=start, end=clock("14:30"), price_per_mwh="1", published_at=clock("14:00")
    )
    assert offered(sample) is Refusal.BAD_TIME


def test_the_hour_that_clocks_repeat_is_two_intervals() -> None:
    """Times of one local zone compare by the wall: the two would look the same."""
    oslo = ZoneInfo("Europe/Oslo")
    line = PriceTimeline()
    for fold, value in ((0, "10"), (1, "20")):
        start = datetime(2023, 10, 29, 2, 0, tzinfo=oslo, fold=fold)
        end = datetime(2023, 10, 29, 2, 15, tzinfo=oslo, fold=fold)
        sample = PriceSample(start=start, end=end, price_per_mwh=value, published_at=start)
        taken = line.offer(sample, start.astimezone(UTC), BOUNDS)
        assert isinstance(taken, PriceTimeline)
        line = taken
    gap = line.intervals[1].start - line.intervals[0].start
    assert gap == timedelta(hours=1)
