"""What firm neighbours leave of the import limit."""

from __future__ import annotations

import pytest

from controller.core.limits.neighbours import neighbour_limits
from controller.model.grid import SITE
from controller.model.quality import Fresh, Missing, Observed, Stale
from controller.model.rules import Engine, Neighbour
from controller.model.seen import State
from controller.model.site import Site
from controller.reasons import Reason
from tests.core.bounded import NEVER, NOW, after, heard, look, site

HALL = Neighbour(firm_w=40_000, meter="hall", silent_after_s=30)
OUTSIDE = Neighbour(firm_w=40_000, meter="hall", silent_after_s=30, behind_site_meter=False)


def left_w(
    declared: Site, meter: Observed[int] | None, seconds: float = 0, state: State | None = None
) -> int:
    meters = {SITE: Fresh(value=0, at=NOW)} | ({} if meter is None else {"hall": meter})
    seen = look(declared, now=after(seconds), meters_w=meters)
    (one,) = neighbour_limits(seen, heard(seen, state))
    assert (one.scope, one.reason) == (SITE, Reason.NEIGHBOUR)
    return one.limit_w


def drew(watts: int) -> State:
    """What is remembered when the hall's meter was last heard, now."""
    declared = site(neighbours={"hall": HALL})
    return heard(look(declared, meters_w={"hall": Fresh(value=watts, at=NOW)}))


def test_a_site_without_neighbours_has_no_such_limit() -> None:
    seen = look(site())
    assert list(neighbour_limits(seen, heard(seen))) == []


@pytest.mark.parametrize(
    ("draws_w", "limit_w"),
    [(0, 60_000), (15_000, 75_000), (40_000, 100_000), (45_000, 100_000), (-5_000, 55_000)],
)
def test_behind_the_sites_meter_what_it_may_still_take_is_kept(draws_w: int, limit_w: int) -> None:
    """The site's meter shows the rest of it already."""
    declared = site(neighbours={"hall": HALL})
    assert left_w(declared, Fresh(value=draws_w, at=NOW)) == limit_w


@pytest.mark.parametrize(("draws_w", "limit_w"), [(0, 60_000), (39_000, 60_000), (41_000, 59_000)])
def test_outside_it_all_that_is_firm_is_kept_or_what_it_takes_beyond(
    draws_w: int, limit_w: int
) -> None:
    declared = site(neighbours={"hall": OUTSIDE})
    assert left_w(declared, Fresh(value=draws_w, at=NOW)) == limit_w


@pytest.mark.parametrize("behind", [True, False])
def test_without_a_meter_all_that_is_firm_is_kept(behind: bool) -> None:
    one = Neighbour(firm_w=40_000, behind_site_meter=behind)
    declared = site(neighbours={"hall": one})
    assert left_w(declared, None) == 60_000
    assert heard(look(declared)).rules == {}


@pytest.mark.parametrize("meter", [Stale(value=25_000, at=NOW), NEVER])
@pytest.mark.parametrize(("seconds", "limit_w"), [(29, 85_000), (30, 60_000), (900, 60_000)])
def test_silence_keeps_all_that_is_firm(meter: Observed[int], seconds: float, limit_w: int) -> None:
    declared = site(neighbours={"hall": HALL})
    assert left_w(declared, meter, seconds, drew(25_000)) == limit_w


def test_silence_never_keeps_less_than_before() -> None:
    """A hall that fed power in may take more than its firm power on top of what is metered."""
    declared = site(neighbours={"hall": HALL})
    assert left_w(declared, NEVER, 30, drew(-5_000)) == 55_000


@pytest.mark.parametrize(("seconds", "limit_w"), [(0, 100_000), (29, 100_000), (30, 60_000)])
def test_one_never_heard_is_given_its_time(seconds: float, limit_w: int) -> None:
    declared = site(neighbours={"hall": HALL})
    state = heard(look(declared))
    assert left_w(declared, Missing(why="never"), seconds, state) == limit_w


def test_one_outside_never_heard_is_kept_its_firm_power_at_once() -> None:
    assert left_w(site(neighbours={"hall": OUTSIDE}), NEVER) == 60_000


def test_shares_add_up_and_leave_nothing_below_zero() -> None:
    both = {"hall": HALL, "lab": Neighbour(firm_w=30_000)}
    assert left_w(site(neighbours=both), Fresh(value=0, at=NOW)) == 30_000
    more = {"hall": HALL, "lab": Neighbour(firm_w=70_000)}
    assert left_w(site(neighbours=more), Fresh(value=0, at=NOW)) == 0


@pytest.mark.parametrize(("most_w", "limit_w"), [(80_000, 40_000), (120_000, 60_000)])
def test_on_an_island_they_come_off_what_generators_can_take(most_w: int, limit_w: int) -> None:
    declared = site(neighbours={"hall": HALL}, engine=Engine(most_w=most_w))
    assert left_w(declared, Fresh(value=0, at=NOW)) == limit_w


def test_the_source_names_all_of_them() -> None:
    both = {"lab": Neighbour(firm_w=1), "hall": HALL}
    seen = look(site(neighbours=both))
    (one,) = neighbour_limits(seen, heard(seen))
    assert one.source == "hall, lab"
