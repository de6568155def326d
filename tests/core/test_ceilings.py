"""The highest level that people allow: it holds like a limit, and is no order to run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from msgspec.structs import replace

from controller.core.decide import decide
from controller.core.limits.ceilings import Ceilings, levels_in
from controller.core.pools.cohorts import cohorts
from controller.model.fleet import OFF, MinerReading, MinerSeen
from controller.model.grid import SITE, Dispatch, ManualOrder, ReduceTo
from controller.model.plan import Plan
from controller.model.quality import Fresh
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Site
from controller.reasons import Reason
from tests.core.cases.asked import orders
from tests.core.cases.chances import Chances, cases, many
from tests.core.cases.miners import capped
from tests.core.cases.sites import CURVES, NOW, curve
from tests.core.cases.situations import settled

RUNS = {"a0": "three", "a1": "three", "b0": "plain", "b1": "hollow"}


def level(name: str, scope: str = SITE, *, level_w: int = 0, order: str = "o1") -> ManualOrder:
    return ManualOrder(
        id=order,
        scope=scope,
        level=name,
        level_w=level_w,
        person="Ada",
        why="people at the fans",
        issued_at=NOW,
        until=NOW + timedelta(hours=1),
    )


def running() -> dict[str, MinerSeen]:
    """Each at the top of its curve."""
    return {
        name: MinerSeen(
            group=name[0],
            curve=key,
            level=CURVES[key].top.name,
            power_w=CURVES[key].top.power_w,
            at=NOW,
        )
        for name, key in RUNS.items()
    }


def looked(
    everyone: Mapping[str, MinerSeen], *given_orders: ManualOrder, price: int = 20, limit_w: int = 0
) -> Snapshot:
    ordered = {one.id: one for one in given_orders}
    return Snapshot(
        now=NOW,
        site=Site(
            id="s",
            currency="USD",
            zone="UTC",
            import_limit_w=100_000,
            groups={"a": Group(), "b": Group()},
            headroom=Decimal(0),
        ),
        price_per_mwh=Fresh(value=Decimal(price), at=NOW),
        hashprice_per_ph_day=Fresh(value=Decimal("56.67"), at=NOW),
        meters_w={SITE: Fresh(value=sum(one.power_w for one in everyone.values()), at=NOW)},
        orders=ordered,
        dispatches={"d": to(limit_w)} if limit_w else {},
        curves=CURVES,
        cohorts=cohorts(capped(everyone, ordered.values(), NOW)),
        fleet_known=True,
    )


def to(limit_w: int) -> Dispatch:
    return Dispatch(
        id="d",
        version=1,
        program="p",
        authority="grid",
        issued_at=NOW,
        received_at=NOW,
        start=NOW,
        target=ReduceTo(kw=Decimal(limit_w) / 1000),
        limit_w=limit_w,
    )


def told(plan: Plan) -> dict[str, tuple[str, Reason]]:
    return {one.miner: (one.level, one.reason) for one in plan.commands}


@pytest.mark.parametrize(
    ("ordered", "expected"),
    [
        ([level(OFF)], {"a0": OFF, "a1": OFF, "b0": OFF, "b1": OFF}),
        ([level(OFF, "a")], {"a0": OFF, "a1": OFF}),
        ([level("340MHz", "a1")], {"a1": "340MHz"}),
        # What lacks the level goes by the watts that it drew where it exists.
        ([level("340MHz", level_w=1414)], {"a0": "340MHz", "a1": "340MHz", "b0": OFF, "b1": "eco"}),
        ([level("340MHz", "a"), level(OFF, "a0", order="o2")], {"a0": OFF, "a1": "340MHz"}),
        ([level("340MHz", "a0"), level("default", "a", order="o2")], {"a0": "340MHz"}),
        ([level("turbo", "b1", level_w=1000)], {"b1": "eco"}),
        ([level("top", "b", level_w=3100)], {}),
        ([replace(level(""), limit_w=1_000)], {}),
    ],
)
def test_the_lowest_of_all_that_cover_a_miner_holds(
    ordered: list[ManualOrder], expected: dict[str, str]
) -> None:
    found = Ceilings(ordered, CURVES)
    named = {name: found.of(name, name[0], curve) for name, curve in RUNS.items()}
    assert {name: ceiling for name, ceiling in named.items() if ceiling} == expected


def test_miners_of_an_unknown_kind_have_none() -> None:
    assert Ceilings([level(OFF)], CURVES).of("x", "a", "") == ""


def test_what_runs_above_comes_down_at_once_and_says_why() -> None:
    plan, after, next_at = decide(looked(running(), level("340MHz", "a")), State())
    assert told(plan) == dict.fromkeys(("a0", "a1"), ("340MHz", Reason.MANUAL_ORDER))
    saved_w = 2 * (2794 - 1414)
    assert {why: one.power_w for why, one in plan.curtailed.items()} == {}, "not proven yet"
    down = looked(
        running()
        | {
            n: replace(m, level="340MHz", power_w=1414) for n, m in running().items() if n[0] == "a"
        },
        level("340MHz", "a"),
    )
    plan, _, _ = decide(down, State())
    assert not plan.commands
    assert {why: one.power_w for why, one in plan.curtailed.items()} == {
        Reason.MANUAL_ORDER: saved_w
    }
    reasons = {one.group: (one.reason, one.ceiling) for one in plan.allocations.values()}
    assert reasons["a"] == (Reason.MANUAL_ORDER, "340MHz")
    assert next_at <= NOW + timedelta(minutes=1)
    assert set(after.motions) == {"a0", "a1"}


def test_an_order_in_a_halt_is_obeyed_too() -> None:
    seen = replace(looked(running(), level(OFF, "b")), fleet_known=False)
    plan, _, _ = decide(seen, State())
    assert told(plan) == dict.fromkeys(("b0", "b1"), (OFF, Reason.MANUAL_ORDER))


def test_a_level_is_no_order_to_run_against_money() -> None:
    off = {
        name: replace(miner, level=OFF, power_w=CURVES[miner.curve].off.power_w)
        for name, miner in running().items()
    }
    plan, _, _ = decide(looked(off, level("340MHz", level_w=1414), price=3000), State())
    assert not plan.commands
    assert set(plan.curtailed) == {Reason.UNPROFITABLE}


def test_money_that_would_stop_it_anyway_is_the_reason() -> None:
    plan, _, _ = decide(looked(running(), level("340MHz", "a"), price=3000), State())
    assert set(told(plan).values()) == {(OFF, Reason.UNPROFITABLE)}


def test_a_dispatch_below_it_is_the_reason() -> None:
    seen = looked(running(), level("340MHz", "a"), limit_w=200)
    plan, _, _ = decide(seen, State())
    assert {why for _, why in told(plan).values()} == {Reason.DISPATCH}


def test_a_level_that_is_never_the_best_allows_the_best_below_it() -> None:
    plan, _, _ = decide(looked(running(), level("eco", "b1")), State())
    assert told(plan) == {"b1": (OFF, Reason.MANUAL_ORDER)}


def test_when_it_ends_they_return() -> None:
    stopped = {
        name: replace(miner, level="340MHz", power_w=1414) if name[0] == "a" else miner
        for name, miner in running().items()
    }
    over = replace(level("340MHz", "a"), until=NOW)
    plan, _, _ = decide(looked(stopped, over), State())
    assert told(plan) == dict.fromkeys(("a0", "a1"), ("default", Reason.PROFITABLE))


def ordered(chances: Chances) -> tuple[Snapshot, State, dict[str, ManualOrder]]:
    """A site without any limit, and what people order there."""
    seen, state = settled(chances)
    found = {name: one for name, one in orders(chances, NOW).items() if one.floor_w is None}
    groups = {
        name: replace(one, limit_w=None, breaker="") for name, one in seen.site.groups.items()
    }
    site = replace(seen.site, import_limit_w=100_000, groups=groups)
    return replace(seen, site=site, dispatches={}), state, found


@many()
@given(cases(ordered))
def test_without_a_limit_an_order_never_raises_the_target(
    at: tuple[Snapshot, State, dict[str, ManualOrder]],
) -> None:
    """But for a hold, which keeps what runs at a loss."""
    free, state, ordered = at
    kept = {name: one for name, one in ordered.items() if not one.hold}
    everyone = {
        name: MinerSeen(
            group=one.group,
            curve=one.curve,
            level=one.level,
            power_w=one.power_w // len(one.members),
        )
        for one in free.cohorts.values()
        for name in one.members
    }
    under_them = cohorts(capped(everyone, kept.values(), NOW))
    under, _, _ = decide(replace(free, orders=kept, cohorts=under_them), state)
    assert under.target_w <= decide(free, state)[0].target_w


def test_levels_of_a_scope_with_the_most_watts_of_each() -> None:
    readings = {
        name: MinerReading(miner=name, group=name[0], curve=curve) for name, curve in RUNS.items()
    }
    assert dict(levels_in("b", readings, CURVES)) == {
        OFF: 30,
        "eco": 1000,
        "mid": 2000,
        "default": 2794,
        "top": 3100,
    }
    assert list(levels_in("b1", readings, CURVES)) == [OFF, "eco", "mid", "top"]
    assert levels_in("nowhere", readings, CURVES) == {}


def test_levels_of_the_same_watts_come_by_name() -> None:
    cut_off = curve((OFF, 0, "0"), ("quiet", 900, "40"), ("hush", 900, "41"))
    readings = {"x": MinerReading(miner="x", group="a", curve="silent")}
    found = levels_in(SITE, readings, {"silent": cut_off})
    assert list(found.items()) == [(OFF, 0), ("hush", 900), ("quiet", 900)]


def test_a_miner_of_an_unknown_kind_has_no_levels() -> None:
    readings = {"x": MinerReading(miner="x", group="a", curve="strange")}
    assert levels_in(SITE, readings, CURVES) == {}
