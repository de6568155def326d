"""What money stops slowly goes at once where a person asks for it, or ahead of a dispatch."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from msgspec.structs import replace

from controller.core.pacing.staging import SITE_DOWN
from controller.model.fleet import Command, MinerSeen, Motion, Stage
from controller.model.grid import SITE, ManualOrder
from controller.model.plan import Plan
from controller.model.quality import Fresh
from controller.model.seen import State
from controller.model.site import Group, Pacing
from controller.reasons import Reason
from tests.core.cases.sites import NOW
from tests.core.contracts import weighed
from tests.core.paced_sites import DEAR, FULL_W, OFF_W, dispatch, hall, later, looked, miner, told

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


def test_limits_go_before_money_however_slow_that_is() -> None:
    everyone = {**hall("a", 1, "default"), **hall("b", 1, "default")}
    groups = {"a": Group(limit_w=OFF_W), "b": Group(adder_per_mwh=DEAR, stop_within_s=240)}
    plan, _, _ = told(looked(everyone, Pacing(), groups=groups))
    assert [command.reason for command in plan.commands] == [
        Reason.GROUP_LIMIT,
        Reason.UNPROFITABLE,
    ]


def test_a_small_step_goes_with_what_a_large_one_leaves_of_the_sites_largest() -> None:
    """1,500 W are left of it: too few for the 2,769 of hall a, enough for the 1,389 of hall b."""
    everyone = {**hall("a", 1, "default"), **hall("b", 1, "340MHz", curve="three")}
    used = State(staged_at={SITE_DOWN: NOW - timedelta(seconds=5)}, staged_w={SITE_DOWN: 500})
    pacing = Pacing(largest_step_down_w=2_000)
    plan, _, _ = told(looked(everyone, pacing, dispatches={"ers-1": dispatch(0)}), used)
    assert reasons(plan) == {("b", Reason.DISPATCH): 1}


def test_those_that_a_limit_needs_keep_the_order_of_their_urgency() -> None:
    everyone = {**hall("a", 1, "default"), **hall("b", 1, "default")}
    groups = {"a": Group(), "b": Group(stop_within_s=240)}
    now = {"ers-1": dispatch(0)}
    plan, _, _ = told(looked(everyone, SLOWLY, price=DEAR, groups=groups, dispatches=now), USED)
    assert [command.miner for command in plan.commands] == ["b0", "a0"]


def test_what_is_needed_now_is_not_said_to_go_for_what_comes() -> None:
    coming = replace(dispatch(0), start=NOW + timedelta(seconds=10))
    groups = {"a": Group(limit_w=OFF_W)}
    one = hall("a", 1, "default")
    plan, _, _ = told(
        looked(one, SLOWLY, price=DEAR, groups=groups, dispatches={"ers-1": coming}), USED
    )
    assert reasons(plan) == {("a", Reason.GROUP_LIMIT): 1}


@pytest.mark.parametrize(("spare_w", "gone"), [(0, 1), (-1, 2)])
def test_who_cannot_be_told_takes_up_room_that_slow_stops_would_need(
    spare_w: int, gone: int
) -> None:
    """Of four one is lost; a limit that leaves two of the others beside it needs one stop."""
    everyone = hall("a", 4, "default")
    everyone["a3"] = replace(everyone["a3"], reachable=False)
    seen = looked(everyone, SLOWLY, price=DEAR, limit_w=3 * FULL_W + OFF_W + spare_w)
    assert reasons(told(seen, USED)[0]) == {("a", Reason.IMPORT_LIMIT): gone}


@pytest.mark.parametrize(("spare_w", "gone"), [(0, 1), (-1, 2)])
def test_so_does_who_is_late_on_its_way_down(spare_w: int, gone: int) -> None:
    """It counts in full until it is seen to have gone."""
    late = Motion(
        command=Command(
            id="c", miner="a9", level="off", reason=Reason.UNPROFITABLE, at=NOW, attempt=2
        ),
        stage=Stage.SENT,
        group="a",
        curve="plain",
        from_level="default",
        proven_w=FULL_W,
        deadline=NOW + timedelta(seconds=30),
        late=True,
    )
    seen = looked(hall("a", 3, "default"), SLOWLY, price=DEAR, limit_w=3 * FULL_W + OFF_W + spare_w)
    meter = {SITE: Fresh(value=4 * FULL_W, at=NOW)}
    seen = replace(seen, moving={"a9": miner("a", "default")}, meters_w=meter)
    plan, _, _ = told(seen, replace(USED, motions={"a9": late}, other_w={SITE: 0}))
    assert reasons(plan) == {("a", Reason.IMPORT_LIMIT): gone}
