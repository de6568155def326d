"""Which miners of a new firmware wait for its canary, and which go without one."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.model.fleet import OFF, MinerSeen
from controller.model.grid import Dispatch
from controller.model.remembered import CanaryStage
from controller.model.site import Group
from controller.reasons import Reason
from tests.core.cases.sites import NOW
from tests.core.paced_sites import CHEAP, DEAR, dispatch, miner
from tests.core.test_canary_goes import LOW_PAYS, OFFS
from tests.core.test_canary_steps import GONE, NEW, RUN, WENT, chosen, commands, look, new

TO_COME = replace(dispatch(1_000), start=NOW + timedelta(minutes=10))
SET_POINT = replace(dispatch(1_000_000), floor_w=6_000)


def capped(ceiling: str, miners: dict[str, MinerSeen]) -> dict[str, MinerSeen]:
    return {name: replace(one, ceiling=ceiling) for name, one in miners.items()}


@pytest.mark.parametrize(
    ("miners", "price", "waiting"),
    [
        (new("default", "a1", "a2", "a3", curve="three"), LOW_PAYS, 3),
        ({**RUN, **new(OFF, "a1")}, CHEAP, 1),
    ],
)
def test_so_many_wait_as_will_be_told(
    miners: dict[str, MinerSeen], price: Decimal, waiting: int
) -> None:
    assert look(miners, price=price)[0].rehearsals[NEW].waiting == waiting


def test_what_is_off_for_money_does_not_wait() -> None:
    plan, _ = look({**RUN, **new(OFF, "a0")}, price=DEAR)
    assert set(plan.curtailed) == {Reason.UNPROFITABLE}


def test_each_firmware_waits_for_itself_and_they_are_told_of_in_order() -> None:
    every = [f"2.{number}" for number in range(9)]
    mixed = {f"a{name}": replace(RUN["a1"], firmware=name) for name in every}
    plan, after = look({**mixed, "a0": miner("a", "default")}, price=DEAR)
    assert commands(plan) == [("a0", OFF, Reason.UNPROFITABLE)]
    assert list(after.canaries) == every
    assert list(plan.rehearsals) == every


def test_a_dispatch_to_come_is_tried_even_with_one_miner() -> None:
    assert chosen(new("default", "a1"), price=CHEAP, dispatches={"d": TO_COME}) == "a1"


@pytest.mark.parametrize(
    "called",
    [dispatch(1_000_000), replace(TO_COME, cancelled=True)],
    ids=["has come", "cancelled"],
)
def test_without_a_dispatch_to_come_nothing_is_tried(called: Dispatch) -> None:
    assert chosen(RUN, price=CHEAP, dispatches={"d": called}) == ""


def test_for_a_dispatch_to_come_nobody_starts_who_is_off() -> None:
    assert chosen(OFFS, dispatches={"d": TO_COME}) == ""


def test_where_nobody_can_be_told_anything_nobody_waits() -> None:
    lost = {name: replace(one, reachable=False) for name, one in RUN.items()}
    assert look(lost, dispatches={"d": TO_COME})[0].rehearsals == {}


@pytest.mark.parametrize(("price", "waiting"), [(CHEAP, 3), (DEAR, 2)])
def test_for_a_commitment_they_wait(price: Decimal, waiting: int) -> None:
    plan, after = look(OFFS, price=price, groups={"a": Group(floor_w=5_000)})
    assert plan.commands == ()
    assert plan.rehearsals[NEW].waiting == waiting
    assert after.canaries[NEW].stage is CanaryStage.CHOSEN


def test_who_runs_and_is_needed_for_a_commitment_waits_for_nothing() -> None:
    plan, after = look(RUN, price=DEAR, groups={"a": Group(floor_w=1_000_000)})
    assert plan.commands == ()
    assert (plan.rehearsals, after.canaries) == ({}, {})


def test_whom_a_commitment_needs_is_not_stopped_because_another_waits_to_be() -> None:
    """One of the two is enough, and which of them goes waits for its canary."""
    two = {"a1": RUN["a1"], "a2": replace(RUN["a1"], firmware="other")}
    plan, after = look(two, price=DEAR, groups={"a": Group(floor_w=2_000)})
    assert plan.commands == ()
    assert len(after.canaries) == 1


def test_a_set_point_does_not_wait_whatever_else_is_promised() -> None:
    hall = {"a": Group(), "b": Group(floor_w=2_000)}
    plan, after = look({**OFFS, "b0": miner("b", OFF)}, dispatches={"d": SET_POINT}, groups=hall)
    assert [one[2] for one in commands(plan)].count(Reason.SET_POINT) == 2
    assert after.waivers[NEW].miners == 2


def test_who_runs_as_high_as_a_person_allows_waits_for_nothing() -> None:
    plan, _ = look(new("340MHz", "a1", "a2", curve="three", ceiling="340MHz"))
    assert plan.rehearsals == {}
    assert [one.reason for one in plan.allocations.values()] == [Reason.MANUAL_ORDER]


def test_once_it_went_those_whom_a_person_orders_off_go_for_the_order() -> None:
    plan, after = look(capped(OFF, GONE), WENT, price=DEAR)
    assert [one[2] for one in commands(plan)] == [Reason.MANUAL_ORDER] * 2
    assert after.waivers[NEW].miners == 2


def test_once_they_are_off_as_ordered_nothing_waits() -> None:
    plan, _ = look(capped(OFF, OFFS), WENT, price=DEAR)
    assert plan.commands == ()
    assert [one.reason for one in plan.allocations.values()] == [Reason.UNPROFITABLE]
