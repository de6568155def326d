"""Amounts and sources of explanations, by hand.

Ten miners of the curve "plain" draw 27.94 kW and hash 1.218 PH/s: 2.876 USD an hour at 56.67
USD/PH/day. At standby they draw 0.25 kW. The step's break-even is 103.864 USD/MWh.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.core.decide import decide
from controller.model.fleet import Standing
from controller.model.grid import Dispatch, MaintenanceLock, ManualOrder, Obligation, ReduceTo
from controller.model.plan import Explanation
from controller.model.quality import Fresh, Missing, Stale
from controller.model.rules import Cooling, Heat
from controller.model.seen import Snapshot, State
from controller.model.site import Economics, Group, MeterSilence, Program, Site
from controller.model.tariff import Consent, Hosting
from controller.reasons import Reason
from tests.core.at_rest import AT_ONCE, seen_at, settle, some
from tests.core.cases.sites import NOW
from tests.core.test_promised_edges import resting

LATER = NOW + timedelta(minutes=40)
TEN = some("a", "plain", 10)


def a_site(**said: Any) -> Site:
    plain: dict[str, Any] = {
        "id": "s",
        "currency": "USD",
        "zone": "UTC",
        "import_limit_w": 100_000,
        "groups": {"a": Group()},
        "pacing": AT_ONCE,
        "headroom": Decimal(0),
    }
    return Site(**plain | said)


def at(price: str, site: Site | None = None, **said: Any) -> Snapshot:
    return replace(seen_at(Decimal(price), site or a_site(), TEN), **said)


def explained(seen: Snapshot, group: str = "a", state: State | None = None) -> Explanation:
    found = settle(seen, state)
    assert found is not None
    return found[2].explained[group]


def amounts(one: Explanation) -> tuple[str, str, str]:
    found = (one.earns_per_hour, one.if_running_per_hour, one.if_stopped_per_hour)
    return tuple(str(amount) for amount in found)  # type: ignore[return-value]


def order(**said: Any) -> dict[str, ManualOrder]:
    plain: dict[str, Any] = {"id": "o", "scope": "a", "person": "Ada", "why": "test"}
    times = {"issued_at": NOW, "until": LATER}
    return {"o": ManualOrder(**plain | times | said)}


def dispatch(limit_w: int) -> dict[str, Dispatch]:
    one = Dispatch(
        id="ers-1",
        version=1,
        program="ers",
        authority="grid",
        issued_at=NOW - timedelta(hours=1),
        received_at=NOW - timedelta(hours=1),
        start=NOW - timedelta(minutes=1),
        end=LATER,
        target=ReduceTo(kw=Decimal(limit_w) / 1000),
        limit_w=limit_w,
    )
    return {"ers-1": one}


ERS = {"ers": Program(authority="grid", allowed=("reduce_to_kw",))}


def test_in_full_for_money() -> None:
    """2.876 - 0.02794 MWh x 60 = 1.20; at standby 0.00025 x 60 = 0.015 is lost."""
    one = explained(at("60"))
    assert (one.reason, one.source, one.until) == (
        Reason.PROFITABLE,
        "",
        NOW + timedelta(minutes=15),
    )
    assert (one.runs_w, one.curtailed_w, one.miners, one.running) == (27_940, 0, 10, 10)
    assert amounts(one) == ("1.20", "1.20", "-0.02")
    assert (one.more_below_per_mwh, one.less_above_per_mwh) == (None, Decimal("103.87"))
    assert one.off_above_per_mwh == Decimal("103.87")


def test_off_for_money() -> None:
    """2.876 - 0.02794 x 200 = -2.71."""
    one = explained(at("200"))
    assert (one.reason, one.runs_w, one.curtailed_w, one.running) == (
        Reason.UNPROFITABLE,
        250,
        27_690,
        0,
    )
    assert amounts(one) == ("-0.05", "-2.71", "-0.05")
    assert one.more_below_per_mwh == Decimal("103.86")
    assert (one.less_above_per_mwh, one.off_above_per_mwh) == (None, None)


def test_the_market_price_is_named_without_losses_adders_taxes_and_start_margin() -> None:
    """((103.8643 x 0.98 - 4) / 1.1 - 10 x 1.02 - 2) / (1.05 x 1.02) = 71.28 to start; without the
    margin of 4, 74.67 to go on."""
    costs = Economics(
        adder_per_mwh=Decimal(10),
        losses=Decimal("0.05"),
        tax=Decimal("0.1"),
        pool_fee=Decimal("0.02"),
        start_margin_per_mwh=Decimal(4),
    )
    group = Group(losses=Decimal("0.02"), adder_per_mwh=Decimal(2))
    site = a_site(economics=costs, groups={"a": group})
    assert explained(at("200", site)).more_below_per_mwh == Decimal("71.61")
    assert explained(at("60", site)).off_above_per_mwh == Decimal("75.01")


def test_by_a_dispatch_four_of_ten_run() -> None:
    """12 kW less 10 x 25 W leave room for 4 steps of 2,769 W: 11.326 kW run. They earn
    4 x 0.2876 - 0.011326 x 60 = 0.47, all ten would earn 1.20."""
    one = explained(at("60", a_site(programs=ERS), dispatches=dispatch(12_000)))
    assert (one.reason, one.source, one.until) == (Reason.DISPATCH, "ers-1", LATER)
    assert (one.runs_w, one.curtailed_w, one.running) == (11_326, 16_614, 4)
    assert amounts(one) == ("0.47", "1.20", "-0.02")
    assert (one.more_below_per_mwh, one.off_above_per_mwh) == (None, Decimal("103.87"))


def test_what_is_drawn_beyond_a_weighed_dispatch_costs_its_penalty() -> None:
    """All ten break even at 103.86, above 60 + 20. Of 27.94 kW 15.94 are beyond 12: 0.32 an hour
    less than the 1.20 of running in full."""
    weighed = replace(
        ERS["ers"],
        obligation=Obligation.FINANCIAL,
        weighed=True,
        penalty_per_mwh=Decimal(20),
    )
    one = explained(at("60", a_site(programs={"ers": weighed}), dispatches=dispatch(12_000)))
    assert (one.reason, one.running) == (Reason.PROFITABLE, 10)
    assert amounts(one) == ("0.88", "0.88", "-0.02")


def test_a_dispatch_that_leaves_no_room_for_a_step_takes_the_hope_from_a_lower_price() -> None:
    site = a_site(programs=ERS)
    tight = explained(at("200", site, dispatches=dispatch(3_018)))
    assert (tight.reason, tight.more_below_per_mwh) == (Reason.UNPROFITABLE, None)
    roomy = explained(at("200", site, dispatches=dispatch(3_019)))
    assert roomy.more_below_per_mwh == Decimal("103.86")


def test_room_goes_to_the_better_group_first() -> None:
    """Both are off. 20 kW have room for all of a, which pays less for its power; b finds none."""
    groups = {"a": Group(), "b": Group(adder_per_mwh=Decimal(10))}
    seen = seen_at(
        Decimal(200),
        a_site(import_limit_w=14_500, groups=groups),
        some("a", "plain", 5) | some("b", "plain", 5),
    )
    assert explained(seen, "a").more_below_per_mwh == Decimal("103.86")
    assert explained(seen, "b").more_below_per_mwh is None
    roomy = replace(seen, site=a_site(import_limit_w=17_000, groups=groups))
    assert explained(roomy, "b").more_below_per_mwh == Decimal("93.86")


def test_where_power_is_lost_on_the_way_the_step_that_starts_first_gets_the_room_too() -> None:
    """Of a MWh at the meter a tenth more has to be paid for at b: it starts below 103.86 / 1.1."""
    groups = {"a": Group(), "b": Group(losses=Decimal("0.1"))}
    both = some("a", "plain", 5) | some("b", "plain", 5)
    seen = seen_at(Decimal(200), a_site(import_limit_w=14_500, groups=groups), both)
    assert explained(seen, "a").more_below_per_mwh == Decimal("103.86")
    assert explained(seen, "b").more_below_per_mwh is None
    roomy = replace(seen, site=a_site(import_limit_w=17_000, groups=groups))
    assert explained(roomy, "b").more_below_per_mwh == Decimal("94.42")


@pytest.mark.parametrize(
    ("said", "reason", "source", "until"),
    [
        ({"orders": order(limit_w=12_000)}, Reason.MANUAL_ORDER, "o by Ada", LATER),
        ({"orders": order(limit_w=9_000, emergency=True)}, Reason.EMERGENCY, "o by Ada", LATER),
        ({"orders": order(hold=True, scope="site")}, Reason.HELD_BY_PERSON, "o by Ada", LATER),
        ({"price_per_mwh": Missing(why="x")}, Reason.PRICE_UNKNOWN, "", None),
        ({"hashprice_per_ph_day": Missing(why="x")}, Reason.HASHPRICE_UNKNOWN, "", None),
        ({"fleet_known": False}, Reason.STARTING, "", None),
    ],
)
def test_the_source_of_what_is_decisive(
    said: dict[str, Any], reason: Reason, source: str, until: Any
) -> None:
    one = explained(at("60", **said))
    assert (one.reason, one.source, one.until) == (reason, source, until)


def test_the_source_of_a_highest_level() -> None:
    seen = at("60", orders=order(level="off"))
    capped = {key: replace(one, ceiling="off") for key, one in seen.cohorts.items()}
    plan = decide(replace(seen, cohorts=capped), State())[0]
    one = plan.explained["a"]
    assert (one.reason, one.source, one.until) == (Reason.MANUAL_ORDER, "o by Ada", LATER)
    assert (one.running, one.more_below_per_mwh, one.less_above_per_mwh) == (0, None, None)


@pytest.mark.parametrize(
    ("group", "reason", "source"),
    [
        (Group(limit_w=12_000), Reason.GROUP_LIMIT, "feeder"),
        (Group(floor_w=9_000, floor_source="pool"), Reason.COMMITMENT, "pool"),
        (Group(heat=Heat(most_w=9_000, source="greenhouse")), Reason.HEAT, "greenhouse"),
        (
            Group(hosting=Hosting(client="Ada & Co", price_per_mwh=Decimal(70))),
            Reason.CONSENT,
            "Ada & Co",
        ),
    ],
)
def test_the_source_of_what_a_group_declares(group: Group, reason: Reason, source: str) -> None:
    price = "60" if group.limit_w else "200"
    one = explained(at(price, a_site(groups={"a": group})))
    assert (one.reason, one.source, one.until) == (reason, source, None)


def test_a_persons_floor_is_named_as_theirs() -> None:
    one = explained(at("200", orders=order(floor_w=9_000)))
    assert (one.reason, one.source, one.until) == (Reason.MANUAL_ORDER, "o by Ada", LATER)
    assert one.runs_w == 11_326


def test_a_floor_keeps_its_steps_at_any_price_and_the_rest_stops() -> None:
    """9 kW are 250 W and 4 steps: no price turns them off, and one above 103.87 stops six."""
    site = a_site(groups={"a": Group(floor_w=9_000)})
    cheap, dear = explained(at("60", site)), explained(at("200", site))
    assert (cheap.less_above_per_mwh, cheap.off_above_per_mwh) == (Decimal("103.87"), None)
    assert (dear.less_above_per_mwh, dear.more_below_per_mwh) == (None, Decimal("103.86"))
    whole = a_site(groups={"a": Group(floor_w=27_000)})
    assert explained(at("60", whole)).less_above_per_mwh is None


def test_a_client_pays_for_standby_too_and_is_stopped_for_money_where_it_agreed() -> None:
    """(70 - 60) x 0.02794 = 0.28; standing still (70 - 60) x 0.00025 = 0.00."""
    terms = Hosting(client="c", price_per_mwh=Decimal(70), consent=Consent.PRICE)
    site = a_site(groups={"a": Group(hosting=terms)})
    assert amounts(explained(at("60", site))) == ("0.28", "0.28", "0.00")
    assert explained(at("60", site)).off_above_per_mwh == Decimal("70.00")
    off = explained(at("200", site))
    assert amounts(off) == ("-0.03", "-3.63", "-0.03")
    assert off.more_below_per_mwh == Decimal("70.00")
    unknown = explained(at("200", site, hashprice_per_ph_day=Missing(why="x")))
    assert amounts(unknown) == amounts(off)
    assert unknown.more_below_per_mwh is None


def test_a_client_that_did_not_agree_runs_at_any_price() -> None:
    terms = Hosting(client="c", price_per_mwh=Decimal(70))
    one = explained(at("200", a_site(groups={"a": Group(hosting=terms)})))
    assert amounts(one) == ("-3.63", "-3.63", "-0.03")
    assert (one.less_above_per_mwh, one.off_above_per_mwh, one.running) == (None, None, 10)


def test_without_a_fresh_price_no_amount_is_told() -> None:
    old = Stale(value=Decimal(60), at=NOW)
    for seen in (at("60", price_per_mwh=old), at("60", hashprice_per_ph_day=old)):
        one = explained(seen)
        assert amounts(one) == ("None", "None", "None")
        assert (one.off_above_per_mwh, one.more_below_per_mwh) == (None, None)


def test_a_person_who_holds_the_site_takes_money_out_of_it() -> None:
    one = explained(at("200", orders=order(hold=True, scope="site")))
    assert (one.running, amounts(one)) == (10, ("-2.71", "-2.71", "-0.05"))
    assert (one.off_above_per_mwh, one.more_below_per_mwh) == (None, None)


def test_the_best_way_of_running_is_the_level_that_pays() -> None:
    """At 95 the second step of "three" does not pay: 5 x 0.1658 - 5 x 0.001414 x 95 = 0.16."""
    seen = seen_at(Decimal(95), a_site(), some("a", "three", 5))
    one = explained(seen)
    assert (one.runs_w, one.curtailed_w, one.reason) == (7_070, 6_900, Reason.UNPROFITABLE)
    assert amounts(one) == ("0.16", "0.16", "-0.01")
    assert (one.more_below_per_mwh, one.less_above_per_mwh) == (
        Decimal("88.29"),
        Decimal("119.34"),
    )


def test_the_pool_of_which_most_is_off_speaks_for_its_group() -> None:
    """At 110 "three" runs its first step and "plain" nothing; a lock on more miners speaks then."""
    few = some("a", "plain", 2) | some("a", "three", 9)
    one = explained(seen_at(Decimal(110), a_site(), few))
    assert (one.runs_w, one.miners, one.running) == (2 * 25 + 9 * 1_414, 11, 9)
    assert one.off_above_per_mwh == Decimal("119.34")
    assert one.more_below_per_mwh == Decimal("103.86")


def test_a_locked_group_names_who_locked_it() -> None:
    lock = MaintenanceLock(id="a", place="a", person="Ada", why="test", since=NOW)
    seen = at("60", locks={"a": lock})
    seen = replace(
        seen,
        cohorts={
            key: replace(one, standing=Standing.LOCKED, level="off", power_w=250)
            for key, one in seen.cohorts.items()
        },
        meters_w={"site": Fresh(value=250, at=NOW)},
    )
    one = explained(seen)
    assert (one.reason, one.source, one.miners) == (Reason.MAINTENANCE_LOCK, "Ada", 0)


def test_a_silent_meter_lets_money_stop_and_nothing_start() -> None:
    site = a_site(meter_silence=MeterSilence(safe_w=50_000, after_s=60))
    silent = {"meters_w": {"site": Stale(value=27_940, at=NOW - timedelta(hours=1))}}
    heard = State(meter_heard_at=NOW - timedelta(hours=1))
    running = explained(at("60", site, **silent), state=heard)
    assert (running.off_above_per_mwh, running.more_below_per_mwh) == (Decimal("103.87"), None)
    assert running.reason is Reason.METER_SILENT
    assert running.source == "silent site meter"


def test_what_money_keeps_off_is_off_for_money_in_a_silence_too() -> None:
    """The same as the plan says of the load that is off."""
    idle = seen_at(Decimal(200), a_site(), some("a", "plain", 10, "off"))
    plan = decide(replace(idle, meters_w={"site": Stale(value=250, at=NOW)}), State())[0]
    assert plan.curtailed.keys() == {Reason.UNPROFITABLE}
    one = plan.explained["a"]
    assert (one.reason, one.more_below_per_mwh) == (Reason.UNPROFITABLE, None)


def test_fans_are_waited_for_until_they_have_run_long_enough() -> None:
    fans = Cooling(power_w=500, before_s=120)
    idle = seen_at(
        Decimal(60), a_site(groups={"a": Group(cooling=fans)}), some("a", "plain", 3, "off")
    )
    told = decide(idle, State())[1]
    one = explained(idle, state=told)
    assert (one.reason, one.until) == (Reason.COOLING, NOW + timedelta(seconds=120))


def silent_at(group: str) -> dict[str, Any]:
    """The meter of a group has fallen silent: nothing starts there."""
    return {group: Stale(value=250, at=NOW)}


def test_where_silence_keeps_all_off_no_price_turns_anything() -> None:
    idle = seen_at(Decimal(60), a_site(), some("a", "plain", 10, "off"))
    one = decide(replace(idle, meters_w={**idle.meters_w, **silent_at("a")}), State())[0]
    found = one.explained["a"]
    assert (found.reason, found.running) == (Reason.METER_SILENT, 0)
    assert (found.more_below_per_mwh, found.less_above_per_mwh) == (None, None)
    assert found.off_above_per_mwh is None


def test_who_keeps_a_floor_because_silence_keeps_others_from_it_names_the_floor() -> None:
    """A step of a would lose less, 104 less 200, than one of b, which pays 20 more. The others of b
    start where that pays, below 104 less 20: those of a keep nothing then either."""
    groups = {"a": Group(), "b": Group(adder_per_mwh=Decimal(20))}
    seller = {"ffr": replace(ERS["ers"], reserve_w=2_000)}
    both = some("a", "plain", 5, "off") | some("b", "plain", 5)
    seen = seen_at(Decimal(200), a_site(groups=groups, programs=seller), both)
    one = explained(replace(seen, meters_w={**seen.meters_w, **silent_at("a")}), "b")
    assert (one.reason, one.source, one.running) == (Reason.RESERVE, "ffr", 1)
    assert (one.more_below_per_mwh, one.off_above_per_mwh) == (Decimal("83.86"), None)


def test_who_runs_on_at_a_loss_for_its_minimum_time_would_start_at_no_price() -> None:
    two = some("a", "plain", 2)
    seen = replace(seen_at(Decimal(200), a_site(), two), cohorts={}, moving=two)
    one = decide(seen, State(motions=resting(two)))[0].explained["a"]
    assert (one.running, one.more_below_per_mwh) == (2, None)


def test_a_silent_group_takes_no_room_from_the_prices_of_others() -> None:
    """Of 10 kW b has 5.6; a, which may not start, would be the better one to have it."""
    groups = {"a": Group(), "b": Group(adder_per_mwh=Decimal(20))}
    both = some("a", "plain", 3, "off") | some("b", "plain", 2)
    seen = seen_at(Decimal(60), a_site(import_limit_w=10_000, groups=groups), both)
    one = explained(replace(seen, meters_w={**seen.meters_w, **silent_at("a")}), "b")
    assert (one.running, one.less_above_per_mwh) == (2, Decimal("83.87"))


def test_power_lost_on_the_way_to_others_takes_no_price_from_a_group_that_no_limit_cuts() -> None:
    """The feeder of b cuts, and b alone; what is lost on its way changes nothing for a."""
    groups = {"a": Group(), "b": Group(losses=Decimal("0.1"), limit_w=6_000)}
    both = some("a", "plain", 5) | some("b", "plain", 5)
    seen = seen_at(Decimal(60), a_site(groups=groups), both)
    assert explained(seen, "a").off_above_per_mwh == Decimal("103.87")
    assert explained(seen, "b").off_above_per_mwh == Decimal("94.43")


def test_a_dispatch_to_come_takes_no_price_from_those_who_are_not_told_of_it_yet() -> None:
    """It begins in five minutes, and they stop within 30 s."""
    start = NOW + timedelta(minutes=5)
    soon = {"ers-1": replace(dispatch(12_000)["ers-1"], start=start)}
    one = explained(at("200", a_site(programs=ERS), dispatches=soon))
    assert one.more_below_per_mwh == Decimal("103.86")


def test_no_price_is_named_for_a_start_whose_fans_find_no_room() -> None:
    # Beside 2,000 W of fans and 25 of standby 2,769 have room from 4,794 W on.
    for limit_w, named in ((4_793, None), (4_794, Decimal("103.86"))):
        fans = Group(cooling=Cooling(power_w=2_000), limit_w=limit_w)
        seen = seen_at(Decimal(200), a_site(groups={"a": fans}), some("a", "plain", 1, "off"))
        assert explained(seen).more_below_per_mwh == named
