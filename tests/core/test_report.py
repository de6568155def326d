"""A plan as it is told: figures of the site and of its pools, by hand.

At 60 USD/PH/day the steps of "three" break even at 126.35 USD/MWh and at 0.0516 PH/s x 2.5 USD an
hour / 0.00138 MWh = 93.48.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.model.fleet import OFF, MinerSeen, Stage, Standing
from controller.model.grid import SITE, ManualOrder
from controller.model.plan import Allocation, Plan
from controller.model.quality import Fresh, Missing
from controller.model.seen import State
from controller.model.site import Economics, Group
from tests.core.cases.sites import NOW
from tests.core.movable import FULL_W, cohort, motion
from tests.core.movable import seen as seen_of
from tests.core.sites_at_a_loss import fleet, plan_of, seen, site


def planned(price: str, off: int = 0, state: State | None = None, **said: Any) -> Plan:
    """For ten miners of "three", of which all run in full that are not `off`."""
    market = Fresh(value=Decimal(price), at=NOW)
    declared = site(groups={"a": Group()}, **said.pop("site", {}))
    miners = {
        name: replace(one, ceiling=said.get("ceiling", ""))
        for name, one in fleet("a", "three", 10 - off, off).items()
    }
    hashprice = said.get("hashprice", Fresh(value=Decimal(60), at=NOW))
    plain = seen(declared, miners, price_per_mwh=market, hashprice_per_ph_day=hashprice)
    return plan_of(replace(plain, **said.get("more", {})), state)


def of_three(plan: Plan) -> Allocation:
    (one,) = plan.allocations.values()
    return one


@pytest.mark.parametrize(("price", "next_one"), [("60", None), ("100", "93.48"), ("200", "126.35")])
def test_the_break_even_of_the_best_step_that_does_not_run(
    price: str, next_one: str | None
) -> None:
    found = of_three(planned(price)).next_break_even_per_mwh
    assert found == (None if next_one is None else Decimal(next_one))


def test_without_a_hashprice_no_break_even_is_known() -> None:
    """What may run is the first step, as before; five are off."""
    before = State(running={"a/three": 1})
    one = planned("60", off=5, state=before, hashprice=Missing(why="silent"))
    assert of_three(one).next_break_even_per_mwh is None


def test_a_ceiling_is_named_where_people_set_one() -> None:
    assert of_three(planned("60")).ceiling == ""
    one = of_three(planned("60", ceiling="340MHz"))
    assert (one.ceiling, one.counts) == ("340MHz", {"340MHz": 10})


def test_the_price_of_one_more_mwh_is_told_with_what_all_of_the_site_pays() -> None:
    economics = Economics(adder_per_mwh=Decimal(4), tax=Decimal("0.5"))
    assert planned("60", site={"economics": economics}).marginal_price_per_mwh == Decimal(96)


@pytest.mark.parametrize(("limit_w", "short_w"), [(251, 0), (250, 0), (249, 1)])
def test_a_limit_falls_short_of_what_standby_draws_beyond_it(limit_w: int, short_w: int) -> None:
    plan = planned("60", site={"import_limit_w": limit_w})
    assert (plan.limit_w, plan.target_w, plan.shortfall_w) == (limit_w, 250, short_w)


def test_the_target_is_of_the_site_with_what_else_it_draws_and_the_limit_the_lowest() -> None:
    """An order allows 20 kW, others draw 1. Beside 250 W of standby 18,750 are left: for all ten
    first steps of 1,389 W and three second ones of 1,380 W."""
    until = NOW + timedelta(hours=1)
    order = ManualOrder(
        id="o",
        scope=SITE,
        limit_w=20_000,
        person="Ada",
        why="test",
        issued_at=NOW,
        until=until,
    )
    drawn_w = Fresh(value=28_940, at=NOW)
    plan = planned("60", more={"orders": {"o": order}, "meters_w": {SITE: drawn_w}})
    assert (plan.limit_w, plan.target_w) == (20_000, 1_000 + 250 + 10 * 1_389 + 3 * 1_380)


def test_those_that_cannot_be_moved_are_counted_whatever_keeps_them() -> None:
    """Of ten, one has failed to stop, two are locked and three cannot be reached."""
    snapshot = seen_of(
        cohort("on", "default", 4),
        cohort("locked", OFF, 2, Standing.LOCKED),
        cohort("lost", "default", 3, Standing.UNREACHABLE),
        moving={"m": MinerSeen(group="a", curve="plain", level="default", power_w=FULL_W, at=NOW)},
        meters_w={SITE: Fresh(value=8 * FULL_W + 2 * 25, at=NOW)},
    )
    failed = motion(Stage.FAILED, OFF, "default", rest_s=600)
    plan = plan_of(snapshot, State(motions={"m": failed}))
    (one,) = plan.allocations.values()
    assert (one.counts, one.held) == ({"default": 4}, 6)
