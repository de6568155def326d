"""Which floors are in force, what they ask for, and in which order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.core.limits.floors import floors, held_as_reserve
from controller.model.grid import SITE, Dispatch, Floor, Follow, ManualOrder
from controller.model.quality import Fresh, Missing, Observed, Stale
from controller.model.rules import Engine, Heat
from controller.model.seen import Snapshot
from controller.model.site import Group, Program, Site
from controller.reasons import Reason
from tests.core.cases.sites import NOW

END = NOW + timedelta(hours=1)
SELLER = Program(authority="grid", allowed=("reduce_to_kw",), reserve_w=10_000)
ALL = Site(
    id="s",
    currency="USD",
    zone="UTC",
    import_limit_w=90_000,
    groups={
        "b": Group(heat=Heat(most_w=7_000)),
        "a": Group(floor_w=5_000, floor_source="greenhouse"),
    },
    programs={"ffr": SELLER},
    engine=Engine(most_w=50_000, least_w=20_000),
)


def dispatch(**more: Any) -> Dispatch:
    return Dispatch(
        version=1,
        program="balancing",
        authority="grid",
        issued_at=NOW,
        received_at=NOW,
        start=NOW,
        end=END,
        target=Follow(kw=Decimal(30)),
        limit_w=30_000,
        **{"id": "d", "floor_w": 30_000, **more},
    )


def order(**more: Any) -> ManualOrder:
    return ManualOrder(
        id="o", scope="a", person="Ada", why="test", issued_at=NOW, until=END, **more
    )


def seen(site: Site = ALL, **more: Any) -> Snapshot:
    return Snapshot(now=NOW, site=site, **more)


def test_every_floor_has_its_rank_source_reason_and_expiry() -> None:
    found = floors(seen(dispatches={"d": dispatch()}, orders={"o": order(floor_w=9_000)}))

    def floor(rank: int, scope: str, watts: int, source: str, reason: Reason) -> Floor:
        until = END if reason in (Reason.SET_POINT, Reason.MANUAL_ORDER) else None
        return Floor(
            scope=scope, floor_w=watts, rank=rank, source=source, reason=reason, until=until
        )

    assert found == (
        floor(0, SITE, 20_000, "generators", Reason.ENGINE),
        floor(1, SITE, 30_000, "d", Reason.SET_POINT),
        floor(2, SITE, 10_000, "ffr", Reason.RESERVE),
        floor(3, "a", 5_000, "greenhouse", Reason.COMMITMENT),
        floor(4, "b", 7_000, "heat", Reason.HEAT),
        floor(5, "a", 9_000, "o by Ada", Reason.MANUAL_ORDER),
    )


def test_what_asks_for_nothing_is_no_floor() -> None:
    bare = replace(
        ALL,
        groups={"a": Group(), "b": Group(heat=Heat(most_w=7_000, signal="heat"))},
        programs={"ffr": replace(SELLER, reserve_w=0)},
        engine=Engine(most_w=50_000),
    )
    plain, limiting = dispatch(floor_w=None), order(limit_w=1)
    assert floors(seen(bare, dispatches={"d": plain}, orders={"o": limiting})) == ()


def test_floors_of_one_rank_come_by_name() -> None:
    dispatches = {name: dispatch(id=name) for name in ("e", "d", "c")}
    found = floors(seen(replace(ALL, programs={}), dispatches=dispatches))
    assert [one.source for one in found if one.reason is Reason.SET_POINT] == ["c", "d", "e"]


def test_commitments_heat_and_orders_come_by_name_as_well() -> None:
    """However they are declared, and whatever they ask for."""
    groups = {
        "b": Group(floor_w=1_000, floor_source="drying", heat=Heat(most_w=3_000)),
        "a": Group(floor_w=2_000, floor_source="greenhouse", heat=Heat(most_w=4_000)),
    }
    orders = {name: replace(order(floor_w=5_000), id=name) for name in ("p", "o")}
    found = floors(seen(replace(ALL, groups=groups, programs={}, engine=None), orders=orders))
    assert [(one.scope, one.source) for one in found] == [
        ("a", "greenhouse"),
        ("b", "drying"),
        ("a", "heat"),
        ("b", "heat"),
        ("a", "o by Ada"),
        ("a", "p by Ada"),
    ]


@pytest.mark.parametrize(
    "gone",
    [{"start": NOW + timedelta(seconds=1)}, {"end": NOW}, {"cancelled": True}],
)
def test_a_set_point_holds_while_its_dispatch_is_in_force(gone: dict[str, Any]) -> None:
    found = floors(seen(dispatches={"d": replace(dispatch(), **gone)}))
    assert Reason.SET_POINT not in [one.reason for one in found]


def test_a_persons_floor_ends_with_the_order() -> None:
    found = floors(seen(orders={"o": replace(order(floor_w=9_000), until=NOW)}))
    assert Reason.MANUAL_ORDER not in [one.reason for one in found]


@pytest.mark.parametrize(
    ("said", "watts", "source"),
    [
        (Fresh(value=Decimal("4000.9"), at=NOW), 4_000, "heat"),
        (Fresh(value=Decimal(7_001), at=NOW), 7_000, "heat"),
        (Stale(value=Decimal(6_000), at=NOW), 3_000, "heat, signal silent"),
        (Missing(why="never heard"), 3_000, "heat, signal silent"),
        (None, 3_000, "heat, signal silent"),
    ],
)
def test_heat_follows_its_signal(said: Observed[Decimal] | None, watts: int, source: str) -> None:
    heat = Heat(most_w=7_000, signal="heat", silent_w=3_000)
    site = replace(ALL, groups={"b": Group(heat=heat)}, programs={}, engine=None)
    (found,) = floors(seen(site, signals={} if said is None else {"heat": said}))
    assert (found.floor_w, found.source) == (watts, source)


@pytest.mark.parametrize("value", [0, -5, "0.9"])
def test_no_heat_is_asked_for(value: Any) -> None:
    site = replace(
        ALL, groups={"b": Group(heat=Heat(most_w=7_000, signal="h"))}, programs={}, engine=None
    )
    assert floors(seen(site, signals={"h": Fresh(value=Decimal(value), at=NOW)})) == ()


def test_reserves_come_by_response_time_the_slowest_being_those_that_name_none() -> None:
    programs = {
        "any": SELLER,
        "slow": replace(SELLER, response_s=600),
        "fast": replace(SELLER, response_s=10),
        "fast-too": replace(SELLER, response_s=10),
        "balancing": replace(SELLER, response_s=1),
        "none sold": replace(SELLER, reserve_w=0),
    }
    there = seen(replace(ALL, programs=programs), dispatches={"d": dispatch()})
    assert held_as_reserve(there) == ["fast", "fast-too", "slow", "any"]
    coming = replace(dispatch(), start=NOW + timedelta(seconds=1))
    assert held_as_reserve(replace(there, dispatches={"d": coming}))[0] == "balancing"
