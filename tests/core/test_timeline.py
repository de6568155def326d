"""What price holds when."""

from __future__ import annotations

from decimal import Decimal

from controller.core.observations.quality import Refusal
from controller.core.observations.timeline import PriceTimeline
from controller.model.base import encode, from_plain, to_plain
from controller.model.quality import Fresh, Missing, Stale
from tests.core.prices import BOUNDS, clock, price, timeline


def test_a_price_holds_from_its_start_to_just_before_its_end() -> None:
    line = timeline(price("14:00-14:15", "31.5"))
    fresh = Fresh(value=Decimal("31.5"), at=clock("14:00"), until=clock("14:15"))
    assert line.at(clock("14:00")) == fresh
    assert line.at(clock("14:14")) == fresh
    assert line.at(clock("14:15")) != fresh


def test_nothing_heard_is_missing() -> None:
    assert PriceTimeline().at(clock("14:00")) == Missing(why="no price has arrived")
    assert PriceTimeline().next_change(clock("14:00")) is None


def test_before_the_first_interval_there_is_no_price() -> None:
    line = timeline(price("14:00-14:15"))
    assert line.at(clock("13:59")) == Missing(why="no price before 2023-09-06T14:00Z")


def test_the_last_price_is_stale_for_the_grace_then_missing() -> None:
    line = timeline(price("14:00-14:15", "31.5"))
    assert line.at(clock("14:15")) == Stale(value=Decimal("31.5"), at=clock("14:00"))
    assert line.at(clock("14:29")) == Stale(value=Decimal("31.5"), at=clock("14:00"))
    assert line.at(clock("14:30")) == Missing(why="no price since 2023-09-06T14:15Z")


def test_a_gap_between_known_intervals_is_missing_at_once() -> None:
    line = timeline(price("14:00-14:15"), price("14:30-14:45"))
    gap = Missing(why="no price for 2023-09-06T14:15Z to 2023-09-06T14:30Z")
    assert line.at(clock("14:15")) == gap
    assert line.at(clock("14:29")) == gap
    assert isinstance(line.at(clock("14:30")), Fresh)


def test_next_change_walks_through_every_answer() -> None:
    line = timeline(price("14:00-14:15"), price("14:30-14:45"), price("14:45-15:00"))
    moments = []
    moment = line.next_change(clock("13:00"))
    while moment is not None:
        moments.append(f"{moment:%H:%M}")
        moment = line.next_change(moment)
    assert moments == ["14:00", "14:15", "14:30", "14:45", "15:00", "15:15"]


def test_a_revision_published_later_replaces_the_price() -> None:
    line = timeline(
        price("14:00-14:15", "30", "13:00"),
        price("14:15-14:30", "40", "13:00"),
        price("14:00-14:15", "90", "13:30"),
    )
    assert line.at(clock("14:00")) == Fresh(
        value=Decimal(90), at=clock("14:00"), until=clock("14:15")
    )
    assert len(line.intervals) == 2


def test_a_revision_still_counts_inside_its_interval() -> None:
    line = timeline(price("14:00-14:15", "30"), price("14:00-14:15", "90", "14:05"))
    observed = line.at(clock("14:06"))
    assert isinstance(observed, Fresh)
    assert observed.value == 90


def test_intervals_are_forgotten_two_days_after_their_end() -> None:
    line = timeline(price("14:00-14:15"), price("14:15-14:30"))
    later = price("14:00-14:15")
    later = type(later)(
        start=clock("14:20", 8),
        end=clock("14:35", 8),
        price_per_mwh="1",
        published_at=clock("14:20", 8),
    )
    kept = line.offer(later, clock("14:20", 8), BOUNDS)
    assert isinstance(kept, PriceTimeline)
    assert [i.start for i in kept.intervals] == [clock("14:15"), clock("14:20", 8)]


def test_a_refused_sample_leaves_the_timeline_as_it_is() -> None:
    line = timeline(price("14:00-14:15"))
    before = encode(line)
    assert line.offer(price("14:15-14:30", "NaN"), clock("14:15"), BOUNDS) is Refusal.NOT_A_NUMBER
    assert encode(line) == before


def test_it_survives_serialisation() -> None:
    line = timeline(price("14:00-14:15", "-3.10"), price("14:30-14:45"))
    assert from_plain(to_plain(line), PriceTimeline) == line
