"""What finds room next, by hand.

A step of "plain" is 2,769 W and breaks even at 103.86 USD/MWh; those of "three" are 1,389 W at
119.34 and 1,380 W at 88.29. Standby is 25 W, and nobody draws anything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.core.explaining.next_steps import roomy, starts_left_w
from controller.core.obedience.motions import Orders
from controller.core.planning.sharing import Share
from controller.core.planning.wishes import wish
from controller.core.scopes import scopes_of
from controller.core.situation import Situation, assess
from controller.model.fleet import OFF, MinerSeen
from controller.model.grid import SITE, ManualOrder, Obligation
from controller.model.rules import Cooling
from controller.model.seen import Snapshot, State
from controller.model.site import Economics, Group, Program, Site
from tests.core.at_rest import AT_ONCE, seen_at, some
from tests.core.cases.sites import NOW
from tests.core.contracts import dispatch

DEAR, DEARER = Group(adder_per_mwh=Decimal(10)), Group(adder_per_mwh=Decimal(20))
FANS = Group(cooling=Cooling(power_w=2_000))
Counts = Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class Case:
    """What is off at 200 USD/MWh, but for the miners that are `granted` their steps."""

    groups: Mapping[str, Group]
    off: Mapping[str, int]
    """By `group/curve`."""
    next_rungs: Mapping[str, int]
    granted: Counts | None = None
    margin: int = 0

    def roomy(self, limit_w: int, *reordered: str) -> set[str]:
        """Those whose next step has room under this limit of the site."""
        site = a_site(limit_w, self.groups, self.margin)
        now, ideal = at_rest(off_at(site, self.off), self.granted or {})
        keys = [one.wish.pool.key for one in ideal]
        nexts = {keys.index(key): rung for key, rung in self.next_rungs.items()}
        found = roomy(now, ideal, nexts, scopes(now), frozenset(reordered))
        return {keys[which] for which in found}


def a_site(limit_w: int, groups: Mapping[str, Group], margin: int = 0, **said: Any) -> Site:
    return Site(
        id="s",
        currency="USD",
        zone="UTC",
        import_limit_w=limit_w,
        groups=groups,
        pacing=AT_ONCE,
        headroom=Decimal(0),
        economics=Economics(start_margin_per_mwh=Decimal(margin)),
        **said,
    )


def off_at(site: Site, off: Mapping[str, int]) -> Snapshot:
    everyone = dict[str, MinerSeen]()
    for key, count in off.items():
        group, _, curve = key.partition("/")
        everyone |= some(group, curve, count, OFF)
    return seen_at(Decimal(200), site, everyone)


def at_rest(seen: Snapshot, granted: Counts) -> tuple[Situation, list[Share]]:
    now = assess(seen, State(), Orders(1))
    wishes = [wish(pool, now.seen, now.state, None) for pool in now.pools]
    none = [(0,) * len(one.ladder) for one in wishes]
    return now, [
        Share(one, tuple(granted.get(one.pool.key, bare)), {})
        for one, bare in zip(wishes, none, strict=True)
    ]


def scopes(now: Situation) -> dict[str, tuple[str, ...]]:
    return {pool.group: scopes_of(now.seen.site, pool.group) for pool in now.pools}


FIVE_OF_EACH = Case(
    {"a": Group(), "b": Group()},
    {"a/plain": 5, "b/plain": 5},
    {"a/plain": 1, "b/plain": 1},
)
TIGHT: dict[str, tuple[Case, int, str, str]] = {
    "who pays less goes first": (
        Case({"a": DEAR, "b": Group()}, {"a/plain": 5, "b/plain": 5}, FIVE_OF_EACH.next_rungs),
        250 + 5 * 2_769,
        "b/plain",
        "a/plain",
    ),
    # a lacks 210 + 10 - 103.86 = 116.14; b 220 + 10 - 103.86 = 126.14: 114.67 at the meter.
    "a price falls by more for who loses some of the power": (
        Case(
            {"a": DEAR, "b": Group(losses=Decimal("0.1"))},
            {"a/plain": 5, "b/plain": 5},
            FIVE_OF_EACH.next_rungs,
            margin=10,
        ),
        250 + 5 * 2_769,
        "b/plain",
        "a/plain",
    ),
    "the first step of three goes before plain, its second after": (
        Case(
            {"a": Group(), "b": Group()},
            {"a/plain": 5, "b/three": 5},
            {"a/plain": 1, "b/three": 1},
        ),
        250 + 5 * 1_389,
        "b/three",
        "a/plain",
    ),
    "both steps of three go before one that pays 20 more": (
        Case(
            {"a": DEARER, "b": Group()},
            {"a/plain": 1, "b/three": 5},
            {"a/plain": 1, "b/three": 1},
        ),
        150 + 5 * 2_769,
        "b/three",
        "a/plain",
    ),
    "who has taken the step before takes room no more": (
        Case(
            {"a": DEARER, "b": Group()},
            {"a/plain": 5, "b/three": 5},
            {"a/plain": 1, "b/three": 1},
            {"b/three": (2, 0)},
        ),
        250 + 5 * 2_769,
        "b/three",
        "a/plain",
    ),
    "only who has taken the step before can take the next": (
        Case(
            {"a": DEARER, "b": Group()},
            {"a/plain": 5, "b/three": 5},
            {"a/plain": 1, "b/three": 2},
            {"b/three": (2, 0)},
        ),
        250 + 2 * 2_769,
        "b/three",
        "a/plain",
    ),
    "the first start brings its fans": (
        Case({"a": FANS, "b": DEAR}, {"a/plain": 5, "b/plain": 5}, FIVE_OF_EACH.next_rungs),
        250 + 5 * 2_769 + 2_000,
        "a/plain",
        "b/plain",
    ),
}


@pytest.mark.parametrize("name", TIGHT)
def test_room_is_what_is_left_after_all_that_would_start_before(name: str) -> None:
    """The last finds room once there is 2,769 W more than the others take."""
    case, taken_w, first, last = TIGHT[name]
    assert case.roomy(taken_w + 2_768) == {first}
    assert case.roomy(taken_w + 2_769) == {first, last}


def test_fans_that_are_to_run_for_others_go_ahead_of_no_further_step() -> None:
    """The fans and two first steps of 1,389 W are granted; one second step needs 1,380 W more."""
    case = Case({"a": FANS}, {"a/three": 5}, {"a/three": 2}, {"a/three": (2, 0)})
    granted_w = 5 * 25 + 2_000 + 2 * 1_389
    assert case.roomy(granted_w + 1_379) == set()
    assert case.roomy(granted_w + 1_380) == {"a/three"}


def test_where_others_may_take_its_place_a_step_needs_room_beside_all_of_them() -> None:
    all_w = 250 + 10 * 2_769
    assert FIVE_OF_EACH.roomy(all_w, SITE) == {"a/plain", "b/plain"}
    assert FIVE_OF_EACH.roomy(all_w - 1) == {"a/plain", "b/plain"}
    assert FIVE_OF_EACH.roomy(all_w - 1, SITE) == set()


def an_order(scope: str, limit_w: int) -> ManualOrder:
    until = NOW + timedelta(hours=1)
    return ManualOrder(
        id=scope,
        scope=scope,
        limit_w=limit_w,
        person="Ada",
        why="test",
        issued_at=NOW,
        until=until,
    )


def test_what_limits_leave_is_counted_with_fans_and_where_nothing_is_declared_any_more() -> None:
    """a draws 125 W, 2,000 W of fans and two steps of 1,389 W: 4,903 W; b 75 + 2,769 = 2,844 W, and
    the one miner of "gone" 25 W: 7,772 W together."""
    groups = {"a": replace(FANS, limit_w=9_000), "b": Group()}
    orders = {scope: an_order(scope, 5_000) for scope in ("gone", "long gone")}
    off = {"a/three": 5, "b/plain": 3, "gone/plain": 1}
    program = Program(
        authority="grid",
        allowed=("reduce_to_kw",),
        obligation=Obligation.FINANCIAL,
        weighed=True,
        penalty_per_mwh=Decimal(20),
    )
    seen = replace(off_at(a_site(20_000, groups, programs={"ers": program}), off), orders=orders)
    granted = {"a/three": (2, 0), "b/plain": (1,)}
    now, ideal = at_rest(seen, granted)
    left_w = {SITE: 12_228, "a": 4_097, "gone": 4_975, "long gone": 5_000}
    assert starts_left_w(now, ideal, scopes(now)) == left_w
    now, ideal = at_rest(
        replace(seen, dispatches={"d": dispatch("d", 12_000, program="ers")}), granted
    )
    assert starts_left_w(now, ideal, scopes(now)) == {**left_w, SITE: 4_228}
