"""Whether a plan stands at another price: where it says so, deciding again moves nothing."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from controller.core.decide import decide
from controller.core.planning.standing import Standing, standing
from controller.core.pools.cohorts import cohorts
from controller.core.schedule import next_look
from controller.model.base import encode
from controller.model.fleet import OFF
from controller.model.plan import Mode, Plan
from controller.model.quality import Fresh, Missing, Stale
from controller.model.remembered import Unpaid
from controller.model.seen import Snapshot, State
from controller.model.site import Breaker, Economics, Group, Pacing, Program, Site
from controller.model.tariff import Consent, Hosting
from controller.reasons import Reason
from tests.core.at_rest import AT_ONCE, at_rest, groups, levels, miner, seen_at, settle, sites, some
from tests.core.habits.days import Interval, lived, moved, site
from tests.core.habits.heard import MORNING, QUARTER

far = st.sampled_from([-30, 20, 45, 60, 75, 85, 95, 102, 106, 115, 130, 180, 900]).map(Decimal)
series = st.lists(far, min_size=1, max_size=5)


def priced(seen: Snapshot, number: int, price: Decimal, *, late: bool = False) -> Snapshot:
    return moved(seen, seen.now + QUARTER * number, price, late=late)


def refuted(seen: Snapshot, state: State, plan: Plan, after: State) -> list[str]:
    """What deciding again makes of it that a plan that stands does not."""
    again, then, _ = decide(seen, state)
    kept = {
        "commands": (again.commands, ()),
        "mode": (again.mode, plan.mode),
        "counts": (counts(again), counts(plan)),
        "running": (then.running, after.running),
        "habits": (encode(then.habits), encode(after.habits)),
        "motions": (then.motions, {}),
    }
    return [f"{name}: {one} not {other}" for name, (one, other) in kept.items() if one != other]


def counts(plan: Plan) -> dict[str, Any]:
    return {key: dict(one.counts) for key, one in plan.allocations.items()}


@st.composite
def costly_sites(draw: st.DrawFn) -> Site:
    """Those of other tests, where starts may cost something too; few have a limit that binds."""
    one = draw(sites)
    lost_s, wear = draw(st.sampled_from([(0, 0), (120, 0), (900, 3), (0, 10), (3_600, 5)]))
    economics = replace(one.economics, start_lost_s=lost_s, start_wear_per_mw=Decimal(wear))
    found = {name: draw(groups) for name in ("a", "b")}
    if draw(st.booleans()):
        found = {name: replace(group, limit_w=None, floor_w=0) for name, group in found.items()}
        one = replace(one, import_limit_w=200_000, breakers={})
        found = {name: replace(group, breaker="") for name, group in found.items()}
    return replace(one, economics=economics, groups=found)


def stood(rest: tuple[Snapshot, State, Plan], prices: list[Decimal], late: bool) -> Counter[str]:
    """How often it said that it stands, each time checked against the decision. As in a back-test
    it is asked only until something else is known to be new."""
    seen, state, plan = rest
    said: Counter[str] = Counter()
    one = standing(seen, state, plan)
    else_at = next_look(replace(seen, price_per_mwh=Missing(why="whatever comes")), state, ())
    if one is None:
        return Counter({"not at all": 1})
    for number, price in enumerate(prices, 1):
        news = priced(seen, number, price, late=late)
        if else_at <= news.now:
            said["too late"] += 1
            break
        after = one.after(news, state)
        said["stands" if after else "falls"] += 1
        if after is None:
            break
        assert refuted(news, state, plan, after) == []
        state = after
    return said


def much_later(rest: tuple[Snapshot, State, Plan]) -> tuple[Snapshot, State, Plan]:
    """A look when nothing new is expected any more."""
    seen, state, _ = rest
    seen = replace(seen, site=replace(seen.site, look_every_s=86_400))
    price = seen.price_per_mwh
    assert isinstance(price, Fresh)
    for _ in range(2):
        seen = moved(seen, seen.now + timedelta(minutes=5), price.value)
        seen = replace(seen, price_per_mwh=price)
        plan, state, _ = decide(seen, state)
    return seen, state, plan


@settings(max_examples=150, deadline=None)
@given(costly_sites(), st.data(), series, series, st.booleans())
def test_what_stands_is_what_would_be_decided(
    declared: Site, data: st.DataObject, before: list[Decimal], prices: list[Decimal], late: bool
) -> None:
    everyone = {
        f"{group}{number}": miner(group, *data.draw(levels))
        for group in ("a", "b")
        for number in range(data.draw(st.integers(1, 4)))
    }
    seen, state = seen_at(Decimal(50), declared, everyone), State()
    for number, price in enumerate(before):
        seen = moved(seen, MORNING + QUARTER * number, price, late=late)
        rest = settle(seen, state)
        if rest is None:
            return
        seen, state, plan = rest
    for what, often in stood(much_later((seen, state, plan)), prices, late).items():
        event(f"{what} {often}")


@settings(max_examples=80, deadline=None)
@given(at_rest(), series)
def test_that_goes_where_starts_cost_nothing_too(
    rest: tuple[Snapshot, State, Plan] | None, prices: list[Decimal]
) -> None:
    if rest is not None:
        stood(much_later(rest), prices, late=False)


def resting(last: float, declared: Site | None = None, **more: Any) -> Interval:
    """A site at rest at this price, after one that is cheap."""
    return lived([60, last], declared, **more)[-1]


def standing_of(one: Interval) -> Standing:
    found = standing(one.seen, one.state, one.rested)
    assert found is not None
    return found


def stands(one: Interval, price: float) -> bool:
    """At a price of the interval after; and that is right."""
    news = priced(one.seen, 1, Decimal(str(price)))
    after = standing_of(one).after(news, one.state)
    again = decide(news, one.state)[0]
    assert (after is None) == bool(again.commands)
    return after is not None


FREE = Economics()
MARGIN = Economics(start_margin_per_mwh=Decimal(10))


@pytest.mark.parametrize(
    ("economics", "last", "prices"),
    [
        (FREE, 60, {-50: True, 103.8: True, 103.9: False, 900: False}),
        (FREE, 400, {-50: False, 103.8: False, 103.9: True, 900: True}),
        (MARGIN, 60, {93: True, 95: True, 103.8: True, 103.9: False}),
        (MARGIN, 400, {93: False, 95: True, 103.8: True, 900: True}),
    ],
)
def test_it_stands_as_long_as_as_much_is_worth_running(
    economics: Economics, last: float, prices: dict[float, bool]
) -> None:
    one = resting(last, site(economics))
    assert {price: stands(one, price) for price in prices} == prices


@pytest.mark.parametrize(
    ("last", "prices"),
    [
        (60, {-50: True, 103.8: True, 110: True, 400: False}),
        (400, {0: False, 95: True, 103.9: True, 900: True}),
    ],
)
def test_where_starts_cost_something_it_stands_where_they_are_not_worth_it(
    last: float, prices: dict[float, bool]
) -> None:
    one = resting(last)
    assert {price: stands(one, price) for price in prices} == prices


def test_what_it_remembers_of_prices_goes_on() -> None:
    one = resting(60)
    news = priced(one.seen, 1, Decimal(80))
    after = standing_of(one).after(news, one.state)
    assert after is not None
    assert after.habits is not None
    assert after.habits.heard_at == news.now
    assert after == replace(one.state, habits=after.habits)


def test_of_levels_each_counts() -> None:
    """They pay below 119.3 and 88.2."""
    miners = some("a", "three", 3)
    one = resting(60, site(FREE), miners=miners)
    assert [stands(one, price) for price in (88, 89, 120)] == [True, False, False]
    half = resting(100, site(FREE), miners=miners)
    assert [stands(half, price) for price in (88, 89, 119, 120)] == [False, True, True, False]


def test_of_each_group_its_own_price_counts() -> None:
    two = site(FREE, groups={"a": Group(), "b": Group(adder_per_mwh=Decimal(30))})
    one = resting(80, two, miners=some("a", "plain", 2) | some("b", "plain", 2))
    assert [stands(one, price) for price in (73, 74, 103, 104)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("consent", "found"),
    [
        (Consent.PRICE, [True, False, False]),
        (Consent.LIMITS, [True, True, True]),
        (Consent.LAST, [True, True, True]),
    ],
)
def test_of_clients_only_those_count_that_money_curtails(
    consent: Consent, found: list[bool]
) -> None:
    client = Hosting(client="Ada", price_per_mwh=Decimal(60), consent=consent)
    one = resting(50, site(groups={"a": Group(hosting=client)}))
    assert [stands(one, price) for price in (60, 61, 3_000)] == found


LIMITED: dict[Reason, dict[str, Any]] = {
    Reason.GROUP_LIMIT: {"groups": {"a": Group(limit_w=8_000), "b": Group()}},
    Reason.IMPORT_LIMIT: {"import_limit_w": 8_000},
    Reason.BREAKER_LIMIT: {
        "breakers": {"q": Breaker(limit_w=8_000)},
        "groups": {"a": Group(breaker="q"), "b": Group(breaker="q")},
    },
}
"""What leaves room for two of four."""


@pytest.mark.parametrize("reason", LIMITED)
def test_what_a_limit_that_never_changes_cuts_stands_too(reason: Reason) -> None:
    one = resting(60, site(FREE, **LIMITED[reason]))
    assert (one.of("a/plain").reason, one.running("a/plain")) == (reason, 2)
    assert [stands(one, price) for price in (-50, 103.8, 103.9)] == [True, True, False]


def test_not_where_a_price_moves_one_group_more_than_another() -> None:
    """Which of them has the room may then turn with the price."""
    lossy = {"a": Group(limit_w=8_000), "b": Group(losses=Decimal("0.01"))}
    one = resting(60, site(FREE, groups=lossy))
    assert one.of("a/plain").reason is Reason.GROUP_LIMIT
    assert standing(one.seen, one.state, one.rested) is None
    ample = {"a": Group(), "b": Group(losses=Decimal("0.01"))}
    assert stands(resting(60, site(FREE, groups=ample)), 90)


def test_nothing_is_claimed_where_a_floor_holds() -> None:
    one = resting(400, site(groups={"a": Group(floor_w=5_000, floor_source="heat")}))
    assert one.running("a/plain") == 2
    assert standing(one.seen, one.state, one.rested) is None


def test_nothing_is_claimed_where_obligations_are_weighed() -> None:
    one = resting(60)
    program = Program(authority="grid", allowed=("reduce_to_kw",))
    for weighed in (False, True):
        programs = {"p": replace(program, weighed=weighed)}
        seen = replace(one.seen, site=replace(one.seen.site, programs=programs))
        assert (standing(seen, one.state, one.rested) is None) is weighed


@pytest.mark.parametrize("mode", Mode)
def test_nothing_is_claimed_but_in_normal_mode(mode: Mode) -> None:
    one = resting(60)
    found = standing(one.seen, one.state, replace(one.rested, mode=mode))
    assert (found is not None) is (mode is Mode.NORMAL)


def test_nothing_is_claimed_while_anything_moves() -> None:
    one = resting(60)
    told = decide(priced(one.seen, 1, Decimal(400)), one.state)
    assert told[0].commands
    assert standing(one.seen, one.state, replace(one.rested, commands=told[0].commands)) is None
    assert standing(one.seen, replace(one.state, motions=told[1].motions), one.rested) is None


def test_nothing_is_claimed_where_income_is_lost() -> None:
    one = resting(60)
    lost = replace(one.state, unpaid={"a": Unpaid(since=MORNING)})
    assert standing(one.seen, lost, one.rested) is None


def test_every_reason_but_money_and_such_limits_keeps_it_from_being_claimed() -> None:
    one = resting(60)
    claimed = set()
    for reason in Reason:
        allocations = {k: replace(v, reason=reason) for k, v in one.rested.allocations.items()}
        plan = replace(one.rested, allocations=allocations)
        if standing(one.seen, one.state, plan) is not None:
            claimed.add(reason)
    money = {Reason.PROFITABLE, Reason.UNPROFITABLE, Reason.RIDE_THROUGH, Reason.START_COST}
    assert claimed == money | {Reason.CONSENT} | LIMITED.keys()


@pytest.mark.parametrize(
    "news",
    [
        {"price_per_mwh": Missing(why="silent")},
        {"price_per_mwh": Stale(value=Decimal(60), at=MORNING)},
        {"hashprice_per_ph_day": Fresh(value=Decimal(57), at=MORNING)},
        {"hashprice_per_ph_day": Missing(why="silent")},
    ],
)
def test_it_falls_with_what_else_is_new(news: dict[str, Any]) -> None:
    one = resting(60)
    seen = priced(one.seen, 1, Decimal(60))
    assert standing_of(one).after(seen, one.state) is not None
    assert standing_of(one).after(replace(seen, **news), one.state) is None


def test_a_curve_with_fewer_steps_than_were_let_run_is_taken_as_it_is() -> None:
    one = resting(60)
    more = replace(one.state, running={"a/plain": 7})
    found = standing(one.seen, more, one.rested)
    assert found is not None
    assert found.after(priced(one.seen, 1, Decimal(60)), more) is not None
    none = replace(one.state, running={})
    assert standing(one.seen, none, one.rested) is not None


def waiting(pacing: Pacing, price: int, level: str, **more: Any) -> tuple[Snapshot, State, Plan]:
    """A minute after the first of four was told to move, once it has."""
    declared = site(FREE, pacing=pacing, **more)
    seen = seen_at(Decimal(price), declared, some("a", "plain", 4, level))
    plan, state, _ = decide(seen, State())
    (told,) = plan.commands
    moved_on = some("a", "plain", 4, level) | {told.miner: miner("a", "plain", told.level)}
    seen = replace(seen_at(Decimal(price), declared, moved_on), now=seen.now + timedelta(seconds=1))
    plan, state, _ = decide(seen, replace(state, motions={}))
    assert not plan.commands
    return seen, replace(state, motions={}), plan


@pytest.mark.parametrize(("level", "claimed"), [("default", True), (OFF, False)])
def test_whoever_has_just_moved_counts_where_it_stands(level: str, claimed: bool) -> None:
    one = resting(60)
    three = cohorts(some("a", "plain", 3))
    seen = replace(one.seen, cohorts=three, moving={"a-4": miner("a", "plain", level)})
    assert (standing(seen, one.state, one.rested) is not None) is claimed


def test_nothing_is_claimed_while_stops_wait_for_the_pace_of_money() -> None:
    seen, state, plan = waiting(replace(AT_ONCE, lower_w_per_minute=2_000), 400, "default")
    assert plan.allocations["a/plain"].reason is Reason.UNPROFITABLE
    assert standing(seen, state, plan) is None


def test_nothing_is_claimed_while_starts_wait_under_a_limit() -> None:
    pacing, limit = replace(AT_ONCE, restore_w_per_minute=2_000), {"a": Group(limit_w=10_000)}
    seen, state, plan = waiting(pacing, 40, OFF, groups=limit)
    assert plan.allocations["a/plain"].reason is Reason.GROUP_LIMIT
    assert standing(seen, state, plan) is None
