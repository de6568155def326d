"""What miners say of themselves, held against a meter that stands still."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from controller.core.counting.frozen import doubted
from controller.model.fleet import Cohort, Curve, EvidenceGrade, MinerSeen, Stage, Standing
from controller.model.grid import SITE
from controller.model.quality import Fresh
from controller.model.remembered import Reports
from controller.model.seen import State
from tests.core.cases.sites import CURVES, curve
from tests.core.test_frozen import (
    FULL,
    FULL_W,
    STARTED,
    STEP_W,
    at,
    looks,
    motion,
    rest,
    seen,
)

SMALL = {"small": curve(("off", 5, "0"), ("default", 300, "10"))}
UNKNOWN: dict[str, Curve] = {}


def suspect(load_w: int, step_w: int, curves: Mapping[str, Curve]) -> bool:
    """Whether a meter has to show that twenty miners draw so much less by themselves."""
    before = [seen(n, load_w, rest(20, load_w)) for n in (-200, 0)]
    then = seen(5, load_w, rest(20, load_w - step_w))
    state = looks(State(), *(replace(one, curves=curves) for one in (*before, then)))
    return doubted(state.watched) == (SITE,)


@pytest.mark.parametrize(
    ("load_w", "step_w", "curves", "large"),
    [
        (4_000, 999, SMALL, False),
        (4_000, 1_000, SMALL, True),
        (20_000, 9_299, CURVES, False),
        (20_000, 9_300, CURVES, True),
        (20_000, 2_999, UNKNOWN, False),
        (20_000, 3_000, UNKNOWN, True),
    ],
)
def test_a_step_is_made_by_as_many_as_the_largest_miners_would_be(
    load_w: int, step_w: int, curves: Mapping[str, Curve], large: bool
) -> None:
    """At least three of the kind that draws most, or of 1 kW where no kind is known, and at least
    1 kW together."""
    assert suspect(load_w, step_w, curves) is large


def test_who_rests_after_a_command_hides_no_step_of_others() -> None:
    resting = replace(STARTED, motions={"m9": motion("m9", 0, Stage.CONFIRMED)})
    after = looks(resting, seen(5, FULL, rest(10)))
    assert after.watched[SITE].stepped_w == -10 * STEP_W


def test_while_the_fleet_is_heard_for_the_first_time_nothing_is_a_step() -> None:
    starting = replace(seen(5, FULL, rest(10)), fleet_known=False)
    assert looks(STARTED, starting).watched[SITE].stepped_w == 0


def test_who_is_lost_in_the_same_look_hides_no_step_of_others() -> None:
    after = looks(STARTED, seen(5, FULL, rest(10, lost=2)))
    assert after.watched[SITE].stepped_w == -10 * STEP_W


def test_who_stays_lost_hides_no_step_of_others() -> None:
    lost = rest(0, lost=20, group="b")
    before = seen(-200, FULL, {**rest(20), **lost})
    after = looks(State(), before, seen(5, FULL, {**rest(10), **lost}))
    assert after.watched[SITE].stepped_w == -10 * STEP_W


def test_each_meter_is_told_of_the_miners_behind_it() -> None:
    """Halls a and b are fed by the breaker. Of hall a ten run, seven are off and three are lost; of
    b three are in motion, one of them lost and one without watts; those of c have none at all."""
    own = MinerSeen(group="b", curve="plain", level="default", power_w=1_000)
    plate = replace(own, power_w=FULL_W, grade=EvidenceGrade.INFERRED)
    c = Cohort(
        group="c",
        curve="plain",
        level="default",
        standing=Standing.PRESENT,
        members=("c-0", "c-1", "c-2", "c-3", "c-4"),
        power_w=13_970,
        grade=EvidenceGrade.INFERRED,
    )
    snapshot = replace(
        seen(0, 0, {**rest(10, lost=3), "c": c}),
        meters_w={scope: Fresh(value=FULL, at=at(0)) for scope in ("a", "b", "c", "main", SITE)},
        moving={"m1": own, "m2": replace(own, power_w=2_000, reachable=False), "m3": plate},
    )
    watched = looks(State(), snapshot).watched
    assert {scope: one.reports for scope, one in watched.items()} == {
        "a": Reports(own_w=28_190, miners=20, lost=3, lost_w=75),
        "b": Reports(own_w=3_000, miners=2, lost=1, lost_w=2_000, nominal_w=2_794),
        "c": Reports(nominal_w=13_970),
        "main": Reports(own_w=31_190, miners=22, lost=4, lost_w=2_075, nominal_w=2_794),
        SITE: Reports(own_w=31_190, miners=22, lost=4, lost_w=2_075, nominal_w=16_764),
    }
