"""Where a canary goes and returns to, and what it waits for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.model.fleet import OFF
from controller.model.quality import Missing
from controller.model.seen import State
from controller.model.site import Group
from controller.reasons import Reason
from tests.core.paced_sites import CHEAP, DEAR, FULL_W, OFF_W, looked, miner, told
from tests.core.test_canary_steps import (
    CHOSEN,
    GONE,
    NEW,
    PACING,
    RUN,
    WENT,
    chosen,
    commands,
    look,
    new,
)

LOW_PAYS, BOTH_PAY = Decimal(100), Decimal(50)
"""Prices at which only the lower level of the curve "three" earns its power, and both."""
OFFS = new(OFF, "a1", "a2", "a3")


def test_who_was_chosen_stays_so_though_others_would_do() -> None:
    plan, _ = look(RUN, replace(CHOSEN, miner="a2"), price=DEAR)
    assert commands(plan) == [("a2", OFF, Reason.CANARY)]


def test_who_stands_where_the_others_are_to_go_shows_nothing() -> None:
    assert chosen({**new(OFF, "a0"), **RUN}) == "a1"
    assert chosen({**new("default", "a0"), **OFFS}, price=CHEAP) == "a1"


@pytest.mark.parametrize(("price", "level"), [(LOW_PAYS, "340MHz"), (BOTH_PAY, "default")])
def test_it_goes_where_the_others_will(price: Decimal, level: str) -> None:
    plan, _ = look(new(OFF, "a1", "a2", curve="three"), CHOSEN, price=price)
    assert commands(plan) == [("a1", level, Reason.CANARY)]
    assert Reason.CANARY in plan.curtailed


def test_it_has_the_room_that_was_kept_for_it() -> None:
    plan, _ = look(GONE, WENT, limit_w=3 * FULL_W)
    assert commands(plan) == [("a1", "default", Reason.CANARY)]


def test_it_returns_though_nobody_waits_for_it_any_more() -> None:
    assert commands(look(OFFS, WENT, price=DEAR)[0]) == [("a1", "default", Reason.CANARY)]


def test_it_returns_before_others_start_for_a_promise() -> None:
    stepped = replace(PACING, largest_step_up_w=3_000)
    where: dict[str, Any] = {
        "pacing": stepped,
        "price": DEAR,
        "groups": {"a": Group(), "b": Group(floor_w=2_000)},
    }
    others = {"b0": miner("b", OFF)}
    assert commands(look({**GONE, **others}, WENT, **where)[0]) == [
        ("a1", "default", Reason.CANARY)
    ]
    assert commands(look({**RUN, **others}, **where)[0]) == [("b0", "default", Reason.COMMITMENT)]


def test_while_a_limit_moves_its_equals_it_does_not_go_as_well() -> None:
    plan, after = look(RUN, CHOSEN, price=DEAR, limit_w=2 * FULL_W + OFF_W)
    [(gone, *_)] = commands(plan)
    assert gone != "a1"
    assert after.canaries[NEW] == CHOSEN


def test_it_goes_down_though_a_silent_meter_lets_nothing_start() -> None:
    seen = looked(RUN, PACING, price=DEAR, canaries={"a1": RUN["a1"]})
    silent = replace(seen, meters_w={**seen.meters_w, "a": Missing(why="silent")})
    plan, *_ = told(silent, State(canaries={NEW: CHOSEN}))
    assert commands(plan) == [("a1", OFF, Reason.CANARY)]
