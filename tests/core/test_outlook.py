"""What is known to come, in the order of time."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.model.fleet import Command, MinerSeen, Motion, Stage
from controller.model.grid import Dispatch, OptOut, ReduceTo
from controller.model.plan import Outlook
from controller.model.quality import Fresh, Stale
from controller.model.remembered import Unpaid
from controller.model.seen import Snapshot, State
from controller.model.site import Economics, Group
from controller.model.tariff import Band
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW
from tests.core.sites_at_a_loss import FULL_W, STEP_W, fleet, plan_of, seen, site

WATCHED = Group(income_lost_after_s=600)


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def market(price: int, until: datetime | None = None) -> Fresh[Decimal]:
    return Fresh(value=Decimal(price), at=NOW, until=until)


def dispatch(name: str, start: float, end: float | None, **said: Any) -> Dispatch:
    one = Dispatch(
        id=name,
        version=1,
        program="ers",
        authority="grid",
        issued_at=at(-60),
        received_at=at(-60),
        start=at(start),
        end=None if end is None else at(end),
        target=ReduceTo(kw=Decimal(50)),
        limit_w=50_000,
    )
    return replace(one, **said)


def test_of_a_dispatch_its_start_and_its_end_are_told_where_they_are_to_come() -> None:
    out = OptOut(person="Ada", why="test", penalty=Decimal(0), at=NOW)
    dispatches = [
        dispatch("open", 0, None),
        dispatch("in force", -5, 20),
        dispatch("to come", 10, 30),
        dispatch("of a level that asks nothing", 10, 30, asks_nothing=True),
        dispatch("opted out of", 10, 30, opted_out=out),
    ]
    snapshot = seen(site(), fleet("a", "plain", 1), price_per_mwh=market(60))
    plan = plan_of(replace(snapshot, dispatches={one.id: one for one in dispatches}))
    assert plan.outlook == (
        Outlook(at=at(10), what="dispatch starts", source="to come", limit_w=50_000),
        Outlook(at=at(20), what="dispatch ends", source="in force"),
        Outlook(at=at(30), what="dispatch ends", source="to come"),
    )


def test_prices_adders_and_what_the_grid_says_are_told_in_the_order_of_time() -> None:
    evening = Band(name="peak", per_mwh=Decimal(5), from_minute=20 * 60, to_minute=21 * 60)
    declared = site(economics=Economics(adders=(evening,)))
    snapshot = seen(
        declared,
        fleet("a", "plain", 1),
        price_per_mwh=market(60, until=at(15)),
        conditions={
            "iso": Fresh(value="EEA 1", at=at(-1)),
            "county": Fresh(value="heat", at=at(-1)),
            "old": Stale(value="calm", at=at(-90)),
        },
    )
    assert plan_of(snapshot).outlook == (
        Outlook(at=at(-1), what="the grid says: heat", source="county"),
        Outlook(at=at(-1), what="the grid says: EEA 1", source="iso"),
        Outlook(at=at(15), what="price changes", source="price"),
        Outlook(at=at(60), what="tariff or schedule changes", source="tariff"),
    )


def test_a_price_without_an_end_is_not_known_to_change() -> None:
    assert plan_of(seen(site(), fleet("a", "plain", 1), price_per_mwh=market(60))).outlook == ()


def paid(seconds_ago: float, **more: Any) -> Snapshot:
    """Five of a watched group, whose last share was accepted so long ago."""
    groups = {"a": WATCHED, "b": Group(adder_per_mwh=Decimal(100))}
    miners = fleet("a", "plain", 5)
    paid_at = {"a": NOW - timedelta(seconds=seconds_ago)}
    declared = site(groups=groups)
    return seen(declared, miners, price_per_mwh=market(60), paid_at=paid_at, **more)


@pytest.mark.parametrize(("seconds_ago", "told"), [(599, True), (600, False), (700, False)])
def test_a_loss_of_income_is_known_to_come_before_its_time_only(
    seconds_ago: float, *, told: bool
) -> None:
    """A share of long ago ends an earlier loss, and is too old for its own time to be to come."""
    lost = Unpaid(since=at(-60), due=at(-50))
    plan = plan_of(paid(seconds_ago), State(unpaid={"a": lost}))
    assert plan.unpaid_since == {}
    assert [one.at for one in plan.outlook] == [NOW + timedelta(seconds=1)] * told


def test_what_stops_with_the_income_of_a_group_is_its_own() -> None:
    """One of five asks on. A miner of b, which loses money, may not stop yet, and will anyway."""
    told = Command(id="c", miner="m", level="default", reason=Reason.PROFITABLE, at=at(-1))
    resting = Motion(
        command=told,
        stage=Stage.CONFIRMED,
        group="b",
        curve="plain",
        from_level="off",
        proven_w=FULL_W,
        deadline=NOW,
        rest_until=at(9),
    )
    miner = MinerSeen(group="b", curve="plain", level=CURVES["plain"].top.name, power_w=FULL_W)
    plan = plan_of(paid(300, moving={"m": miner}), State(motions={"m": resting}))
    assert plan.allocations["b/plain"].counts == {"default": 1}
    (coming,) = plan.outlook
    assert (coming.at, coming.source, coming.step_w) == (at(5), "a", -4 * STEP_W)
