"""What a pool is without those that may not be started now."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from controller.core.obedience.motions import Orders
from controller.core.pools.pool import Pool
from controller.core.situation import assess
from controller.model.fleet import OFF
from controller.model.remembered import Wear
from controller.model.seen import State
from controller.model.site import Pacing
from tests.core.cases.sites import NOW
from tests.core.paced_sites import hall, later, looked

HALL = {**hall("a", 4, OFF), "a8": hall("a", 1, "default")["a0"]}
"""Four stand by with 25 W each, one runs."""


def pool(**minutes_ago: int) -> Pool:
    """These miners may be started once an hour, and were started so long ago."""
    wear = {
        name: Wear(starts=1, recent=(NOW - timedelta(minutes=minutes),))
        for name, minutes in minutes_ago.items()
    }
    uneven = {**HALL, "a0": replace(HALL["a0"], power_w=27)}
    seen = looked(uneven, Pacing(starts_per_hour=1))
    [found] = assess(seen, State(wear=wear), Orders(1)).pools
    return found


def test_those_left_draw_the_mean_of_their_cohort() -> None:
    """102 W of four: 26 each, rounded up."""
    [left] = pool(a1=30).free[0]
    assert (left.members, left.power_w) == (("a0", "a2", "a3"), 78)


def test_who_may_not_be_started_is_not_free_to_rise_and_stands_there_still() -> None:
    found = pool(a1=30, a2=10)
    assert (found.barred, found.size) == (2, 5)
    assert found.counts.free == (3, 1)
    assert found.counts.standing == (5, 1)


def test_it_is_known_when_the_first_of_them_may_be_started() -> None:
    assert pool(a1=30, a2=50, a3=10).barred_until == later(10 * 60)
    assert pool().barred_until is None
