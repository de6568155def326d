"""Prices that are published when their interval is over: the last one is acted upon meanwhile."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from controller.core.observations.quality import Refusal
from controller.core.observations.timeline import PriceTimeline
from controller.model.quality import Fresh, Missing, Stale
from tests.core.prices import BOUNDS, clock, price

LINE = PriceTimeline(stale_after_s=1800, late_s=1200)
FIRST = price("14:00-14:15", "30", "14:15")


def known() -> PriceTimeline:
    line = LINE.offer(FIRST, clock("14:18"), BOUNDS)
    assert isinstance(line, PriceTimeline)
    return line


def test_it_is_taken_after_its_interval_for_as_long_as_declared() -> None:
    assert LINE.offer(FIRST, clock("14:35"), BOUNDS) is Refusal.LATE
    on_time = replace(LINE, late_s=0)
    assert on_time.offer(FIRST, clock("14:15"), BOUNDS) is Refusal.LATE


def test_it_stands_in_for_what_follows_until_the_next_is_due() -> None:
    value = Decimal(30)
    held = Fresh(value=value, at=clock("14:00"), until=clock("14:35"))
    assert known().at(clock("14:18")) == held
    assert known().at(clock("14:34")) == held
    assert known().at(clock("14:35")) == Stale(value=value, at=clock("14:00"))
    assert known().at(clock("15:04")) == Stale(value=value, at=clock("14:00"))
    assert isinstance(known().at(clock("15:05")), Missing)


def test_the_next_one_takes_its_place() -> None:
    line = known().offer(price("14:15-14:30", "90", "14:30"), clock("14:31"), BOUNDS)
    assert isinstance(line, PriceTimeline)
    observed = line.at(clock("14:31"))
    assert isinstance(observed, Fresh)
    assert observed.value == Decimal(90)


def test_only_a_price_of_the_moment_is_its_own() -> None:
    line = known()
    assert line.of(clock("13:59")) is None
    own = line.of(clock("14:00"))
    assert own == Fresh(value=Decimal(30), at=clock("14:00"), until=clock("14:15"))
    assert line.of(clock("14:15")) is None


def test_it_says_when_it_changes_next() -> None:
    line = known()
    assert line.next_change(clock("14:18")) == clock("14:35")
    assert line.next_change(clock("14:35")) == clock("15:05")


def test_a_price_holds_in_its_own_interval_to_the_end_of_that() -> None:
    early = price("14:00-14:15", "30")
    line = LINE.offer(early, clock("14:00"), BOUNDS)
    assert isinstance(line, PriceTimeline)
    own = Fresh(value=Decimal(30), at=clock("14:00"), until=clock("14:15"))
    assert line.at(clock("14:14")) == own


def test_it_says_how_long_the_interval_is_whose_price_it_says() -> None:
    line = known().offer(price("14:15-15:15", "90", "15:15"), clock("15:16"), BOUNDS)
    assert isinstance(line, PriceTimeline)
    assert line.interval_s(clock("13:59")) == 0
    assert line.interval_s(clock("14:00")) == 900
    assert line.interval_s(clock("14:15")) == 3600
    assert line.interval_s(clock("15:20")) == 3600
    assert LINE.interval_s(clock("14:00")) == 0
