"""What the meter shows beyond the miners' reports: found at rest, kept between bounds in motion."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from msgspec.structs import replace

from controller.core.counting.power import drawn, most_other_w, other_w
from controller.model.fleet import OFF, Cohort, Command, MinerSeen, Motion, Stage, Standing
from controller.model.grid import SITE
from controller.model.quality import Fresh, Observed, Stale
from controller.model.rules import Neighbour
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Site
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW

HALL = Site(
    id="s", currency="USD", zone="UTC", import_limit_w=90_000, groups={"a": Group()}, settle_s=10
)
STOPPING = Motion(
    command=Command(id="c1", miner="a1", level=OFF, reason=Reason.DISPATCH, at=NOW),
    stage=Stage.SENT,
    group="a",
    curve="plain",
    from_level="default",
    proven_w=2_794,
    deadline=NOW + timedelta(seconds=300),
)


def seen(meter_w: int, *, fresh: bool = True, at_s: int = 60, fleet_known: bool = True) -> Snapshot:
    """A miner that says it draws 2,794 W, a minute after it was told to stop."""
    now = NOW + timedelta(seconds=at_s)
    meter = Fresh(value=meter_w, at=now) if fresh else Stale(value=meter_w, at=NOW)
    miner = MinerSeen(group="a", curve="plain", level="default", power_w=2_794, at=now)
    return Snapshot(
        now=now,
        site=HALL,
        meters_w={SITE: meter},
        curves=CURVES,
        moving={"a1": miner},
        fleet_known=fleet_known,
    )


def found(
    snapshot: Snapshot, known: Mapping[str, int], *motions: Motion, moved_s: int = 0
) -> int | None:
    going = {motion.command.miner: motion for motion in motions}
    state, moved_at = State(other_w=known), NOW + timedelta(seconds=moved_s)
    return other_w(snapshot, state, drawn(snapshot, going), moved_at).get(SITE)


def test_a_scope_never_seen_is_taken_as_it_is() -> None:
    assert found(seen(5_000), {}, STOPPING) == 5_000 - 2_794
    assert found(seen(5_000, fresh=False), {}) is None


def test_so_is_one_that_fell_silent_before_every_miner_was_heard() -> None:
    assert found(seen(5_000, fresh=False, fleet_known=False), {}) == 5_000 - 2_794


@pytest.mark.parametrize("known", [{}, {SITE: 1_000}, {SITE: 9_000}])
def test_where_no_miner_is_all_that_the_meter_shows_is_other_load(known: Mapping[str, int]) -> None:
    empty = replace(seen(5_000), moving={})
    assert found(empty, known) == 5_000
    assert most_other_w(5_000, drawn(empty, {}), SITE) == 5_000


@pytest.mark.parametrize(
    ("meter_w", "other"),
    [
        (2_794 + 1_000, 1_000),  # the miner still runs
        (1_000, 1_000),  # it has stopped and not said so yet
        (2_794 + 1_500, 1_500),  # more than it can draw: somebody does not say what he draws
        (400, 400),  # not even that much is left of the rest
    ],
)
def test_in_flight_it_stays_as_far_as_the_meter_leaves_it_possible(
    meter_w: int, other: int
) -> None:
    assert found(seen(meter_w), {SITE: 1_000}, STOPPING) == other


def test_just_after_something_moved_the_figure_of_before_stands() -> None:
    assert found(seen(9_000), {SITE: 1_000}, STOPPING, moved_s=55) == 1_000


@pytest.mark.parametrize(("moved_s", "other"), [(51, 1_000), (50, 9_000)])
def test_it_does_until_all_has_settled(moved_s: int, other: int) -> None:
    """At 60 s, where ten are needed."""
    assert found(resting(9_000), {SITE: 1_000}, moved_s=moved_s) == other


def test_before_every_miner_was_heard_the_figure_of_before_stands() -> None:
    assert found(seen(9_000, fleet_known=False), {SITE: 1_000}) == 1_000


def test_a_silent_meter_changes_nothing() -> None:
    assert found(seen(9_000, fresh=False), {SITE: 1_000}) == 1_000


def resting(other: int, read_s: int = 60) -> Snapshot:
    """The same miner at rest, as the meter showed it at that second."""
    at_rest = Cohort(
        group="a",
        curve="plain",
        level="default",
        standing=Standing.PRESENT,
        members=("a1",),
        power_w=2_794,
    )
    meter = Fresh(value=2_794 + other, at=NOW + timedelta(seconds=read_s))
    return replace(seen(0), meters_w={SITE: meter}, cohorts={"a": at_rest}, moving={})


def test_a_meter_that_was_read_before_something_moved_says_nothing_of_it() -> None:
    assert found(resting(9_000, read_s=40), {SITE: 1_000}, moved_s=40) == 1_000
    assert found(resting(9_000, read_s=41), {SITE: 1_000}, moved_s=40) == 9_000


@pytest.mark.parametrize("now_w", [900, 1_100])
def test_a_meter_at_rest_is_believed_upwards_and_downwards(now_w: int) -> None:
    assert found(resting(now_w), {SITE: 1_000}) == now_w


NEIGHBOURS = {
    "lab": Neighbour(firm_w=9_000, meter="lab"),
    "hall": Neighbour(firm_w=9_000, meter="hall"),
    "outside": Neighbour(firm_w=9_000, meter="outside", behind_site_meter=False),
    "silent": Neighbour(firm_w=9_000, meter="silent"),
    "never": Neighbour(firm_w=9_000, meter="never"),
    "unmetered": Neighbour(firm_w=9_000),
}
"""Two draw 4,000 W together."""


@pytest.mark.parametrize(
    ("meter_w", "known_w", "other"),
    [
        # The site's meter leaves less than they draw, or more.
        (2_794, 0, 4_000),
        (2_794 + 3_999, 3_999, 4_000),
        (2_794 + 4_001, 4_001, 4_001),
        # Nothing has moved: it follows the meter down to that.
        (2_794 + 3_000, 7_000, 4_000),
    ],
)
def test_other_load_is_no_less_than_what_meters_of_neighbours_behind_show(
    meter_w: int, known_w: int, other: int
) -> None:
    snapshot = resting(meter_w - 2_794)
    now = snapshot.now
    words: dict[str, Observed[int]] = {
        "lab": Fresh(value=1_500, at=now),
        "hall": Fresh(value=2_500, at=now),
        "outside": Fresh(value=8_000, at=now),
        "silent": Stale(value=8_000, at=NOW),
    }
    site = replace(HALL, neighbours=NEIGHBOURS)
    beside = replace(snapshot, site=site, meters_w={**snapshot.meters_w, **words})
    assert found(beside, {SITE: known_w}) == other
    shared = {"lab": NEIGHBOURS["lab"], "twin": NEIGHBOURS["lab"]}
    twins = replace(beside, site=replace(HALL, neighbours=shared))
    assert found(twins, {SITE: 0}) == max(1_500, meter_w - 2_794)


def test_what_neighbours_draw_is_no_word_of_a_site_whose_meter_was_never_heard() -> None:
    snapshot = seen(5_000, fresh=False)
    lab = {"lab": Fresh(value=1_500, at=snapshot.now)}
    site = replace(HALL, neighbours=NEIGHBOURS)
    assert found(replace(snapshot, site=site, meters_w=lab), {}) is None
