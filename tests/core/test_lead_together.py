"""Lowering ahead of a dispatch beside what else holds: other dispatches of that start, reserves,
largest steps, what is learned on the way, and the books."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.core.books.held import hold
from controller.core.decide import decide
from controller.core.planning.lead import AHEAD, coming
from controller.core.pools.cohorts import cohorts
from controller.model.fleet import OFF
from controller.model.grid import SITE, Dispatch
from controller.model.plan import Plan
from controller.model.quality import Fresh
from controller.model.remembered import Learned
from controller.model.seen import State
from controller.model.site import Site
from controller.reasons import Reason
from tests.core.contracts import NOW, program
from tests.core.test_lead import FULL_W, HALLS, OFF_W, TEN, after, coming_in, decided, seen, told

SLOW, FAST = sorted(TEN)[5:], sorted(TEN)[:5]


def at_site(site: Site, *known: Dispatch, **changes: Any) -> Plan:
    return decide(replace(seen(*known), site=site, **changes), State())[0]


def test_all_that_begin_at_one_of_the_next_starts_are_looked_at() -> None:
    """However many there are, and the strictest may be the last by name."""
    milder = [coming_in(20, 9 * FULL_W + n, name=f"e-{n}") for n in range(AHEAD)]
    strictest = coming_in(20, 0, name="e-9")
    assert told(decided(*milder, strictest)) == sorted(TEN)
    later = [coming_in(21 + n, name=f"l-{n}") for n in range(AHEAD)]
    found = coming(seen(*later, *milder, strictest), NOW)
    assert [one.id for one in found] == [*(one.id for one in milder), "e-9", "l-0", "l-1", "l-2"]


SELLER = replace(
    HALLS, programs={"a": program(reserve_w=3 * (FULL_W - OFF_W)), "b": program(reserve_w=5_000)}
)


@pytest.mark.parametrize(("seconds", "left"), [(241, ["a", "b"]), (240, ["b"]), (0, ["b"])])
def test_a_reserve_is_being_delivered_from_its_lead_on(seconds: int, left: list[str]) -> None:
    """What goes ahead because its program called for it is not missing from what was sold."""
    assert list(at_site(SELLER, coming_in(seconds)).reserves) == left


def test_who_goes_ahead_is_decided_without_the_reserve_that_is_called() -> None:
    """The reserve has to go within a minute: the fast hold it. Once it is called it is none any
    more, and the slow, whose power is cheaper, are those that stay on for the five that fit."""
    groups = {**HALLS.groups, "fast": replace(HALLS.groups["fast"], adder_per_mwh=Decimal(9))}
    sold = program(reserve_w=5 * (FULL_W - OFF_W), response_s=60)
    site = replace(HALLS, groups=groups, programs={"a": sold})
    fits_w = 5 * FULL_W + 5 * OFF_W
    assert told(at_site(site, coming_in(240, fits_w))) == []
    assert told(at_site(site, coming_in(0, fits_w))) == FAST


@pytest.mark.parametrize(("seconds", "groups"), [(60, SLOW), (50, SLOW + FAST), (51, SLOW)])
def test_steps_in_which_the_site_may_come_down_take_their_time(
    seconds: int, groups: list[str]
) -> None:
    """Five fast ones, 2.8 kW each, two in 6 kW: at 0, 10 and 20 s. The last takes 30 s."""
    pacing = replace(HALLS.pacing, largest_step_down_w=6_000, step_s=10)
    asleep = {name: replace(TEN[name], level=OFF, power_w=OFF_W) for name in SLOW}
    awake = {name: TEN[name] for name in FAST}
    site, meter = replace(HALLS, pacing=pacing), Fresh(value=5 * FULL_W, at=NOW)
    plan = at_site(
        site,
        coming_in(seconds, 10 * OFF_W),
        cohorts=cohorts(asleep | awake),
        meters_w={SITE: meter},
    )
    assert len(told(plan)) == (2 if groups != SLOW else 0)


def test_whoever_was_told_ahead_stays_down_though_it_turned_out_quicker() -> None:
    """Told 240 s ahead and down in 5: load that goes ahead is the dispatch's, and rests."""
    one = coming_in(240)
    plan, state, _ = decide(seen(one), State())
    assert told(plan) == SLOW
    at = NOW + timedelta(seconds=5)
    down = {name: replace(TEN[name], level=OFF, power_w=OFF_W, at=at) for name in SLOW}
    fast = {name: TEN[name] for name in FAST}
    quick = State(
        motions=state.motions,
        moved_at=state.moved_at,
        next_command=state.next_command,
        learned={"slow/plain": Learned(stops=(0, 0, 0, 20))},
    )
    snapshot = replace(seen(one), now=at, cohorts=cohorts(fast), moving=down)
    plan, _, _ = decide(snapshot, quick)
    assert told(plan) == []
    assert set(plan.curtailed) == {Reason.DISPATCH}


def test_the_books_name_a_dispatch_for_as_long_as_load_is_off_ahead_of_it() -> None:
    """Also at looks at which nobody is told anything."""
    asleep = {name: replace(TEN[name], level=OFF, power_w=OFF_W) for name in SLOW}
    there = cohorts(asleep | {name: TEN[name] for name in FAST})
    for seconds, named in ((240, {"e-1"}), (241, set())):
        snapshot = replace(seen(coming_in(seconds)), cohorts=there)
        plan = decide(snapshot, State())[0]
        assert not any(one.dispatch for one in plan.commands)
        assert hold(snapshot, plan).in_force(NOW, after(60)) == named
