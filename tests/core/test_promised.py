"""What runs at a loss because it is promised: no watt more than the floors need, by rank."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.core.limits.ceilings import Ceilings
from controller.model.fleet import OFF
from controller.model.grid import SITE, Dispatch, MaintenanceLock, ManualOrder, Obligation, ReduceTo
from controller.model.quality import Fresh, Missing, Observed
from controller.model.rules import Cooling, Engine, Heat
from controller.model.seen import State
from controller.model.site import Breaker, Economics, Group, Program
from controller.reasons import Reason
from tests.core.cases.sites import NOW
from tests.core.sites_at_a_loss import (
    FULL_W,
    MODELS,
    SELLER,
    STANDBY_W,
    STEP_W,
    fleet,
    left,
    plan_of,
    seen,
    site,
)


def test_a_commitment_keeps_as_many_as_it_takes_and_no_more() -> None:
    # Ten miners' standby is 250 W; two steps of 2,769 W more are 5,788 W.
    for floor_w, kept in ((0, 0), (250, 0), (251, 1), (5_788, 2), (5_789, 3)):
        declared = site(groups={"a": Group(floor_w=floor_w)})
        plan = plan_of(seen(declared, fleet("a", "plain", 10)))
        assert left(plan) == {"a/plain": kept}
        expected = Reason.COMMITMENT if kept else Reason.UNPROFITABLE
        assert plan.allocations["a/plain"].reason is expected


def test_a_floor_of_the_site_counts_what_its_meter_would_show() -> None:
    miners = fleet("a", "plain", 5)
    other_w = 3_000
    drawn_w = 5 * FULL_W + other_w
    least_w = other_w + 5 * STANDBY_W + 2 * STEP_W
    for engine_w, kept in ((least_w, 2), (least_w + 1, 3)):
        declared = site(engine=Engine(most_w=100_000, least_w=engine_w))
        meters = {SITE: Fresh(value=drawn_w, at=NOW)}
        state = State(other_w={SITE: other_w})
        plan = plan_of(seen(declared, miners, meters_w=meters), state)
        assert left(plan) == {"a/plain": kept}
        assert plan.target_w >= engine_w
        assert plan.allocations["a/plain"].reason is Reason.ENGINE


def test_a_floor_of_the_site_counts_the_fans_that_its_first_start_brings() -> None:
    """Or two would start, of which one stops again when the fans run."""
    miners = fleet("a", "plain", 0, 5)
    for more_w, started in ((2_000 + STEP_W, 1), (2_001 + STEP_W, 2)):
        declared = site(
            groups={"a": Group(cooling=Cooling(power_w=2_000))},
            engine=Engine(most_w=100_000, least_w=5 * STANDBY_W + more_w),
        )
        plan = plan_of(seen(declared, miners))
        assert left(plan) == {"a/plain": started}
        assert plan.cooling == {"a": True}


def test_no_floor_counts_on_steps_that_another_one_lacks() -> None:
    """The promise of a is cut by its feeder to one miner, or by a person to none: the rest of what
    is wanted of the site is made up by b."""
    order = ManualOrder(
        id="o",
        scope=SITE,
        floor_w=10 * STANDBY_W + 12_000,
        person="Ada",
        why="test",
        issued_at=NOW,
        until=NOW + timedelta(hours=1),
    )
    off = replace(order, id="p", scope="a", floor_w=None, level=OFF)
    miners = {**fleet("a", "plain", 5), **fleet("b", "old", 5)}
    # Beside one of a, 2,769 W, four of 3,000 W make 12 kW; without it four alone do.
    for limit_w, orders, kept in ((3_000, {"o": order}, 1), (None, {"o": order, "p": off}, 0)):
        declared = site(groups={"a": Group(floor_w=9_000, limit_w=limit_w), "b": Group()})
        capped_by = Ceilings(orders.values(), MODELS)
        everyone = {
            name: replace(one, ceiling=capped_by.of(name, one.group, one.curve))
            for name, one in miners.items()
        }
        plan = plan_of(seen(declared, everyone, orders=orders))
        assert sorted(left(plan).values()) == [kept, 4]


def test_a_floor_of_the_site_is_first_made_up_of_what_groups_need_anyway() -> None:
    """The plain ones lose less, and are not needed."""
    declared = site(
        groups={"a": Group(), "b": Group(floor_w=9_100)},
        programs={"ffr": replace(SELLER, reserve_w=9_000)},
    )
    plan = plan_of(seen(declared, {**fleet("a", "plain", 5), **fleet("b", "old", 5)}))
    assert left(plan) == {"a/plain": 0, "b/old": 3}


def test_where_limits_leave_no_room_other_steps_make_up_the_floor() -> None:
    declared = site(
        groups={"a": Group(limit_w=6_000), "b": Group()},
        programs={"ffr": SELLER},
    )
    plan = plan_of(seen(declared, {**fleet("a", "plain", 5), **fleet("b", "old", 5)}))
    # Two of the plain ones have room, 5,538 W; two old ones make up the other 4,462.
    assert left(plan) == {"a/plain": 2, "b/old": 2}


@pytest.mark.parametrize(
    ("groups", "kept"),
    [
        ({"a": Group(heat=Heat(most_w=9_000)), "b": Group(floor_w=9_000)}, {"b/old": 3}),
        ({"a": Group(floor_w=9_000), "b": Group(heat=Heat(most_w=9_000))}, {"a/plain": 3}),
    ],
)
def test_with_room_for_one_floor_the_lower_rank_has_it(
    groups: dict[str, Group], kept: dict[str, int]
) -> None:
    """9,250 W less 250 of standby: a commitment goes before heat, whoever loses less."""
    declared = site(groups=groups, import_limit_w=9_250)
    plan = plan_of(seen(declared, {**fleet("a", "plain", 5), **fleet("b", "old", 5)}))
    found = left(plan)
    assert {key: count for key, count in found.items() if key in kept} == kept
    assert plan.target_w <= 9_250


def test_promises_go_before_what_pays_better() -> None:
    """Room for three: the committed old ones have two of it, though the plain ones earn more."""
    price = Fresh(value=Decimal(10), at=NOW)
    declared = site(groups={"a": Group(), "b": Group(floor_w=6_100)}, import_limit_w=9_100)
    miners = {**fleet("a", "plain", 5), **fleet("b", "old", 5)}
    plan = plan_of(seen(declared, miners, price_per_mwh=price))
    assert left(plan) == {"a/plain": 1, "b/old": 2}


def test_what_runs_keeps_the_floor_before_anything_starts_for_it() -> None:
    declared = site(groups={"a": Group(floor_w=6_000)})
    miners = {**fleet("a", "old", 3, off=1), **fleet("a", "plain", 0, off=4)}
    plan = plan_of(
        seen(replace(declared, economics=Economics(start_margin_per_mwh=Decimal(40))), miners)
    )
    assert left(plan) == {"a/old": 2, "a/plain": 0}
    # Where starting costs nothing those that lose less take over.
    assert left(plan_of(seen(declared, miners))) == {"a/old": 0, "a/plain": 3}


def test_what_starts_for_a_floor_says_so() -> None:
    declared = site(groups={"a": Group(heat=Heat(most_w=5_000))})
    plan = plan_of(seen(declared, fleet("a", "plain", 0, off=4)))
    assert Counter(one.reason for one in plan.commands) == {Reason.HEAT: 2}


def test_the_highest_ranked_floor_is_the_reason() -> None:
    declared = site(groups={"a": Group(floor_w=5_000, heat=Heat(most_w=9_000))})
    plan = plan_of(seen(declared, fleet("a", "plain", 5)))
    assert plan.allocations["a/plain"].reason is Reason.COMMITMENT
    assert left(plan) == {"a/plain": 4}


@pytest.mark.parametrize(
    ("said", "running", "kept"),
    [
        (Fresh(value=Decimal(8_000), at=NOW), 0, 3),
        (Missing(why="silent"), 0, 0),
        (Missing(why="silent"), 1, 1),
        (Missing(why="silent"), 4, 2),
    ],
)
def test_silent_heat_keeps_what_runs_up_to_its_measure(
    said: Observed[Decimal], running: int, kept: int
) -> None:
    heat = Heat(most_w=8_000, signal="heat", silent_w=5_000)
    miners = fleet("a", "plain", running, off=5 - running)
    plan = plan_of(seen(site(groups={"a": Group(heat=heat)}), miners, signals={"heat": said}))
    assert left(plan) == {"a/plain": kept}


def test_a_person_orders_a_floor_for_the_site_a_breaker_or_a_group() -> None:
    groups = {"a": Group(breaker="east"), "b": Group(breaker="west")}
    declared = site(groups=groups, breakers={"east": Breaker(), "west": Breaker()})
    miners = {**fleet("a", "plain", 5), **fleet("b", "old", 5)}
    for scope, kept in (
        (SITE, {"a/plain": 4, "b/old": 0}),
        ("west", {"a/plain": 0, "b/old": 4}),
        ("b", {"a/plain": 0, "b/old": 4}),
    ):
        order = ManualOrder(
            id="o",
            scope=scope,
            floor_w=9_500,
            person="Ada",
            why="test",
            issued_at=NOW,
            until=NOW + timedelta(hours=1),
        )
        plan = plan_of(seen(declared, miners, orders={"o": order}))
        assert left(plan) == kept


def test_no_floor_beats_a_lock_a_ceiling_or_silence() -> None:
    declared = site(groups={"a": Group(floor_w=20_000)})
    miners = fleet("a", "plain", 2, off=6)
    lock = MaintenanceLock(id="l", place="a", person="Ada", why="test", since=NOW)
    locked = {name: replace(one, locked=True) for name, one in miners.items()}
    plan = plan_of(seen(declared, locked, locks={"l": lock}))
    assert {one.level for one in plan.commands} == {OFF}
    capped = {name: replace(one, ceiling=OFF) for name, one in miners.items()}
    assert set(left(plan_of(seen(declared, capped))).values()) == {0}
    unknown = seen(declared, miners, price_per_mwh=Missing(why="silent"))
    assert plan_of(unknown).commands == ()
    assert left(plan_of(seen(declared, miners))) == {"a/plain": 8}


def test_nothing_is_raised_where_the_wishes_keep_all_floors() -> None:
    cheap = Fresh(value=Decimal(10), at=NOW)
    declared = site(
        groups={"a": Group(floor_w=9_000), "b": Group()},
        programs={"ffr": SELLER, "spin": replace(SELLER, reserve_w=3_000)},
    )
    miners = {**fleet("a", "plain", 5), **fleet("b", "old", 5)}
    plan = plan_of(seen(declared, miners, price_per_mwh=cheap))
    assert left(plan) == {"a/plain": 5, "b/old": 5}
    assert {one.reason for one in plan.allocations.values()} == {Reason.PROFITABLE}


@pytest.mark.parametrize(("price", "kept"), [(500, 2), (70, 2), (69, 5)])
def test_no_floor_beats_a_limit_that_is_weighed_against_money(price: int, kept: int) -> None:
    """Beyond 6,175 W every MWh costs 40: worth it where 110 less the price is more than that."""
    weighed = Program(
        authority="grid",
        allowed=("reduce_to_kw",),
        obligation=Obligation.FINANCIAL,
        weighed=True,
        penalty_per_mwh=Decimal(40),
    )
    called = Dispatch(
        id="d",
        version=1,
        program="peak",
        authority="grid",
        issued_at=NOW,
        received_at=NOW,
        start=NOW,
        target=ReduceTo(kw=Decimal("6.175")),
        limit_w=6_175,
    )
    declared = site(groups={"a": Group(floor_w=12_000)}, programs={"peak": weighed})
    market = Fresh(value=Decimal(price), at=NOW)
    miners = fleet("a", "plain", 5)
    plan = plan_of(seen(declared, miners, price_per_mwh=market, dispatches={"d": called}))
    assert left(plan) == {"a/plain": kept}
