"""Reserve that is sold is kept on at a loss: what counts for it, and what it may cost."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.model.grid import Dispatch, Obligation, ReduceTo
from controller.model.quality import Fresh
from controller.model.remembered import Learned
from controller.model.seen import State
from controller.model.site import Group
from controller.reasons import Reason
from tests.core.cases.sites import NOW
from tests.core.sites_at_a_loss import (
    SELLER,
    STANDBY_W,
    STEP_W,
    fleet,
    left,
    plan_of,
    seen,
    site,
)


def test_a_reserve_counts_load_above_standby() -> None:
    for sold_w, kept in ((2 * STEP_W, 2), (2 * STEP_W + 1, 3)):
        declared = site(programs={"ffr": replace(SELLER, reserve_w=sold_w)})
        plan = plan_of(seen(declared, fleet("a", "plain", 5)))
        assert left(plan) == {"a/plain": kept}
        assert plan.allocations["a/plain"].reason is Reason.RESERVE


def test_a_reserve_is_made_up_of_what_miners_draw() -> None:
    """Four at nine tenths of their nominal power are not enough where three at the full were."""
    declared = site(programs={"ffr": replace(SELLER, reserve_w=3 * STEP_W)})
    tired = {
        name: replace(one, power_w=STANDBY_W + STEP_W * 9 // 10)
        for name, one in fleet("a", "plain", 6).items()
    }
    plan = plan_of(seen(declared, tired))
    assert left(plan) == {"a/plain": 4}
    assert plan_of(seen(declared, fleet("a", "plain", 6))).reserves["ffr"].short_w == 0


def test_while_the_reserve_is_called_it_is_no_floor() -> None:
    called = Dispatch(
        id="d",
        version=1,
        program="ffr",
        authority="grid",
        issued_at=NOW - timedelta(minutes=5),
        received_at=NOW,
        start=NOW,
        target=ReduceTo(kw=Decimal(20)),
        limit_w=20_000,
    )
    declared = site(programs={"ffr": SELLER})
    plan = plan_of(seen(declared, fleet("a", "plain", 5), dispatches={"d": called}))
    assert left(plan) == {"a/plain": 0}


def slow(kind: str, bucket: int) -> State:
    """Ten commands to miners of a kind took up to two to the power of `bucket` seconds."""
    stops = tuple(10 if number == bucket else 0 for number in range(11))
    return State(learned={kind: Learned(stops=stops)})


@pytest.mark.parametrize(
    ("response_s", "kept"),
    [(0, {"a/plain": 4, "b/old": 0}), (64, {"a/plain": 4, "b/old": 0}),
     (63, {"a/plain": 0, "b/old": 4})],
)  # fmt: skip
def test_only_pools_that_go_in_time_make_up_a_reserve(
    response_s: int, kept: dict[str, int]
) -> None:
    """The plain ones lose less, and stop within 64 s; the old ones within 30, as declared."""
    declared = site(programs={"ffr": replace(SELLER, response_s=response_s)})
    miners = {**fleet("a", "plain", 5), **fleet("b", "old", 5)}
    plan = plan_of(seen(declared, miners), slow("a/plain", 6))
    assert left(plan) == kept
    assert plan.reserves["ffr"].deliverable_w == (
        5 * STEP_W + 15_000 if response_s != 63 else 15_000
    )


def test_no_step_is_sold_twice_and_the_fast_ones_go_to_the_fast_program() -> None:
    programs = {
        "a-slow": replace(SELLER, reserve_w=3 * STEP_W, response_s=600),
        "b-fast": replace(SELLER, reserve_w=6_000, response_s=40),
    }
    miners = {**fleet("a", "plain", 5), **fleet("b", "old", 2)}
    plan = plan_of(seen(site(programs=programs), miners), slow("a/plain", 6))
    assert left(plan) == {"a/plain": 3, "b/old": 2}
    assert {name: one.short_w for name, one in plan.reserves.items()} == {"a-slow": 0, "b-fast": 0}


@pytest.mark.parametrize(
    ("weighed", "penalty", "kept"),
    [(True, "25", 4), (True, "24.999999", 0), (False, "0", 4)],
)
def test_a_weighed_reserve_is_given_up_where_it_loses_more_than_its_penalty(
    penalty: str, kept: int, *, weighed: bool
) -> None:
    """At 100 $/MWh the old ones, which break even at 75, lose 25."""
    program = replace(
        SELLER,
        obligation=Obligation.FINANCIAL,
        weighed=weighed,
        penalty_per_mwh=Decimal(penalty),
    )
    price = Fresh(value=Decimal(100), at=NOW)
    declared = site(programs={"ffr": program})
    plan = plan_of(seen(declared, fleet("b", "old", 5), price_per_mwh=price))
    assert left(plan) == {"b/old": kept}
    assert plan.reserves["ffr"].short_w == 0


def test_a_weighed_reserve_counts_what_other_floors_keep_at_any_price() -> None:
    weighed = replace(SELLER, obligation=Obligation.FINANCIAL, weighed=True)
    declared = site(groups={"a": Group(), "b": Group(floor_w=9_100)}, programs={"ffr": weighed})
    plan = plan_of(seen(declared, {**fleet("a", "plain", 5), **fleet("b", "old", 5)}))
    assert left(plan) == {"a/plain": 0, "b/old": 3}
