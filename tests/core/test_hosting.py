"""Miners of clients: their price, what they agreed to, and what their power brings in."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.core.books.held import hold
from controller.core.decide import decide
from controller.core.economics.earnings import hosting_per_day
from controller.model.fleet import OFF
from controller.model.grid import SITE, Dispatch, ReduceTo
from controller.model.plan import Mode, Plan
from controller.model.quality import Fresh, Missing, Stale
from controller.model.seen import Snapshot, State
from controller.model.site import Economics, Group
from controller.model.tariff import Consent, Hosting
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW
from tests.core.sites_at_a_loss import FULL_W, STANDBY_W, STEP_W, fleet, left, plan_of, seen, site


def hosted(consent: Consent, price: int = 60, **more: Any) -> Group:
    terms = Hosting(client="Ada", price_per_mwh=Decimal(price), consent=consent)
    return Group(hosting=terms, **more)


def at(price: str, consent: Consent, group: Group | None = None, **more: Any) -> Snapshot:
    declared = site(groups={"a": group or hosted(consent)}, **more)
    market = Fresh(value=Decimal(price), at=NOW)
    return seen(declared, fleet("a", "three", 4), price_per_mwh=market)


def kept(plan: Plan) -> int:
    return left(plan)["a/three"]


@pytest.mark.parametrize(
    ("price", "consent", "runs", "reason"),
    [
        ("60", Consent.PRICE, 4, Reason.PROFITABLE),
        ("60.000001", Consent.PRICE, 0, Reason.UNPROFITABLE),
        ("60", Consent.LIMITS, 4, Reason.PROFITABLE),
        ("60.000001", Consent.LIMITS, 4, Reason.CONSENT),
        ("3000", Consent.LAST, 4, Reason.CONSENT),
    ],
)
def test_every_step_breaks_even_at_what_the_client_pays(
    price: str, consent: Consent, runs: int, reason: Reason
) -> None:
    plan = plan_of(at(price, consent))
    assert kept(plan) == runs
    assert plan.allocations["a/three"].reason is reason
    levels = set(plan.allocations["a/three"].counts)
    assert levels == ({"default"} if runs else {OFF})


def test_it_is_the_groups_own_full_price_that_counts() -> None:
    """50 × 1.1 of losses is 55, and 5 more of the group's adder make it 60."""
    group = hosted(Consent.PRICE, losses=Decimal("0.1"), adder_per_mwh=Decimal(5))
    assert kept(plan_of(at("50", Consent.PRICE, group))) == 4
    taxed = Economics(tax=Decimal("0.01"))
    assert kept(plan_of(at("50", Consent.PRICE, group, economics=taxed))) == 0


def test_a_client_that_agreed_to_limits_only_is_started_at_a_loss() -> None:
    declared = site(groups={"a": hosted(Consent.LIMITS)})
    plan = plan_of(seen(declared, fleet("a", "plain", 1, off=2)))
    assert [one.reason for one in plan.commands] == [Reason.CONSENT] * 2


@pytest.mark.parametrize("consent", Consent)
def test_without_a_hashprice_a_client_is_decided_all_the_same(consent: Consent) -> None:
    dear = replace(at("61", consent), hashprice_per_ph_day=Missing(why="silent"))
    plan = plan_of(dear)
    assert plan.mode is Mode.HOLDING
    assert kept(plan) == (0 if consent is Consent.PRICE else 4)


def test_without_a_price_it_goes_on_as_it_is() -> None:
    unknown = replace(at("61", Consent.PRICE), price_per_mwh=Missing(why="silent"))
    assert plan_of(unknown).commands == ()


def test_a_client_pays_for_power_whether_shares_are_accepted_or_not() -> None:
    group = replace(hosted(Consent.PRICE), income_lost_after_s=60)
    silent = {"a": NOW - timedelta(hours=1)}
    plan = plan_of(replace(at("40", Consent.PRICE, group), paid_at=silent))
    assert (kept(plan), plan.unpaid_since, plan.outlook) == (4, {}, ())


def reduced(consent: Consent, limit_w: int) -> dict[str, int]:
    """What a dispatch leaves of two of the client's and three better ones of the site's own."""
    declared = site(groups={"a": hosted(consent), "b": Group()})
    called = Dispatch(
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
    miners = {**fleet("a", "plain", 2), **fleet("b", "plain", 3)}
    price = Fresh(value=Decimal(40), at=NOW)
    return left(plan_of(seen(declared, miners, price_per_mwh=price, dispatches={"d": called})))


def test_under_a_limit_a_client_comes_by_merit_or_last() -> None:
    """The site's own break even at 110 $/MWh, the client's at 60."""
    room_w = 5 * STANDBY_W + 3 * STEP_W
    for consent in (Consent.PRICE, Consent.LIMITS):
        assert reduced(consent, room_w) == {"a/plain": 0, "b/plain": 3}
    assert reduced(Consent.LAST, room_w) == {"a/plain": 2, "b/plain": 1}
    assert reduced(Consent.LAST, 5 * STANDBY_W + STEP_W) == {"a/plain": 1, "b/plain": 0}


def test_the_books_take_what_the_client_pays_and_not_the_hashes() -> None:
    snapshot = at("40", Consent.PRICE)
    held = hold(snapshot, plan_of(snapshot))
    assert held.revenue_per_day == 0
    # 4 × 2.794 kW × 24 h × 60 $/MWh
    assert held.hosting_per_day == Decimal("16.09344")


def test_a_clients_own_meter_says_what_it_drew_while_it_is_fresh() -> None:
    snapshot = at("40", Consent.PRICE)
    site_w = snapshot.meters_w[SITE]
    metered = {SITE: site_w, "a": Fresh(value=10_000, at=NOW)}
    assert hosting_per_day(replace(snapshot, meters_w=metered)) == Decimal("14.4")
    stale = {SITE: site_w, "a": Stale(value=10_000, at=NOW)}
    assert hosting_per_day(replace(snapshot, meters_w=stale)) == Decimal("16.09344")


def test_of_miners_that_cannot_be_reached_no_power_is_claimed() -> None:
    everyone = fleet("a", "plain", 2)
    first = next(iter(everyone))
    lost = {**everyone, first: replace(everyone[first], reachable=False)}
    snapshot = seen(site(groups={"a": hosted(Consent.PRICE)}), lost)
    assert hosting_per_day(snapshot) == FULL_W * 24 * 60 / Decimal(1_000_000)
    moving = replace(snapshot, cohorts={}, moving=lost)
    assert hosting_per_day(moving) == FULL_W * 24 * 60 / Decimal(1_000_000)


def test_a_client_pays_for_its_own_miners_only() -> None:
    declared = site(groups={"a": hosted(Consent.PRICE), "b": Group()})
    everyone = {**fleet("a", "plain", 1), **fleet("b", "plain", 3)}
    snapshot = seen(declared, everyone)
    own = FULL_W * 24 * 60 / Decimal(1_000_000)
    assert hosting_per_day(snapshot) == own
    assert hosting_per_day(replace(snapshot, cohorts={}, moving=everyone)) == own


def test_what_a_client_would_have_paid_is_foregone() -> None:
    declared = site(groups={"a": hosted(Consent.PRICE), "b": Group()})
    miners = {**fleet("a", "plain", 0, off=2), **fleet("b", "plain", 0, off=1)}
    snapshot = seen(declared, miners)
    plan, _, _ = decide(snapshot, State())
    (cause,) = plan.curtailed
    one = plan.curtailed[cause]
    own_ths = CURVES["plain"].top.hashrate_ths
    assert (cause, one.power_w, one.hashrate_ths) == (Reason.UNPROFITABLE, 3 * STEP_W, own_ths)
    client = 2 * STEP_W * 24 * 60 / Decimal(1_000_000)
    assert one.clients_per_day == client
    own = own_ths * 60 / 1000
    assert hold(snapshot, plan).curtailed[cause].revenue_per_day == own + client
