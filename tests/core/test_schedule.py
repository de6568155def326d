"""When the next look is asked for: at the first moment known at which the plan may change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.core.schedule import next_look
from controller.model.fleet import CONFIRMED, FAILED, OFF, SENT, Command, Motion
from controller.model.grid import SITE, ManualOrder
from controller.model.quality import Fresh
from controller.model.remembered import CoolingState
from controller.model.rules import Cooling
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Pacing
from controller.reasons import Reason
from tests.core.cases.sites import NOW
from tests.core.paced_sites import CHEAP, dispatch, hall, later, looked

SETTLE_S = 300
"""What these sites declare."""
HOUR_S = 3_600
Case = Callable[[float], tuple[Snapshot, State]]


def site(groups: Mapping[str, Group] | None = None, **more: Any) -> Snapshot:
    """Where nothing is known to come."""
    return replace(looked({}, Pacing(), groups=groups), **more)


def asked_after_s(seen: Snapshot, state: State, *waits: float) -> float:
    at = next_look(seen, state, [later(seconds) for seconds in waits])
    return (at - NOW).total_seconds()


def dispatch_starts(seconds: float) -> tuple[Snapshot, State]:
    return site(dispatches={"d": replace(dispatch(0), start=later(seconds))}), State()


def dispatch_ends(seconds: float) -> tuple[Snapshot, State]:
    one = replace(dispatch(0), start=later(-HOUR_S), end=later(seconds))
    return site(dispatches={"d": one}), State()


def somebody_is_told_ahead(seconds: float) -> tuple[Snapshot, State]:
    """Miners that take an hour to stop are told so long before a dispatch starts."""
    one = replace(dispatch(0), start=later(HOUR_S + seconds))
    slow = {"a": Group(stop_within_s=HOUR_S)}
    miners = looked(hall("a", 1, "default"), Pacing()).cohorts
    return site(slow, dispatches={"d": one}, cohorts=miners), State()


def ordered(issued_s: float, until_s: float) -> tuple[Snapshot, State]:
    one = ManualOrder(
        id="o",
        scope=SITE,
        limit_w=0,
        person="Ada",
        why="a test",
        issued_at=later(issued_s),
        until=later(until_s),
    )
    return site(orders={"o": one}), State()


def order_begins(seconds: float) -> tuple[Snapshot, State]:
    return ordered(seconds, HOUR_S)


def order_ends(seconds: float) -> tuple[Snapshot, State]:
    return ordered(-HOUR_S, seconds)


def income_counts_as_lost(seconds: float) -> tuple[Snapshot, State]:
    paid_at = {"a": later(seconds - 900)}
    return site({"a": Group(income_lost_after_s=900)}, paid_at=paid_at), State()


def price_ends(seconds: float) -> tuple[Snapshot, State]:
    return site(price_per_mwh=Fresh(value=CHEAP, at=NOW, until=later(seconds))), State()


def hashprice_ends(seconds: float) -> tuple[Snapshot, State]:
    hashprice = Fresh(value=Decimal(60), at=NOW, until=later(seconds))
    return site(hashprice_per_ph_day=hashprice), State()


def told(**how: Any) -> State:
    one = Motion(
        command=Command(id="c", miner="m", level=OFF, reason=Reason.DISPATCH, at=later(-HOUR_S)),
        group="a",
        curve="plain",
        from_level="default",
        proven_w=0,
        **how,
    )
    return State(motions={"m": one})


def deadline_passes(seconds: float) -> tuple[Snapshot, State]:
    return site(), told(stage=SENT, deadline=later(seconds))


def rest_ends(seconds: float) -> tuple[Snapshot, State]:
    return site(), told(stage=CONFIRMED, deadline=later(-9), rest_until=later(seconds))


def next_try_is_due(seconds: float) -> tuple[Snapshot, State]:
    return site(), told(stage=FAILED, deadline=later(-9), rest_until=later(seconds))


def power_has_settled(seconds: float) -> tuple[Snapshot, State]:
    return site(), State(moved_at=later(seconds - SETTLE_S))


def blown(**fans: Any) -> tuple[Snapshot, State]:
    cooled = {"a": Group(cooling=Cooling(power_w=400, before_s=90, after_s=120))}
    return site(cooled), State(cooling={"a": CoolingState(**fans)})


def fans_have_run_long_enough(seconds: float) -> tuple[Snapshot, State]:
    return blown(on_since=later(seconds - 90))


def fans_may_rest(seconds: float) -> tuple[Snapshot, State]:
    return blown(on_since=later(-HOUR_S), idle_since=later(seconds - 120))


CASES = [
    dispatch_starts,
    dispatch_ends,
    somebody_is_told_ahead,
    order_begins,
    order_ends,
    income_counts_as_lost,
    price_ends,
    hashprice_ends,
    deadline_passes,
    rest_ends,
    next_try_is_due,
    power_has_settled,
    fans_have_run_long_enough,
    fans_may_rest,
]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(
    ("seconds", "asked_s"), [(-1, 60), (0, 60), (0.5, 0.5), (40, 40), (59, 59), (61, 60)]
)
def test_it_is_when_that_happens_and_after_a_minute_at_the_latest(
    case: Case, seconds: float, asked_s: float
) -> None:
    """What happens now is in the plan already."""
    assert asked_after_s(*case(seconds)) == asked_s


def test_where_nothing_is_known_to_come_it_is_after_a_minute() -> None:
    assert asked_after_s(site(), State()) == 60
    assert asked_after_s(site(), told(stage=CONFIRMED, deadline=later(40))) == 60


def test_it_is_when_the_first_that_waits_has_its_turn_or_something_happens_before() -> None:
    assert asked_after_s(site(), State(), 50, 30, 45, -5, 0) == 30
    assert asked_after_s(*rest_ends(20), 30) == 20
