"""What is true of a timeline whatever arrives."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from controller.core.observations.quality import Refusal
from controller.core.observations.timeline import KEPT, PriceTimeline
from controller.model.quality import Fresh
from controller.model.samples import PriceSample
from tests.core.prices import BOUNDS, clock

START = clock("00:00")


def at_minute(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


@st.composite
def samples(draw: st.DrawFn) -> PriceSample:
    """Mostly possible, at times absurd; on few moments, so that they meet each other."""
    start = draw(st.integers(0, 40)) * 5
    length = draw(st.sampled_from([-5, 0, 5, 10, 15, 60]))
    value = draw(st.sampled_from(["10", "20", "30", "NaN", "inf", "1e9", "x", ""]))
    published = draw(st.integers(-10, 210))
    return PriceSample(
        start=at_minute(start),
        end=at_minute(start + length),
        price_per_mwh=value,
        published_at=at_minute(published),
    )


arrivals = st.lists(st.tuples(samples(), st.integers(0, 200)), max_size=40)


def after(events: list[tuple[PriceSample, int]]) -> PriceTimeline:
    line = PriceTimeline(stale_after_s=300)
    for sample, minute in events:
        offered = line.offer(sample, at_minute(minute), BOUNDS)
        line = line if isinstance(offered, Refusal) else offered
    return line


@given(arrivals)
def test_intervals_are_ordered_and_never_overlap(events: list[tuple[PriceSample, int]]) -> None:
    line = after(events)
    for one, other in zip(line.intervals, line.intervals[1:], strict=False):
        assert one.start < one.end <= other.start


@given(arrivals, st.integers(-20, 300))
def test_a_fresh_price_is_one_that_was_said_of_that_moment(
    events: list[tuple[PriceSample, int]], minute: int
) -> None:
    now = at_minute(minute)
    observed = after(events).at(now)
    if isinstance(observed, Fresh):
        said = {
            Decimal(s.price_per_mwh)
            for s, _ in events
            if s.start <= now < s.end and s.price_per_mwh.isdigit()
        }
        assert observed.value in said
        assert observed.until is not None
        assert observed.at <= now < observed.until


@given(arrivals, st.integers(-20, 300))
def test_nothing_changes_before_the_next_change(
    events: list[tuple[PriceSample, int]], minute: int
) -> None:
    line, now = after(events), at_minute(minute)
    change = line.next_change(now)
    until = change or now + timedelta(hours=12)
    moment = now
    while moment < until:
        assert line.at(moment) == line.at(now)
        moment += timedelta(minutes=5)
    if change is not None:
        just_before = change - timedelta(microseconds=1)
        assert line.at(just_before) == line.at(now)
        assert line.at(change) != line.at(now)


@given(st.lists(st.integers(0, 60), unique=True, max_size=20), st.randoms(use_true_random=False))
def test_the_order_in_which_distinct_intervals_arrive_does_not_matter(
    slots: list[int], random: object
) -> None:
    said = [
        PriceSample(
            start=at_minute(60 + 15 * slot),
            end=at_minute(75 + 15 * slot),
            price_per_mwh=str(slot),
            published_at=START,
        )
        for slot in slots
    ]
    shuffled = list(said)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    line = after([(s, 0) for s in shuffled])
    assert line == after([(s, 0) for s in said])
    assert len(line.intervals) == len(slots)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=80))
def test_it_does_not_grow_without_bound(gaps: list[int]) -> None:
    line, now = PriceTimeline(), START
    for gap in gaps:
        now += timedelta(hours=1 + 6 * gap)
        sample = PriceSample(
            start=now, end=now + timedelta(hours=1), price_per_mwh="1", published_at=now
        )
        offered = line.offer(sample, now, BOUNDS)
        assert isinstance(offered, PriceTimeline)
        line = offered
    assert all(i.end > now - KEPT for i in line.intervals)
    assert len(line.intervals) <= 49
