"""Floors beside limits, and beside each other: what makes them up, and what is said to be cut."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.core.pools.cohorts import cohorts
from controller.model.fleet import OFF, Command, EvidenceGrade, MinerSeen, Motion, Stage
from controller.model.grid import Obligation
from controller.model.plan import Plan
from controller.model.quality import Fresh
from controller.model.rules import Cooling, Engine, Heat
from controller.model.seen import State
from controller.model.site import Breaker, Group, Site
from controller.model.tariff import Consent, Hosting
from controller.reasons import Reason
from tests.core.cases.sites import NOW
from tests.core.sites_at_a_loss import (
    FULL_W,
    SELLER,
    STANDBY_W,
    STEP_W,
    fleet,
    left,
    plan_of,
    seen,
    site,
)
from tests.core.test_promised_edges import OLD_W, ordered

LOWER_W, UPPER_W = 1_389, 1_380
"""The two steps of one with three levels."""


def generators(least_w: int) -> Engine:
    return Engine(most_w=100_000, least_w=least_w)


def cut(plan: Plan) -> dict[Reason, int]:
    return {reason: one.power_w for reason, one in plan.curtailed.items()}


def test_nobody_takes_the_upper_step_for_a_floor_without_the_lower_one() -> None:
    """The feeder of a has no room for the lower step, though it had for the upper one."""
    declared = site(
        groups={"a": Group(limit_w=STANDBY_W + UPPER_W), "b": Group()},
        engine=generators(2 * STANDBY_W + UPPER_W),
    )
    miners = {**fleet("a", "three", 0, 1), **fleet("b", "old", 0, 1)}
    assert left(plan_of(seen(declared, miners))) == {"a/three": 0, "b/old": 1}


def test_fans_count_for_no_floor_where_a_limit_lets_nobody_start_beside_them() -> None:
    fans_w = 2_000
    fans = Cooling(power_w=fans_w)
    declared = site(
        groups={"a": Group(cooling=fans, limit_w=2 * STANDBY_W), "b": Group()},
        engine=generators(4 * STANDBY_W + fans_w),
    )
    miners = {**fleet("a", "plain", 0, 2), **fleet("b", "old", 0, 2)}
    assert left(plan_of(seen(declared, miners))) == {"a/plain": 0, "b/old": 1}


def test_a_floor_of_the_site_is_made_up_of_what_the_highest_of_other_floors_needs() -> None:
    """There is room for one. The commitment of b goes before the heat of a, which loses less."""
    declared = site(
        groups={
            "a": Group(heat=Heat(most_w=2 * STANDBY_W + STEP_W)),
            "b": Group(floor_w=2 * STANDBY_W + OLD_W),
        },
        engine=generators(4 * STANDBY_W + 1_000),
        import_limit_w=4 * STANDBY_W + OLD_W,
    )
    miners = {**fleet("a", "plain", 0, 2), **fleet("b", "old", 0, 2)}
    assert left(plan_of(seen(declared, miners))) == {"a/plain": 0, "b/old": 1}


def test_a_weighed_reserve_counts_what_other_floors_keep_though_it_loses_more() -> None:
    """At 120 $/MWh the plain ones lose about 10 and the old ones 45, the penalty is 25. The
    generators keep two plain ones, as many as their feeder lets, and the old one: enough for the
    reserve, so that no limit cuts anything."""
    reserve_w = 2 * STEP_W + OLD_W
    program = replace(
        SELLER,
        reserve_w=reserve_w,
        obligation=Obligation.FINANCIAL,
        weighed=True,
        penalty_per_mwh=Decimal(25),
    )
    declared = site(
        groups={"a": Group(limit_w=5 * STANDBY_W + 2 * STEP_W), "b": Group()},
        engine=generators(6 * STANDBY_W + reserve_w),
        programs={"ffr": program},
    )
    price = Fresh(value=Decimal(120), at=NOW)
    miners = {**fleet("a", "plain", 2, 3), **fleet("b", "old", 1)}
    plan = plan_of(seen(declared, miners, price_per_mwh=price))
    assert left(plan) == {"a/plain": 2, "b/old": 1}
    assert cut(plan) == {Reason.UNPROFITABLE: 3 * STEP_W}


def test_a_floor_of_a_breaker_is_first_made_up_of_what_runs_anyway() -> None:
    """Both steps of a client run at any price its limits let. They and one of a, at a loss, make up
    what a person asks for; one of c, which pays, has the rest of the room, and that is too little.
    So it is whether or not the site has a floor of its own."""
    client = Hosting(client="c", price_per_mwh=Decimal(5), consent=Consent.LIMITS)
    order = ordered("east", floor_w=2 * STANDBY_W + LOWER_W + UPPER_W + 1)
    miners = {**fleet("a", "plain", 0, 1), **fleet("b", "three", 1), **fleet("c", "plain", 0, 1)}
    for engine in (None, generators(1)):
        declared = site(
            groups={
                "a": Group(breaker="east", adder_per_mwh=Decimal(60)),
                "b": Group(breaker="east", hosting=client),
                "c": Group(),
            },
            breakers={"east": Breaker()},
            engine=engine,
            import_limit_w=3 * STANDBY_W + STEP_W + LOWER_W + UPPER_W + 1_400,
        )
        price = Fresh(value=Decimal(100), at=NOW)
        plan = plan_of(seen(declared, miners, price_per_mwh=price, orders={"o": order}))
        assert left(plan) == {"a/plain": 1, "b/three": 1, "c/plain": 0}
        assert plan.allocations["b/three"].counts == {"default": 1}


def feeder(floor_w: int) -> Group:
    """Room for one of six."""
    return Group(limit_w=6 * STANDBY_W + STEP_W, floor_w=6 * STANDBY_W + floor_w)


def test_what_a_limit_takes_from_one_floor_is_cut_though_another_one_is_kept() -> None:
    groups = {"a": feeder(2 * STEP_W), "b": Group(floor_w=STANDBY_W + OLD_W)}
    miners = {**fleet("a", "plain", 1, 5), **fleet("b", "old", 1)}
    plan = plan_of(seen(site(groups=groups), miners))
    assert left(plan) == {"a/plain": 1, "b/old": 1}
    assert cut(plan) == {Reason.GROUP_LIMIT: STEP_W, Reason.UNPROFITABLE: 4 * STEP_W}


def test_what_a_limit_takes_from_two_floors_of_a_place_is_cut_once() -> None:
    """The client is owed three, and a person asks for four, these among them."""
    order = ordered("a", floor_w=6 * STANDBY_W + 4 * STEP_W)
    declared = site(groups={"a": feeder(3 * STEP_W)})
    plan = plan_of(seen(declared, fleet("a", "plain", 1, 5), orders={"o": order}))
    assert left(plan) == {"a/plain": 1}
    assert cut(plan) == {Reason.GROUP_LIMIT: 3 * STEP_W, Reason.UNPROFITABLE: 2 * STEP_W}


def late(name: str, one: MinerSeen) -> Motion:
    """Told off a minute ago and, as it ran on, once more."""
    at = NOW - timedelta(seconds=10)
    return Motion(
        command=Command(
            id="c", miner=name, level=OFF, reason=Reason.UNPROFITABLE, at=at, attempt=2
        ),
        stage=Stage.SENT,
        group=one.group,
        curve=one.curve,
        from_level=one.level,
        proven_w=one.power_w,
        deadline=NOW + timedelta(seconds=20),
        late=True,
    )


def with_one_late(
    declared: Site, miners: Mapping[str, MinerSeen], says: MinerSeen | None = None
) -> dict[str, int]:
    name = min(miners)
    there = {**miners, name: says or miners[name]}
    moving = {name: there.pop(name)}
    snapshot = seen(declared, {**there, **moving}, cohorts=cohorts(there), moving=moving)
    return left(plan_of(snapshot, State(motions={name: late(name, miners[name])})))


@pytest.mark.parametrize(("more_w", "kept"), [(0, 1), (1, 2)])
def test_what_is_late_with_stopping_counts_for_the_floor_of_the_site_only(
    more_w: int, kept: int
) -> None:
    """The meter shows it as long as it runs, but it may be gone at any time: its group needs one
    other more."""
    asked_w = 5 * STANDBY_W + 2 * STEP_W + more_w
    miners = fleet("a", "plain", 5)
    whole = site(groups={"a": Group()}, engine=generators(asked_w))
    assert with_one_late(whole, miners) == {"a/plain": kept}
    group = site(groups={"a": Group(floor_w=asked_w)})
    assert with_one_late(group, miners) == {"a/plain": kept + 1}


@pytest.mark.parametrize(("more_w", "kept"), [(0, 2), (1, 3)])
def test_of_what_is_late_a_floor_counts_no_more_than_it_says(more_w: int, kept: int) -> None:
    """One says that it is off, and no meter has shown it: for limits it counts in full, for the
    floor with its standby. Else it would be made up for when it is given up, and not before."""
    whole = site(groups={"a": Group()}, engine=generators(5 * STANDBY_W + 2 * STEP_W + more_w))
    miners = fleet("a", "plain", 5)
    grade = EvidenceGrade.INFERRED
    says = replace(miners[min(miners)], level=OFF, power_w=STANDBY_W, grade=grade)
    assert with_one_late(whole, miners, says) == {"a/plain": kept}


def test_where_no_meter_shows_anything_miners_make_up_a_floor_by_their_nominal_power() -> None:
    miners = {
        name: replace(one, grade=EvidenceGrade.INFERRED)
        for name, one in fleet("a", "plain", 5).items()
    }
    for more_w, kept in ((2 * STEP_W, 2), (2 * STEP_W + 1, 3)):
        declared = site(groups={"a": Group(floor_w=5 * STANDBY_W + more_w)})
        assert left(plan_of(seen(declared, miners, meters_w={}))) == {"a/plain": kept}


def test_a_step_that_draws_no_more_than_its_miner_does_when_off_makes_up_no_floor() -> None:
    """Off it draws 1,500 W: not the lower level, 1,414 W, but the upper one draws more."""
    (name, idle), *_ = fleet("a", "three", 0, 1).items()
    declared = site(groups={"a": Group(floor_w=STANDBY_W + 1_000)})
    plan = plan_of(seen(declared, {name: replace(idle, power_w=1_500)}))
    assert [one.level for one in plan.commands] == ["default"]
    assert FULL_W == STANDBY_W + LOWER_W + UPPER_W
