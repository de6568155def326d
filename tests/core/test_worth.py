"""What groups earn, by hand.

Ten miners of the curve "plain" draw 27.94 kW and hash 1,218 TH/s, ten of "three" the same, or 14.14
kW for 702 TH/s at the lower level. Standby is 0.25 kW. At 60 USD/PH/day a TH/s earns 0.0025 USD an
hour: "plain" breaks even at 109.97 USD/MWh, the steps of "three" at 126.35 and 93.48.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.model.fleet import MinerSeen
from controller.model.grid import Dispatch
from controller.model.plan import Explanation
from controller.model.quality import Fresh
from controller.model.remembered import Unpaid
from controller.model.seen import State
from controller.model.site import Economics, Group
from controller.model.tariff import Consent, Hosting
from controller.reasons import Reason
from tests.core.cases.sites import NOW
from tests.core.contracts import dispatch, weighed
from tests.core.sites_at_a_loss import fleet, plan_of, seen, site

TEN, TEN_OF_THREE = fleet("a", "plain", 10), fleet("a", "three", 10)
UNPAID = State(unpaid={"a": Unpaid(since=NOW - timedelta(hours=1))})


def explained(
    price: str,
    miners: Mapping[str, MinerSeen] = TEN,
    group: Group | None = None,
    *,
    hashprice: str = "60",
    state: State | None = None,
    dispatches: Mapping[str, Dispatch] | None = None,
    **said: Any,
) -> Explanation:
    """The explanation of group a."""
    declared = site(groups={"a": group or Group(), "b": Group()}, **said)
    market = Fresh(value=Decimal(price), at=NOW, until=NOW + timedelta(minutes=15))
    snapshot = seen(
        declared,
        miners,
        price_per_mwh=market,
        hashprice_per_ph_day=Fresh(value=Decimal(hashprice), at=NOW),
        dispatches=dispatches or {},
    )
    return plan_of(snapshot, state).explained["a"]


def amounts(one: Explanation) -> tuple[str, str, str]:
    """As planned, if all ran, if all stood still."""
    found = (one.earns_per_hour, one.if_running_per_hour, one.if_stopped_per_hour)
    return str(found[0]), str(found[1]), str(found[2])


@pytest.mark.parametrize(("fee", "earns"), [("0", "10.50"), ("0.02", "10.26")])
def test_hashes_earn_the_hashprice_less_the_fee_of_the_pool(fee: str, earns: str) -> None:
    """At 240 USD/PH/day 1,218 TH/s earn 12.18 an hour; their power costs 0.02794 x 60 = 1.68."""
    economics = Economics(pool_fee=Decimal(fee))
    one = explained("60", hashprice="240", economics=economics)
    assert amounts(one) == (earns, earns, "-0.02")


def test_what_stands_still_pays_for_its_standby_alone() -> None:
    """0.25 kW at 9,000: 2.25. Running would cost 0.02794 x 9,000 = 251.46 and earn 3.05."""
    assert amounts(explained("9000")) == ("-2.25", "-248.42", "-2.25")


def test_less_than_half_a_cent_is_nothing() -> None:
    """One miner at standby costs 0.0015 an hour; to run it earns 0.3045 - 0.16764."""
    assert amounts(explained("60", fleet("a", "plain", 1))) == ("0.14", "0.14", "0.00")


def test_amounts_are_of_the_miners_that_can_be_told_something() -> None:
    """Two of ten cannot be reached: eight earn 2.436 - 0.022352 x 60."""
    lost = [f"a-plain-default{number:02}" for number in (3, 7)]
    miners = {name: replace(one, reachable=name not in lost) for name, one in TEN.items()}
    one = explained("60", miners)
    assert (one.miners, one.runs_w, one.curtailed_w) == (8, 27_940, 0)
    assert amounts(one) == ("1.09", "1.09", "-0.01")


def test_each_runs_at_the_level_that_earns_most() -> None:
    """At 60 both steps of "three" pay, 3.045 - 1.6764; at 100 the first alone, 1.755 - 1.414."""
    assert amounts(explained("60", TEN_OF_THREE)) == ("1.37", "1.37", "-0.02")
    assert amounts(explained("100", TEN_OF_THREE)) == ("0.34", "0.34", "-0.02")


@pytest.mark.parametrize(
    ("price", "found"),
    [
        # One asks on, at the lower level: it and the standby of nine draw 1.639 kW.
        ("60", ("-0.10", "-0.85", "-0.02")),
        ("-50", ("1.40", "1.40", "0.01")),
    ],
)
def test_without_income_power_alone_says_how_to_run(
    price: str, found: tuple[str, str, str]
) -> None:
    """14.14 kW cost least where power costs anything, 27.94 kW bring in most where it is paid."""
    group = Group(income_lost_after_s=600)
    assert amounts(explained(price, TEN_OF_THREE, group, state=UNPAID)) == found


@pytest.mark.parametrize(("price", "running"), [("71", "-0.14"), ("69", "0.28")])
def test_a_clients_power_alone_says_how_to_run(price: str, running: str) -> None:
    """The client pays 70 for the power of a hundred: 1 less than it costs for 141.4 kW at the lower
    level, or 1 more for 279.4 kW in full."""
    terms = Hosting(client="Ada", price_per_mwh=Decimal(70), consent=Consent.PRICE)
    one = explained(price, fleet("a", "three", 100), Group(hosting=terms))
    assert one.if_running_per_hour == Decimal(running)


def down_to(limit_w: int, penalty: int) -> dict[str, Any]:
    """A dispatch that is weighed against money."""
    called = dispatch("d", limit_w, program="ers")
    return {"programs": {"ers": weighed(penalty)}, "dispatches": {"d": called}}


def test_who_keeps_within_a_weighed_dispatch_pays_no_penalty() -> None:
    assert amounts(explained("60", **down_to(27_940, 20_000))) == ("1.37", "1.37", "-0.02")


def test_a_penalty_is_for_what_the_group_draws_more_itself() -> None:
    """Each of two groups draws 27.94 kW, and 12 kW are allowed. Without a, but for its standby,
    16.19 kW would lie beyond; with it 43.88 do. It pays for 27.69 kW: 0.55 of 1.37."""
    both = TEN | fleet("b", "plain", 10)
    assert amounts(explained("60", both, **down_to(12_000, 20))) == ("0.81", "0.81", "-0.02")


def test_at_what_the_client_pays_a_step_breaks_even_and_counts_as_running() -> None:
    """27.94 kW in full lie 15.94 kW beyond the dispatch, at 20 a MWh: 0.32."""
    terms = Hosting(client="Ada", price_per_mwh=Decimal(60), consent=Consent.PRICE)
    one = explained("60", TEN_OF_THREE, Group(hosting=terms), **down_to(12_000, 20))
    assert one.if_running_per_hour == Decimal("-0.32")


@pytest.mark.parametrize(
    ("kinds", "reason"),
    [
        # At 100 "plain" runs in full, a step of "three" and all of "old" do not pay.
        (("plain", "three"), Reason.UNPROFITABLE),
        (("old", "plain"), Reason.UNPROFITABLE),
    ],
)
def test_the_pool_of_which_most_is_off_speaks(kinds: tuple[str, str], reason: Reason) -> None:
    one, other = kinds
    miners = fleet("a", one, 3) | fleet("a", other, 3)
    assert explained("100", miners).reason is reason


def test_of_pools_of_which_nothing_is_off_the_one_that_runs_speaks() -> None:
    locked = {name: replace(one, locked=True) for name, one in fleet("a", "three", 3).items()}
    assert explained("60", TEN | locked).reason is Reason.PROFITABLE
