"""What a file changes: new readings, revisions, and what it may not say."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from controller.core.books.revenue.taking import one_each, taken
from controller.model.revenue_meter import RevenueReading, RevenueRow
from tests.core.revenue import meters
from tests.core.revenue.meters import at, by_start, proposed, reading


def each(*readings: RevenueReading) -> list[RevenueReading]:
    return list(one_each([RevenueRow(n, one) for n, one in enumerate(readings, start=2)]).values())


def test_readings_come_in_order_of_time() -> None:
    assert each(reading(1), reading(0)) == [reading(0), reading(1)]


def test_the_same_row_twice_counts_once() -> None:
    assert each(reading(0), reading(0)) == [reading(0)]


def test_of_one_interval_the_newest_revision_counts() -> None:
    first, second = reading(0, 1, revision=1), reading(0, 2, revision=2)
    assert each(first, second) == each(second, first) == [second]
    assert each(reading(0, 3), first) == [first]


@pytest.mark.parametrize("revision", [None, 7])
def test_two_energies_under_one_revision_are_a_contradiction(revision: int | None) -> None:
    why = (
        r"rows 2 and 3 say 1.000 kWh and 2.000 kWh for the interval from 2025-07-01T05:00Z: keep "
        "one of them, or name the column of the revision"
    )
    with pytest.raises(ValueError, match=why):
        each(reading(0, 1, revision=revision), reading(0, 2, revision=revision))


def test_what_is_known_already_changes_nothing() -> None:
    known = by_start([reading(0, revision=1), reading(1)])
    found = taken(known, known)
    assert (found.new, found.revised, found.older) == ((), (), 0)
    assert found.by_start() == {}


def test_without_revisions_the_later_import_counts() -> None:
    found = taken(by_start([reading(0, 2), reading(1, 3)]), by_start([reading(0, 1)]))
    assert (found.new, found.revised) == ((reading(1, 3),), (reading(0, 2),))
    assert (found.weaker, found.contrary) == ((), ())
    assert found.by_start() == by_start([reading(0, 2), reading(1, 3)])


@pytest.mark.parametrize("before", [None, 4])
def test_a_later_revision_restates(before: int | None) -> None:
    later = reading(0, 2, revision=5, estimated=True)
    found = taken(by_start([later]), by_start([reading(0, 1, revision=before)]))
    assert (found.revised, found.weaker, found.contrary) == ((later,), (), ())


@pytest.mark.parametrize("revision", [None, 4])
def test_an_earlier_revision_is_left(revision: int | None) -> None:
    earlier = by_start([reading(0, 1, revision=revision)])
    found = taken(earlier, by_start([reading(0, 2, revision=5)]))
    assert (found.revised, found.older) == ((), 1)


def test_a_file_may_say_both_newer_and_older() -> None:
    known = by_start([reading(0, 1, revision=5), reading(1, 1, revision=5)])
    said = by_start([reading(0, 2, revision=6), reading(1, 2, revision=4)])
    found = taken(said, known)
    assert (len(found.revised), found.older) == (1, 1)


def test_an_estimate_in_the_place_of_a_reading_is_weaker() -> None:
    estimate, metered = reading(0, 2, estimated=True), reading(0, 1)
    assert taken(by_start([estimate]), by_start([metered])).weaker == (estimate,)
    assert taken(by_start([metered]), by_start([estimate])).weaker == ()
    again = reading(0, 3, estimated=True)
    assert taken(by_start([again]), by_start([estimate])).weaker == ()


def test_another_energy_under_the_known_revision_is_contrary() -> None:
    other = reading(0, 2, revision=5)
    assert taken(by_start([other]), by_start([reading(0, 1, revision=5)])).contrary == (other,)


def test_a_file_is_described() -> None:
    found = proposed([reading(0), reading(3, 50)])
    assert (found.start, found.end, found.read, found.gaps) == (at(0), at(4), 2, 2)
    assert found.changes
    assert found.taken.new == (reading(0), reading(3, 50))


def test_the_same_file_again_changes_nothing() -> None:
    intervals = [meters.interval(0, 99)]
    first = proposed([reading(0)], intervals)
    assert first.changes
    again = proposed([reading(0)], [one.interval for one in first.restated], [reading(0)])
    assert not again.changes


def test_an_interval_that_closed_after_the_import_is_restated_by_the_same_file() -> None:
    found = proposed([reading(0)], [meters.interval(0, 99)], [reading(0)])
    assert found.changes
    assert [one.interval.billed_wh for one in found.restated] == [100_000]


def test_a_revision_of_what_no_interval_is_known_of_is_recorded() -> None:
    assert proposed([reading(0, 2)], known=[reading(0, 1)]).changes


def test_the_difference_is_that_of_the_file() -> None:
    found = proposed([reading(0, 99)], [meters.interval(n, 100) for n in (-1, 0, 1)])
    assert (found.difference.start, found.difference.end) == (at(0), at(1))
    assert (found.difference.spans, found.difference.missing_billed) == (1, 0)


def test_no_energy_is_below_nothing() -> None:
    assert proposed([reading(0, 0)]).doubts == ()
    with pytest.raises(ValueError, match=r"row 2 is -0.001 kWh, below nothing: set sign"):
        proposed([reading(0, "-0.001")])


def test_no_interval_ends_after_now() -> None:
    ahead = timedelta(minutes=1)
    assert proposed([reading(0)], now=at(1) - ahead).read == 1
    with pytest.raises(
        ValueError, match="row 2 ends at 2025-07-01T05:15Z, after now: look at zone"
    ):
        proposed([reading(0)], now=at(1) - ahead - timedelta(seconds=1))


def test_a_file_without_rows() -> None:
    with pytest.raises(ValueError, match="has no row with an energy of this meter"):
        proposed([])


def test_intervals_keep_their_length_for_a_time_that_is_imported() -> None:
    hour = reading(0, minutes=60)
    why = "has intervals of 15 minutes, and one of 60 is imported at 2025-07-01T05:00Z"
    with pytest.raises(ValueError, match=why):
        proposed([reading(0)], known=[hour])
    # A file of another time may have another length.
    assert proposed([reading(-1)], known=[hour]).taken.new == (reading(-1),)
    assert proposed([reading(1)], known=[hour]).taken.new == (reading(1),)
    assert proposed([reading(1)], known=[hour]).difference.billed_wh == Decimal(0)
