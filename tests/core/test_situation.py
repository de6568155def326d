"""What a decision stands on: fans that are found to run, miners whose motion has ended, and what is
remembered of what commands and meters have shown."""

from __future__ import annotations

from msgspec.structs import replace

from controller.core.decide import decide
from controller.core.obedience.motions import Orders
from controller.core.situation import Situation, assess
from controller.model.fleet import OFF, EvidenceGrade, MinerSeen, Stage
from controller.model.grid import SITE
from controller.model.quality import Fresh
from controller.model.rules import Cooling
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Pacing
from tests.core.cases.sites import NOW
from tests.core.movable import FULL_W, KIND, ON, cohort, motion, seen, site
from tests.core.paced_sites import DEAR, hall, later, looked, miner, told

FANS_W, OTHER_W = 2_000, 500
COOLED = site(group=Group(cooling=Cooling(power_w=FANS_W, before_s=30, after_s=60)))


def with_one_that_somebody_started(*, fleet_known: bool) -> Situation:
    """Its hall's fans come up with it, which the meter does not show yet."""
    running = replace(seen(cohort("on", "default", 1), where=COOLED), fleet_known=fleet_known)
    return assess(running, State(other_w={SITE: OTHER_W}), Orders(1))


def test_fans_that_come_up_by_themselves_count_before_a_meter_shows_them() -> None:
    now = with_one_that_somebody_started(fleet_known=True)
    assert now.expected_w == {SITE: FULL_W + OTHER_W + FANS_W, "a": FULL_W + FANS_W}
    assert now.fans_w == {}, "nothing more of them is to come"
    assert now.moved_at == NOW


def test_before_every_miner_was_heard_a_meter_shows_fans_that_ran_all_the_while() -> None:
    now = with_one_that_somebody_started(fleet_known=False)
    assert now.expected_w == {SITE: FULL_W + OTHER_W, "a": FULL_W + FANS_W}
    assert now.fans_w == {}
    assert now.moved_at is None


def test_a_miner_that_has_rested_is_counted_once_among_those_at_rest() -> None:
    """The meter shows 1 kW beyond the eleven."""
    rested = MinerSeen(group="a", curve="plain", level="default", power_w=FULL_W, at=NOW)
    meter = Fresh(value=11 * FULL_W + 1_000, at=NOW)
    there = seen(ON, moving={"m": rested}, meters_w={SITE: meter})
    state = State(motions={"m": motion(Stage.CONFIRMED, "default", OFF, rest_s=0)})
    now = assess(there, state, Orders(1))
    assert now.motions == {}
    assert now.other_w == {SITE: 1_000}
    assert [pool.size for pool in now.pools] == [11]


def test_what_counts_in_full_for_want_of_a_meter_is_no_excess() -> None:
    """Once a meter speaks, the same miners are not taken to draw twice what is on their plates."""
    low = cohort("low", "340MHz", 10, curve="three", grade=EvidenceGrade.INFERRED)
    blind = seen(low, meters_w={})
    [pool] = assess(blind, State(), Orders(1)).pools
    assert pool.units_w == (FULL_W, FULL_W, FULL_W)
    _, after, _ = decide(blind, State())
    assert after.excess_permille == {"a/three": 1000}
    assert after.level_permille == {}


def stopped_look(seconds: float, state: State, meter_w: int) -> Snapshot:
    """The miners that were told are off."""
    now = later(seconds)
    moving = {name: replace(miner("a", OFF), at=now) for name in state.motions}
    looks = looked({}, Pacing(), price=DEAR, now=now, moving=moving)
    return replace(looks, meters_w={SITE: Fresh(value=meter_w, at=now)})


def three_stopped() -> tuple[State, int]:
    """What is remembered when three have gone off within 6 s, and what the meter showed before."""
    running = hall("a", 3, "default")
    plan, state, _ = told(looked(running, Pacing(), price=DEAR))
    assert len(plan.commands) == 3
    meter_w = 3 * FULL_W
    _, state, _ = decide(stopped_look(6, state, meter_w), state)
    return state, meter_w


def test_how_long_a_command_took_is_remembered() -> None:
    state, _ = three_stopped()
    assert state.learned[KIND].stops == (0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0)


def test_a_meter_that_never_shows_what_commands_came_to_is_found_out() -> None:
    """At its first reading 300 s after it was proven that they are off."""
    state, meter_w = three_stopped()
    plan, state, _ = decide(stopped_look(305, state, meter_w), state)
    assert plan.frozen_meters == ()
    plan, _, _ = decide(stopped_look(306, state, meter_w), state)
    assert plan.frozen_meters == (SITE,)
