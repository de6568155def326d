"""What money stops slowly goes at once where a person asks for it, or ahead of a dispatch."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from msgspec.structs import replace

from controller.model.fleet import MinerSeen
from controller.model.grid import ManualOrder
from controller.model.plan import Plan
from controller.model.seen import State
from controller.model.site import Group, Pacing
from controller.reasons import Reason
from tests.core.cases.sites import NOW
from tests.core.contracts import weighed
from tests.core.paced_sites import DEAR, FULL_W, OFF_W, dispatch, hall, later, looked, told

SLOWLY = Pacing(lower_w_per_minute=1, stop_within_s=30)
USED = State(lowered_at=NOW)
"""Nothing of the pace is left."""


def reasons(plan: Plan) -> Counter[tuple[str, Reason]]:
    return Counter((command.miner[0], command.reason) for command in plan.commands)


def ceiling(level: str) -> ManualOrder:
    return ManualOrder(
        id="people",
        scope="a",
        level=level,
        level_w=1_414,
        person="Ada",
        why="people at the fans",
        issued_at=NOW,
        until=NOW + timedelta(hours=1),
    )


def with_ceiling(miners: dict[str, MinerSeen], level: str) -> dict[str, MinerSeen]:
    return {
        name: replace(one, ceiling=level) if one.group == "a" else one
        for name, one in miners.items()
    }


@pytest.mark.parametrize(
    ("stands_at", "allowed", "count"),
    [
        ("default", "off", 3),
        ("default", "340MHz", 3),
        ("340MHz", "340MHz", 0),
        ("off", "off", 0),
    ],
)
def test_a_highest_level_waits_for_no_pace(stands_at: str, allowed: str, count: int) -> None:
    """Of hall a, which stands above it; hall b goes for money alone."""
    everyone = hall("a", 3, stands_at, curve="three") | hall("b", 3, "default", curve="three")
    everyone = with_ceiling(everyone, allowed)
    seen = looked(everyone, SLOWLY, price=DEAR, orders={"people": ceiling(allowed)})
    wanted = {("a", Reason.MANUAL_ORDER): count} if count else {}
    assert reasons(told(seen, USED)[0]) == wanted


@pytest.mark.parametrize(
    ("seconds", "stays", "gone"),
    [
        (241, 0, {}),
        (240, 0, {("b", Reason.DISPATCH): 3}),
        (30, 0, {("a", Reason.DISPATCH): 3, ("b", Reason.DISPATCH): 3}),
        (240, 3, {("b", Reason.DISPATCH): 3}),
        (240, 5, {("b", Reason.DISPATCH): 1}),
        (240, 6, {}),
        (30, 5, {("b", Reason.DISPATCH): 1}),
        (30, 2, {("a", Reason.DISPATCH): 1, ("b", Reason.DISPATCH): 3}),
        (30, 6, {}),
    ],
)
def test_what_a_dispatch_to_come_leaves_no_room_for_goes_ahead_of_it(
    seconds: int, stays: int, gone: dict[tuple[str, Reason], int]
) -> None:
    """Hall b takes 240 s, so it goes first; where some may stay, these are the last of the row."""
    everyone = {**hall("a", 3, "default"), **hall("b", 3, "default")}
    limit_w = stays * FULL_W + (6 - stays) * OFF_W
    ahead = replace(dispatch(limit_w), start=later(seconds))
    groups = {"a": Group(), "b": Group(stop_within_s=240)}
    seen = looked(everyone, SLOWLY, price=DEAR, groups=groups, dispatches={"ers-1": ahead})
    assert reasons(told(seen, USED)[0]) == gone


@pytest.mark.parametrize("penalty_per_mwh", [1, 100_000])
def test_nor_does_what_a_weighed_dispatch_leaves_no_room_for_wait(penalty_per_mwh: int) -> None:
    """What loses money is not worth the penalty either."""
    seen = looked(hall("a", 6, "default"), SLOWLY, price=DEAR, dispatches={"d": dispatch(0)})
    site = replace(seen.site, programs={"p": weighed(penalty_per_mwh)})
    plan, _, _ = told(replace(seen, site=site), USED)
    assert reasons(plan) == {("a", Reason.DISPATCH): 6}
