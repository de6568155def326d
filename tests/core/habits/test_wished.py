"""Sites whose starts cost something ride through what is dear and wait for what is cheap, under all
that stands above money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.core.decide import decide
from controller.core.obedience.motions import Orders
from controller.core.planning.wishes import Wish, wish
from controller.core.situation import assess
from controller.model.fleet import OFF
from controller.model.remembered import Habits, Unpaid
from controller.model.seen import State
from controller.model.site import Economics, Group
from controller.model.tariff import Consent, Hosting
from controller.reasons import Reason
from tests.core.at_rest import seen_at, some
from tests.core.habits.days import BREAK_EVEN, lived, moved, site
from tests.core.habits.heard import COSTLY, MORNING, always, standing_at
from tests.core.habits.test_switching import CHEAP, DEAR
from tests.core.paced_sites import dispatch

PRICES = [60, 120, 60, 400, 95, 95, 40]
"""A little above the break-even; far above it; a little below; far below."""
A = "a/plain"


def test_a_dear_interval_is_ridden_through_a_much_dearer_one_is_not() -> None:
    days = lived(PRICES)
    assert [one.running(A) for one in days] == [4, 4, 4, 0, 0, 0, 4]
    assert [one.of(A).reason for one in days] == [
        Reason.PROFITABLE,
        Reason.RIDE_THROUGH,
        Reason.PROFITABLE,
        Reason.UNPROFITABLE,
        Reason.START_COST,
        Reason.START_COST,
        Reason.PROFITABLE,
    ]
    told = [{(one.level, one.reason) for one in day.told.commands} for day in days]
    stop, start = {(OFF, Reason.UNPROFITABLE)}, {("default", Reason.PROFITABLE)}
    assert told == [set(), set(), set(), stop, set(), set(), start]


def test_where_a_start_costs_nothing_the_same_prices_stop_and_start_it() -> None:
    for economics in (Economics(), Economics(start_margin_per_mwh=Decimal(5))):
        days = lived(PRICES, site(economics))
        assert [one.running(A) for one in days] == [4, 0, 4, 0, 4, 4, 4]
        assert all(one.state.habits is None for one in days)


def test_what_is_off_is_off_for_what_it_waits_for() -> None:
    days = lived(PRICES)
    causes = [set(one.rested.curtailed) for one in days]
    waits, dear = {Reason.START_COST}, {Reason.UNPROFITABLE}
    assert causes == [set(), set(), set(), dear, waits, waits, set()]
    assert days[4].rested.curtailed[Reason.START_COST].power_w == 4 * 2_769


def test_only_what_is_off_waits() -> None:
    """One of a kind that runs goes on beside one of another that stands, at the same price."""
    miners = some("a", "plain", 4) | some("b", "plain", 2)
    dearer = site(groups={"a": Group(), "b": Group(adder_per_mwh=Decimal(200))})
    days = lived([60, 300, 95], dearer, miners)
    assert [one.running(A) for one in days] == [4, 0, 0]
    days = lived([60, 120], dearer, miners)
    assert [one.running("b/plain") for one in days] == [0, 0]
    assert [one.running(A) for one in days] == [4, 4]


@pytest.mark.parametrize(
    ("margin", "price", "runs"), [(0, 55, 4), (0, 88, 0), (40, 55, 0), (40, 15, 4)]
)
def test_the_margin_is_on_top(margin: int, price: int, runs: int) -> None:
    economics = Economics(start_lost_s=900, start_margin_per_mwh=Decimal(margin))
    days = lived([400, price], site(economics))
    assert [one.running(A) for one in days] == [0, runs]


def test_a_limit_cuts_what_rides_through() -> None:
    declared = site(groups={"a": Group(limit_w=8_000)})
    days = lived([60, 120], declared)
    assert [one.running(A) for one in days] == [2, 2]
    assert days[1].of(A).reason is Reason.GROUP_LIMIT
    assert set(days[1].rested.curtailed) == {Reason.GROUP_LIMIT}


def test_a_dispatch_cuts_what_rides_through() -> None:
    asked = replace(dispatch(3_000), issued_at=MORNING, received_at=MORNING, start=MORNING)
    days = lived([60, 120], dispatches={asked.id: asked})
    assert [one.running(A) for one in days] == [1, 1]
    assert days[1].of(A).reason is Reason.DISPATCH


def test_a_floor_starts_what_would_wait() -> None:
    declared = site(groups={"a": Group(floor_w=5_000, floor_source="heat")})
    days = lived([400, 95], declared)
    assert [one.running(A) for one in days] == [2, 2]


def test_a_client_who_is_curtailed_for_money_is_not_asked_what_a_start_costs() -> None:
    """His own hashes are not lost to us: he goes above what he pays, and is back below it."""
    client = Hosting(client="Ada", price_per_mwh=Decimal(60), consent=Consent.PRICE)
    days = lived([59, 61, 59, 61], site(groups={"a": Group(hosting=client)}))
    assert [one.running(A) for one in days] == [4, 0, 4, 0]
    assert [one.of(A).reason for one in days[:2]] == [Reason.PROFITABLE, Reason.UNPROFITABLE]
    assert days[0].state.habits is not None


@pytest.mark.parametrize("consent", [Consent.LIMITS, Consent.LAST])
def test_a_client_who_is_not_runs_on_by_consent(consent: Consent) -> None:
    client = Hosting(client="Ada", price_per_mwh=Decimal(60), consent=consent)
    days = lived([59, 61, 3_000], site(groups={"a": Group(hosting=client)}))
    assert [one.running(A) for one in days] == [4, 4, 4]
    reasons = [Reason.PROFITABLE, Reason.CONSENT, Reason.CONSENT]
    assert [one.of(A).reason for one in days] == reasons


def test_before_a_price_was_heard_it_is_as_if_starts_cost_nothing() -> None:
    """Where intervals are not known, nothing is."""
    dear = BREAK_EVEN + 1
    seen = moved(seen_at(dear, site(), some("a", "plain", 4)), MORNING, dear)
    seen = replace(seen, price_interval_s=0)
    now = assess(seen, State(), Orders(1))
    assert now.state.habits is None
    assert wish(now.pools[0], now.seen, now.state, None).worth == 0


def wished(
    price: float, running: int, habits: Habits | None, state: State | None = None, **more: Any
) -> Wish:
    """What economics would have two miners of three levels do: their first step pays below 119.3,
    their second below 88.2."""
    miners = some("a", "three", 2, "default" if running else OFF)
    seen = moved(seen_at(Decimal(0), site(**more), miners), MORNING, Decimal(str(price)))
    (pool,) = assess(seen, State(), Orders(1)).pools
    known = replace(state or State(), habits=habits, running={"a/three": running})
    return wish(pool, seen, known, None)


@pytest.mark.parametrize(
    ("price", "running", "worth", "reason"),
    [
        (80, 2, 2, Reason.PROFITABLE),
        (90, 2, 1, Reason.UNPROFITABLE),
        (130, 2, 1, Reason.UNPROFITABLE),
        (130, 1, 1, Reason.UNPROFITABLE),
        (300, 2, 0, Reason.UNPROFITABLE),
        (119, 0, 1, Reason.UNPROFITABLE),
        (120, 0, 0, Reason.UNPROFITABLE),
        (80, 0, 2, Reason.PROFITABLE),
    ],
)
def test_of_levels_the_first_rides_through_and_the_others_pay(
    price: float, running: int, worth: int, reason: Reason
) -> None:
    one = wished(price, running, standing_at(9.5, CHEAP))
    assert (one.worth, one.reason, one.money) == (worth, reason, Reason.UNPROFITABLE)
    assert one.wanted == (2,) * worth + (0,) * (2 - worth)


@pytest.mark.parametrize(
    ("price", "money"),
    [(80, Reason.START_COST), (119, Reason.START_COST), (120, Reason.UNPROFITABLE)],
)
def test_what_would_pay_but_for_the_start_waits_for_it(price: float, money: Reason) -> None:
    one = wished(price, 0, standing_at(9.5, DEAR))
    assert (one.worth, one.reason, one.money) == (0, money, money)
    assert one.price_per_mwh == price


def test_hashes_that_nobody_pays_for_ask_nothing_of_habits() -> None:
    lost = State(unpaid={"a": Unpaid(since=MORNING)})
    for habits in (None, standing_at(9.5, CHEAP), standing_at(9.5, DEAR)):
        dear, paid = wished(10, 2, habits, lost), wished(-10, 0, habits, lost)
        assert (dear.worth, dear.reason) == (0, Reason.INCOME_LOST)
        assert (paid.worth, paid.reason) == (2, Reason.PROFITABLE)


def mean(price: float, to: tuple[tuple[float, ...], ...]) -> Habits:
    """Prices that are late, and usually cost so much where they stand."""
    costs = (-5.0, *(price for _ in range(22)), 4_980.0)
    return standing_at(9.5, to, costs=costs, late=True)


@pytest.mark.parametrize(
    ("last", "usually", "running", "worth", "reason"),
    [
        (60, 150, 2, 0, Reason.UNPROFITABLE),
        (60, 150, 0, 0, Reason.UNPROFITABLE),
        (150, 60, 0, 0, Reason.START_COST),
        (150, 60, 2, 2, Reason.PROFITABLE),
    ],
)
def test_where_prices_are_late_the_reason_is_that_of_the_mean(
    last: float, usually: float, running: int, worth: int, reason: Reason
) -> None:
    one = wished(last, running, mean(usually, DEAR))
    assert (one.worth, one.reason) == (worth, reason)
    assert one.price_per_mwh == last


def test_a_late_price_that_is_dear_starts_what_usually_pays() -> None:
    one = wished(150, 0, mean(60, always(0)))
    assert (one.worth, one.reason) == (2, Reason.PROFITABLE)


def test_what_was_on_for_a_floor_and_would_not_be_started_stops_at_the_pace_of_money() -> None:
    """No floor holds it any more, and economics last let none run. At 95 it pays, but for a start
    that the site would not make."""
    seen = moved(seen_at(Decimal(95), site(), some("a", "plain", 4)), MORNING, Decimal(95))
    known = State(habits=standing_at(9.5, DEAR), running={A: 0})
    slow = replace(site().pacing, lower_w_per_minute=3_000)
    for pacing, count in ((site().pacing, 4), (slow, 1)):
        plan = decide(replace(seen, site=site(pacing=pacing)), known)[0]
        assert [one.reason for one in plan.commands] == [Reason.START_COST] * count


def test_what_limits_need_does_not_wait_for_that_pace() -> None:
    seen = moved(seen_at(Decimal(95), site(), some("a", "plain", 4)), MORNING, Decimal(95))
    slow = replace(site().pacing, lower_w_per_minute=3_000)
    limited = site(pacing=slow, groups={"a": Group(limit_w=6_000)})
    known = State(habits=standing_at(9.5, DEAR), running={A: 0})
    plan = decide(replace(seen, site=limited), known)[0]
    reasons = [one.reason for one in plan.commands]
    assert sorted(reasons) == [Reason.GROUP_LIMIT, Reason.START_COST]


def test_where_starts_are_weighed_no_price_is_named_that_would_turn_it() -> None:
    """Whether to stop or to start is not a matter of one price alone."""
    costly, plain = (lived([60, 60], site(one))[-1] for one in (COSTLY, Economics()))
    assert costly.rested.explained["a"].off_above_per_mwh is None
    assert plain.rested.explained["a"].off_above_per_mwh is not None
