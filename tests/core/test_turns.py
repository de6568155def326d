"""In which order miners come up where the pace lets few of them: what floors wait for, by their
rank, then what earns most.

At 56.67 USD per PH/s and day each TH/s for a kW earns 2.36 USD/MWh. For a kW a start of `plain`
brings 44 TH/s; the first step of `three` 50 and its second 37.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from controller.model.fleet import OFF, MinerSeen
from controller.model.grid import ManualOrder
from controller.model.plan import Plan
from controller.model.site import Group, Pacing
from tests.core.cases.sites import NOW
from tests.core.paced_sites import EACH_W, FULL_W, OFF_W, hall, looked, miner, names, told

ONE = Pacing(restore_w_per_minute=1)
"""The largest single rise is covered, and nothing beside it."""
LOW, LOW_W = "340MHz", 1_414
PLAIN, THREE = hall("a", 1, OFF), hall("b", 1, OFF, curve="three")
RAISED, STARTED = {"a0": miner("a", LOW, curve="three")}, hall("b", 1, OFF)
ADA = ManualOrder(
    id="o",
    scope="b",
    floor_w=FULL_W,
    person="Ada",
    why="test",
    issued_at=NOW,
    until=NOW + timedelta(hours=1),
)


def first(
    miners: dict[str, MinerSeen], floor_w: int = 0, orders: dict[str, ManualOrder] | None = None
) -> list[str]:
    groups = {"a": Group(floor_w=floor_w), "b": Group()}
    return names(told(looked(miners, ONE, groups=groups, orders=orders or {}))[0])


def test_what_earns_most_comes_up_first() -> None:
    assert first(PLAIN | THREE) == ["b0"]


def test_a_higher_level_has_its_turn_by_what_that_step_earns() -> None:
    """The start is the larger rise: the pace covers it from the first."""
    assert first(RAISED | STARTED) == ["b0"]


@pytest.mark.parametrize("miners", [PLAIN | THREE, RAISED | STARTED])
def test_what_a_floor_waits_for_comes_before_what_earns_more(miners: dict[str, MinerSeen]) -> None:
    assert first(miners, FULL_W) == ["a0"]


def test_of_floors_the_lower_rank_comes_first() -> None:
    """What was agreed goes before what a person asks for."""
    assert first(PLAIN | THREE, FULL_W, {"o": ADA}) == ["a0"]


def test_only_what_is_missing_of_a_floor_goes_before_what_earns_more() -> None:
    """Two of three are promised and one runs: a start makes up the floor, the next is for money."""
    miners = hall("a", 3, OFF) | {"a0": miner("a", "default")} | THREE
    groups = {"a": Group(floor_w=2 * FULL_W + OFF_W), "b": Group()}
    plan, *_ = told(looked(miners, Pacing(restore_w_per_minute=2 * EACH_W), groups=groups))
    assert [name[0] for name in names(plan)] == ["a", "b"]


def test_each_floor_has_starts_of_its_own() -> None:
    """What was agreed needs one of two, and Ada asks for both."""
    groups = {"a": Group(floor_w=FULL_W + OFF_W)}
    both = replace(ADA, scope="a", floor_w=2 * FULL_W)
    plan, *_ = told(looked(hall("a", 2, OFF), Pacing(), groups=groups, orders={"o": both}))
    assert sorted(names(plan)) == ["a0", "a1"]


def levels(plan: Plan) -> dict[str, str]:
    return {command.miner: command.level for command in plan.commands}


def test_beside_what_a_floor_waits_for_the_rest_starts_at_its_own_level() -> None:
    """There is room for one at the top and one at the lower level, and the floor needs one."""
    groups = {"a": Group(limit_w=FULL_W + LOW_W, floor_w=1_000)}
    plan, *_ = told(looked(hall("a", 2, OFF, curve="three"), Pacing(), groups=groups))
    assert sorted(levels(plan).values()) == [LOW, "default"]


def test_one_comes_up_to_the_level_to_which_another_goes_down() -> None:
    """Off the best use of power both are: one by an order, one by its level."""
    order = replace(ADA, scope="a", floor_w=None, level="mid")
    high, low = (miner("a", level, curve="hollow") for level in ("top", "eco"))
    capped = {"a0": replace(high, ceiling="mid"), "a1": replace(low, ceiling="mid")}
    plan, *_ = told(looked(capped, Pacing(), orders={"o": order}))
    assert levels(plan) == {"a0": "mid", "a1": "mid"}


def test_who_draws_as_at_the_top_and_does_not_say_so_is_told_the_top() -> None:
    unsure = replace(miner("a", "top", curve="hollow"), level="", power_w=2_500)
    plan, *_ = told(looked({"a0": unsure}, Pacing()))
    assert levels(plan) == {"a0": "top"}
