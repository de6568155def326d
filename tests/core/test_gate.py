"""What is let through while other load is still on its way down: room, fans, stages and allowance,
each counted as it is used."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.model.fleet import OFF, MinerSeen
from controller.model.grid import SITE, ManualOrder
from controller.model.plan import Plan
from controller.model.quality import Fresh
from controller.model.remembered import CoolingState
from controller.model.rules import Cooling
from controller.model.seen import Snapshot, State
from controller.model.site import Breaker, Group, Pacing
from controller.reasons import Reason
from tests.core.cases.sites import NOW
from tests.core.contracts import weighed
from tests.core.paced_sites import (
    DEAR,
    EACH_W,
    FULL_W,
    OFF_W,
    dispatch,
    hall,
    later,
    looked,
    miner,
    names,
    told,
)
from tests.core.test_unproven import given_up, says

FREE = Pacing()
FANS_W = 500
LEAVING = Group(adder_per_mwh=DEAR)
"""Its power is too dear: whoever runs there goes down, and counts in full until that is seen."""


def changing(limit_w: int, groups: dict[str, Group], waiting: dict[str, MinerSeen]) -> Snapshot:
    """Two of hall d go down, for which others may come up."""
    everyone = {**hall("d", 2, "default"), **waiting}
    return looked(everyone, FREE, groups={"d": LEAVING, **groups}, limit_w=limit_w)


def started(plan: Plan) -> list[str]:
    return sorted(one.miner for one in plan.commands if one.level != OFF)


@pytest.mark.parametrize(
    ("spare_w", "count"),
    [(EACH_W - 1, 0), (EACH_W, 1), (2 * EACH_W - 1, 1), (2 * EACH_W, 2), (3 * EACH_W, 3)],
)
def test_each_start_takes_of_the_room_that_those_on_their_way_down_leave(
    spare_w: int, count: int
) -> None:
    limit_w = 2 * FULL_W + 3 * OFF_W + spare_w
    plan, _, _ = told(changing(limit_w, {"b": Group()}, hall("b", 3, OFF)))
    assert len(started(plan)) == count


def test_the_tightest_limit_of_a_place_leaves_the_room() -> None:
    """A dispatch leaves room for one, the connection for three."""
    seen = changing(10 * FULL_W, {"b": Group()}, hall("b", 3, OFF))
    tight = dispatch(2 * FULL_W + 3 * OFF_W + EACH_W)
    plan, _, _ = told(replace(seen, dispatches={"d": tight}))
    assert len(started(plan)) == 1


@pytest.mark.parametrize(("site_w", "breaker_w"), [(100_000, 1), (1, 100_000), (1, 1)])
def test_every_place_that_feeds_it_has_to_leave_room(site_w: int, breaker_w: int) -> None:
    """So much beyond what is there now; one start needs 2,769 W."""
    there_w = 2 * FULL_W + 2 * OFF_W
    groups = {"d": replace(LEAVING, breaker="main"), "b": Group(breaker="main")}
    seen = changing(there_w + site_w, groups, hall("b", 2, OFF))
    breakers = {"main": Breaker(limit_w=there_w + breaker_w)}
    plan, _, _ = told(replace(seen, site=replace(seen.site, breakers=breakers)))
    assert started(plan) == []


def test_a_limit_that_may_be_broken_at_a_price_stops_nobody_whom_the_price_does_not() -> None:
    seen = looked(hall("a", 2, OFF), FREE, dispatches={"d": dispatch(0)})
    plan, _, _ = told(replace(seen, site=replace(seen.site, programs={"p": weighed(1)})))
    assert started(plan) == ["a0", "a1"]


@pytest.mark.parametrize("before_s", [0, 45])
@pytest.mark.parametrize(("spare_w", "wanted"), [(-1, False), (0, True)])
def test_fans_need_their_room_beside_the_first_that_rises(
    spare_w: int, wanted: bool, before_s: int
) -> None:
    groups = {"b": Group(cooling=Cooling(power_w=FANS_W, before_s=before_s))}
    limit_w = 2 * FULL_W + 2 * OFF_W + EACH_W + FANS_W + spare_w
    plan, _, _ = told(changing(limit_w, groups, hall("b", 2, OFF)))
    assert plan.cooling == {"b": wanted}
    assert len(started(plan)) == int(wanted and not before_s)


@pytest.mark.parametrize(("spare_w", "count"), [(FANS_W + EACH_W - 1, 0), (FANS_W + EACH_W, 1)])
def test_fans_that_are_waited_for_take_their_room_from_others(spare_w: int, count: int) -> None:
    """Hall b has its turn first and waits for its fans; hall c has the room beside these."""
    groups = {
        "b": Group(cooling=Cooling(power_w=FANS_W, before_s=45)),
        "c": Group(adder_per_mwh=Decimal(1)),
    }
    lower = replace(miner("b", OFF, curve="three"), ceiling="340MHz")
    limit_w = 2 * FULL_W + 2 * OFF_W + spare_w
    plan, _, _ = told(changing(limit_w, groups, {"b0": lower, **hall("c", 1, OFF)}))
    assert plan.cooling == {"b": True}
    assert started(plan) == ["c0"] * count


def test_fans_are_turned_on_though_the_pace_lets_nobody_start_yet() -> None:
    groups = {"a": Group(cooling=Cooling(before_s=45))}
    used = State(restored_at=later(0), restore_credit_w=0)
    plan, _, _ = told(looked(hall("a", 2, OFF), FREE, groups=groups), used)
    assert plan.cooling == {"a": True}


def two_halls(pacing: Pacing, stagger_s: int = 0) -> Snapshot:
    """One of hall a is off and has its turn first; one of hall b would go up by 1,380 W."""
    everyone = {**hall("a", 1, OFF), **hall("b", 1, "340MHz", curve="three")}
    groups = {"a": Group(breaker="main"), "b": Group(breaker="main", adder_per_mwh=Decimal(1))}
    breakers = {"main": Breaker(stagger_s=stagger_s)}
    return looked(everyone, pacing, groups=groups, breakers=breakers)


STAGGERED = State(staged_at={"main": later(-1)}, restored_at=later(0), restore_credit_w=2_000)


def test_whoever_waits_for_its_breaker_saves_nothing_of_the_allowance() -> None:
    """2,000 W are left of it: not enough for the start, which may not come now anyway."""
    plan, _, _ = told(two_halls(FREE, stagger_s=20), STAGGERED)
    assert names(plan) == ["b0"]


def test_a_higher_level_does_not_wait_for_the_breakers_stagger() -> None:
    plan, _, _ = told(two_halls(FREE, stagger_s=20), replace(STAGGERED, restore_credit_w=5_000))
    assert names(plan) == ["b0"]


def test_whoever_waits_for_the_allowance_saves_it_from_those_behind() -> None:
    """769 W are missing, at 100 W a minute: the other may go on only then, small as it is."""
    used = replace(STAGGERED, staged_at={})
    plan, _, next_s = told(two_halls(Pacing(restore_w_per_minute=6_000)), used)
    assert names(plan) == []
    assert next_s == pytest.approx(7.69)


def test_the_largest_that_would_rise_may_whatever_the_pace() -> None:
    plan, after, _ = told(two_halls(Pacing(restore_w_per_minute=1)))
    assert names(plan) == ["a0"]
    assert after.restore_credit_w == 0


def one_that_only_says_so(limit_w: int) -> tuple[Snapshot, State]:
    """Hall a's miner only says that it is off, hall b's is seen to be; the meter shows 2,769 W that
    nobody owns up to."""
    seen = looked(hall("b", 1, OFF), FREE, limit_w=limit_w, groups={"a": LEAVING, "b": Group()})
    meter = Fresh(value=FULL_W + OFF_W, at=later(0))
    seen = replace(seen, moving={"m1": says(OFF)}, meters_w={SITE: meter})
    return seen, State(motions={"m1": given_up()}, other_w={SITE: 0})


def test_what_may_be_hidden_takes_no_room_from_those_seen_to_be_off() -> None:
    plan, after, _ = told(*one_that_only_says_so(2 * FULL_W))
    assert started(plan) == ["b0"]
    assert after.other_w == {SITE: 0}


def test_cooling_is_only_said_of_halls_that_have_fans() -> None:
    groups = {"a": Group(cooling=Cooling(before_s=45)), "b": Group()}
    on = State(cooling={"a": CoolingState(on_since=later(-60))})
    plan, _, _ = told(looked({**hall("a", 1, OFF), **hall("b", 1, OFF)}, FREE, groups=groups), on)
    assert started(plan) == ["a0", "b0"]
    assert plan.cooling == {"a": True}
    assert Reason.COOLING not in plan.curtailed


def test_an_order_for_a_place_that_is_configured_no_more_stops_nobody() -> None:
    order = ManualOrder(
        id="o", scope="gone", limit_w=0, person="Ada", why="w", issued_at=NOW, until=later(600)
    )
    plan, _, _ = told(looked(hall("a", 2, OFF), FREE, orders={"o": order}))
    assert started(plan) == ["a0", "a1"]
