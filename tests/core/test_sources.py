"""Which order, limit or dispatch an explanation names, and until when miners rest."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from controller.core.limits.ceilings import Ceilings
from controller.model.fleet import OFF, MinerSeen, Stage
from controller.model.grid import ManualOrder
from controller.model.plan import Bound, Explanation
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW
from tests.core.paced_sites import dispatch, hall, later, miner
from tests.core.test_causes import DEAR, LOW, TOP, moving, planned, seen_of, told

ENDS = later(2_400)


def order(name: str, person: str, **said: Any) -> ManualOrder:
    plain: dict[str, Any] = {"scope": "a", "why": "test", "issued_at": NOW, "until": ENDS}
    return ManualOrder(id=name, person=person, **plain | said)


def capped(level: str, orders: list[ManualOrder]) -> dict[str, MinerSeen]:
    """Four of "three" that stand at a level, under the ceilings that people put on them."""
    ceilings = Ceilings([one for one in orders if one.in_force(NOW)], CURVES)
    return {
        name: replace(one, ceiling=ceilings.of(name, "a", "three"))
        for name, one in hall("a", 4, level, curve="three").items()
    }


def explained(level: str, *orders: ManualOrder, **more: Any) -> Explanation:
    ordered = {one.id: one for one in orders}
    seen = seen_of(capped(level, list(orders)), orders=ordered, **more)
    return planned(seen).explained["a"]


def said(one: Explanation) -> tuple[Reason, Bound | None, str, object]:
    return one.reason, one.bound, one.source, one.until


@pytest.mark.parametrize(
    "other",
    [
        order("o-1", "Bob", limit_w=50_000),
        order("o-1", "Bob", level=OFF, scope="b"),
        order("o-1", "Bob", level=OFF, scope="a9"),
        order("o-1", "Bob", level=OFF, until=NOW),
        order("o-1", "Bob", level=OFF, issued_at=later(1)),
        order("o-1", "Bob", level=TOP),
        order("o-3", "Bob", level=LOW),
    ],
)
def test_the_order_whose_level_holds_is_named(other: ManualOrder) -> None:
    """Not one that has room, is for others, is over or to come, or allows more; and of two that
    allow the same the first."""
    found = explained(LOW, other, order("o-2", "Ada", level=LOW))
    assert said(found) == (Reason.MANUAL_ORDER, Bound.LIMIT, "o-2 by Ada", ENDS)


def test_the_lowest_level_is_named_whatever_it_is_for() -> None:
    site, group = order("o-1", "Bob", level=LOW, scope="site"), order("o-2", "Ada", level=OFF)
    assert explained(OFF, site, group).source == "o-2 by Ada"
    assert (
        explained(OFF, replace(site, level=OFF), replace(group, level=LOW)).source == "o-1 by Bob"
    )


def test_what_a_person_ordered_of_single_miners_is_named_too() -> None:
    """The pool of which most is off speaks for its group: here those of the single orders."""
    single = [order(f"o-{k}", "Ada", level=OFF, scope=f"a{k}") for k in (3, 2, 1)]
    assert explained(LOW, order("o-0", "Bob", level=LOW), *single).source == "o-1 by Ada"
    assert explained(LOW, order("o-0", "Bob", level=LOW), single[0]).source == "o-0 by Bob"


def test_it_is_named_while_the_miner_rests_after_it_too() -> None:
    stopped = told("a0", OFF, 300), replace(miner("a", OFF), ceiling=OFF)
    ordered = {"o-1": order("o-1", "Ada", level=OFF, scope="a0")}
    found = planned(*moving(seen_of({}, orders=ordered), stopped)).explained["a"]
    assert said(found) == (Reason.MANUAL_ORDER, Bound.LIMIT, "o-1 by Ada", ENDS)


def test_where_the_order_of_a_ceiling_is_known_no_more_nobody_is_named() -> None:
    found = planned(seen_of(capped(LOW, [order("o-1", "Ada", level=LOW)]))).explained["a"]
    assert said(found) == (Reason.MANUAL_ORDER, Bound.LIMIT, "", None)


def test_a_limit_that_cuts_below_a_highest_level_is_named() -> None:
    """3 kW have room for two at 1,414 W beside two at 25; all four may run there."""
    level, limit = order("o-1", "Ada", level=LOW), order("o-2", "Bob", limit_w=3_000)
    found = explained(LOW, level, limit)
    assert said(found) == (Reason.MANUAL_ORDER, Bound.LIMIT, "o-2 by Bob", ENDS)


def test_a_dispatch_that_cuts_below_a_highest_level_is_named() -> None:
    called = {"ers-1": replace(dispatch(3_000), end=ENDS)}
    found = explained(LOW, order("o-1", "Ada", level=LOW), dispatches=called)
    assert said(found) == (Reason.DISPATCH, Bound.LIMIT, "ers-1", ENDS)


def test_a_dispatch_to_come_that_will_cut_below_it_is_named_without_an_end() -> None:
    """They take up to 30 s to come down and are told 20 s before it starts."""
    soon = {"ers-1": replace(dispatch(3_000), start=later(20))}
    found = explained(LOW, order("o-1", "Ada", level=LOW), dispatches=soon)
    assert said(found) == (Reason.DISPATCH, Bound.LIMIT, "ers-1", None)


def test_a_group_rests_until_its_last_miner_has() -> None:
    off = [
        (told(f"a{k}", OFF, rests_s), miner("a", OFF)) for k, rests_s in enumerate((60, 300, 90))
    ]
    found = planned(*moving(seen_of({}), *off)).explained["a"]
    assert said(found) == (Reason.MINIMUM_OFF, None, "", later(300))


def test_a_group_is_kept_on_until_its_last_miner_has_run_long_enough() -> None:
    """Who rests after a stop is none of them, nor is another group's."""
    on = [(told(f"a{k}", TOP, rests_s), miner("a", TOP)) for k, rests_s in enumerate((60, 300, 90))]
    others = [
        (told("a3", OFF, 900), miner("a", OFF)),
        (told("b0", TOP, 800, group="b"), miner("b", TOP)),
    ]
    found = planned(*moving(seen_of({}, DEAR), *on, *others)).explained["a"]
    assert said(found) == (Reason.MINIMUM_ON, None, "", later(300))


@pytest.mark.parametrize(
    "other",
    [
        {"stage": Stage.FAILED},
        {"reason": Reason.CONTESTED},
    ],
)
def test_who_was_given_up_or_is_contested_rests_for_something_else(other: dict[str, Any]) -> None:
    stopped = told("a0", OFF, 300), miner("a", OFF)
    beyond_reach = told("a1", OFF, 900, **other), miner("a", TOP)
    found = planned(*moving(seen_of({}), stopped, beyond_reach)).explained["a"]
    assert said(found) == (Reason.MINIMUM_OFF, None, "", later(300))


def test_when_one_that_refused_to_rise_is_told_again_says_nothing_of_who_is_kept_on() -> None:
    """Money lowers it at once."""
    how: dict[str, Any] = {"curve": "three", "from_level": LOW, "proven_w": 1_414}
    started = told("a0", TOP, 300, **how), miner("a", TOP, curve="three")
    refused = (
        told("a1", TOP, 900, stage=Stage.FAILED, **how),
        miner("a", LOW, curve="three"),
    )
    found = planned(*moving(seen_of({}, DEAR), started, refused)).explained["a"]
    assert said(found) == (Reason.MINIMUM_ON, None, "", later(300))
