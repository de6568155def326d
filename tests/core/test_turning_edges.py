"""The prices that an explanation names, at their edges and by hand.

At 56.67 USD/PH/day the step of "plain" (2,769 W) breaks even at 103.8643 USD/MWh, those of "three"
(1,389 and 1,380 W) at 119.3375 and 88.2902, those of "hollow" (1,970 and 1,100 W) at 143.8325 and
85.8636. Off they draw 25, 25 and 30 W. To start they need a cent less, to stop a cent more.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from controller.core.decide import decide
from controller.model.fleet import CONFIRMED, OFF, Command, MinerSeen, Motion
from controller.model.grid import Dispatch, Obligation
from controller.model.plan import Explanation, Plan
from controller.model.quality import Fresh, Stale
from controller.model.remembered import Learned
from controller.model.seen import Snapshot, State
from controller.model.site import Economics, Group, Program, Site
from controller.model.tariff import Hosting
from controller.reasons import Reason
from tests.core.at_rest import miner, planned, seen_at, settle, some
from tests.core.cases.sites import NOW
from tests.core.test_explain import ERS, TEN, a_site, dispatch, order

Named = tuple[str, str, str]
NOTHING = ("None", "None", "None")
PLAIN = ("None", "103.87", "103.87")
SLOW = Learned(stops=(0, 0, 0, 0, 0, 0, 0, 0, 0, 40, 0))
"""They take up to 512 s to stop."""


def named(seen: Snapshot, group: str = "a", state: State | None = None) -> Named:
    """Below which price more starts, above which less runs, and above which nothing."""
    return said(settled(seen, state)[2].explained[group])


def settled(seen: Snapshot, state: State | None = None) -> tuple[Snapshot, State, Plan]:
    found = settle(seen, state)
    assert found is not None
    return found


def said(one: Explanation) -> Named:
    return str(one.more_below_per_mwh), str(one.less_above_per_mwh), str(one.off_above_per_mwh)


def miners(text: str) -> dict[str, MinerSeen]:
    """Of words such as "a/plain*2/off": the group, the curve, how many and, where it is not the
    top, the level."""
    found: dict[str, MinerSeen] = {}
    for word in text.split():
        group, kind, *level = word.split("/")
        curve, _, count = kind.partition("*")
        found |= some(group, curve, int(count or "1"), *level)
    return found


def at(price: int, text: str, site: Site | None = None, **more: Any) -> Snapshot:
    return replace(seen_at(Decimal(price), site or a_site(), miners(text)), **more)


def limited(limit_w: int, **groups: Group) -> Site:
    return a_site(import_limit_w=limit_w, groups={"a": Group(), **groups})


def alone(**how: Any) -> Site:
    return a_site(groups={"a": Group(**how)})


@pytest.mark.parametrize(
    ("price", "text", "expected"),
    [
        (60, "a/plain", PLAIN),
        (60, "a/plain a/three", ("None", "88.30", "119.34")),
        (60, "a/three a/hollow", ("None", "85.87", "143.84")),
        # "plain" is off, and the first step of "three" is the first and the last to stop.
        (110, "a/plain a/three", ("103.86", "119.34", "119.34")),
        (130, "a/plain a/three a/hollow", ("119.33", "143.84", "143.84")),
        (200, "a/plain a/three", ("119.33", "None", "None")),
    ],
)
def test_of_several_pools_the_first_and_the_last_step_are_named(
    price: int, text: str, expected: Named
) -> None:
    assert named(at(price, text)) == expected


@pytest.mark.parametrize(
    ("price", "text", "floor_w", "expected"),
    [
        # All that runs is kept.
        (60, "a/plain", 2_000, NOTHING),
        (200, "a/plain", 2_000, NOTHING),
        # 125 and 4 x 2,769 are kept of five.
        (60, "a/plain*5", 9_000, ("None", "103.87", "None")),
        # 50 and a first step of 1,389 are kept: the other miner's first is the next.
        (200, "a/three*2", 1_400, ("119.33", "None", "None")),
        # 50, both first steps and a second: the other second is the next.
        (200, "a/three*2", 4_000, ("88.29", "None", "None")),
    ],
)
def test_a_floor_takes_the_price_of_just_the_steps_that_it_keeps(
    price: int, text: str, floor_w: int, expected: Named
) -> None:
    assert named(at(price, text, alone(floor_w=floor_w))) == expected


@pytest.mark.parametrize(
    ("price", "limit_w", "expected"),
    [
        # No room for a first step: nothing runs, and no price starts the second.
        (95, 1_000, NOTHING),
        # Only the first has room, and it is the one that would stop.
        (60, 2_000, ("None", "119.34", "119.34")),
    ],
)
def test_what_has_no_room_neither_starts_nor_stops_at_any_price(
    price: int, limit_w: int, expected: Named
) -> None:
    assert named(at(price, "a/three", limited(limit_w))) == expected


def test_who_may_not_run_for_a_person_is_not_the_last_to_stop() -> None:
    """The better "three" is to stay off; above 103.87 nothing runs."""
    capped = {"a-three-00": miner("a", "three", OFF, ceiling=OFF)}
    seen = seen_at(Decimal(60), a_site(), some("a", "plain", 1) | capped)
    assert named(seen) == PLAIN


def test_who_waits_for_the_start_margin_is_not_the_last_to_stop() -> None:
    """Off, "three" would start below 119.34 less 20; "plain" runs on up to 103.87."""
    site = a_site(economics=Economics(start_margin_per_mwh=Decimal(20)))
    known = State(running={"a/three": 0})
    expected = ("99.33", "103.87", "103.87")
    assert named(at(101, "a/plain a/three/off", site), state=known) == expected


def test_under_a_limit_that_cuts_a_group_that_is_not_declared_loses_nothing_on_the_way() -> None:
    """Of four miners three have room, a's two and one that was found in z."""
    seen = at(60, "a/plain*2 z/plain*2", limited(8_500))
    assert named(seen) == PLAIN
    assert named(seen, "z") == PLAIN


def test_where_another_price_lets_others_take_the_room_none_is_named() -> None:
    """Of what a draws a tenth is lost, b pays 5 more. There is room for one: at 40 a pays 44 and
    b 45, so a runs; at 60 it is 66 and 65."""
    site = limited(2_900, a=Group(losses=Decimal("0.1")), b=Group(adder_per_mwh=Decimal(5)))
    assert loses_its_room(at(40, "a/plain b/plain", site), 60) == NOTHING


def test_a_limit_cuts_where_the_first_of_the_steps_that_it_cuts_finds_no_room() -> None:
    """At 40 a earns 103.86 - 44, b's first step 143.83 - 85 and is next: beside a 1,500 W are left
    of the limit, too few for its 1,970 W. At 60 it earns 38.83 and a 37.86, and takes a's room."""
    site = limited(4_324, a=Group(losses=Decimal("0.1")), b=Group(adder_per_mwh=Decimal(45)))
    assert loses_its_room(at(40, "a/plain b/hollow", site), 60) == NOTHING


def loses_its_room(seen: Snapshot, price: int) -> Named:
    """What is named of a, which runs now and would not at another price."""
    seen, state, plan = settled(seen)
    assert plan.explained["a"].running == 1
    assert planned(seen, state, Decimal(price)).explained["a"].running == 0
    return said(plan.explained["a"])


def test_a_limit_does_not_cut_where_the_step_that_another_cuts_has_just_room() -> None:
    """The feeder of b lets two of five run. The site has 250 W of standby and 7 steps, and room for
    just one more."""
    lossy = Group(losses=Decimal("0.1"), limit_w=6_000)
    site = limited(250 + 8 * 2_769, b=lossy)
    assert named(at(60, "a/plain*5 b/plain*5", site)) == PLAIN


def test_where_a_floor_may_take_the_room_no_price_is_named() -> None:
    """At 60 there is room for a and for both steps of b's "three", which keep b's floor of 2.5 kW;
    not for its "plain". At 90 the second step does not pay, and "plain" loses less: the floor
    takes it, and a's room with it."""
    site = limited(5_700, b=Group(floor_w=2_500))
    assert loses_its_room(at(60, "a/plain b/plain b/three", site), 90) == NOTHING


def test_the_own_floor_of_a_group_takes_no_price_from_what_its_own_limit_leaves() -> None:
    """75 W and two steps of three have room; the floor keeps one."""
    site = alone(limit_w=6_000, floor_w=2_000)
    assert named(at(60, "a/plain*3", site)) == ("None", "103.87", "None")


def weighed(limit_w: int) -> Snapshot:
    """All ten run, 27,940 W; what they draw beyond the dispatch costs 20 more."""
    program = replace(
        ERS["ers"], obligation=Obligation.FINANCIAL, weighed=True, penalty_per_mwh=Decimal(20)
    )
    site = a_site(programs={"ers": program})
    return replace(seen_at(Decimal(60), site, TEN), dispatches=dispatch(limit_w))


@pytest.mark.parametrize(
    ("limit_w", "expected"), [(27_939, NOTHING), (27_940, PLAIN), (40_000, PLAIN)]
)
def test_what_a_weighed_dispatch_makes_dearer_has_no_price(limit_w: int, expected: Named) -> None:
    assert named(weighed(limit_w)) == expected


def test_who_runs_where_nothing_could_start_any_more_has_a_price() -> None:
    """Of 2,860 W a headroom of 2 % leaves 2,802.8 to run on and 2,788.5 to start beside: 2,794 run,
    and no penalty is due."""
    site = replace(limited(2_860), headroom=Decimal("0.02"))
    assert named(at(60, "a/plain", site)) == PLAIN


def silent(seen: Snapshot) -> Snapshot:
    """The meter of a has fallen silent, so nothing starts there."""
    return replace(seen, meters_w={**seen.meters_w, "a": Stale(value=13_970, at=NOW)})


@pytest.mark.parametrize(("floored", "expected"), [("a", NOTHING), ("b", PLAIN)])
def test_in_a_silence_a_floor_of_the_same_place_takes_all_prices(
    floored: str, expected: Named
) -> None:
    """What stops there does not come back for the floor."""
    site = limited(100_000, **{"b": Group(), floored: Group(floor_w=2_000)})
    assert named(silent(at(60, "a/plain*5 b/plain*5", site))) == expected


def test_a_floor_does_not_count_on_what_silence_keeps_from_starting() -> None:
    """Could a start, it would keep the reserve of 2 kW, for it pays 20 less than b."""
    seller = {"ffr": replace(ERS["ers"], reserve_w=2_000)}
    groups = {"a": Group(), "b": Group(adder_per_mwh=Decimal(20))}
    seen = at(60, "a/plain*5/off b/plain*5", a_site(groups=groups, programs=seller))
    assert named(silent(seen), "b") == ("None", "83.87", "None")


def test_a_floor_counts_on_what_is_at_rest_for_a_while() -> None:
    """When "hollow" has rested its first step keeps the floor, so the one of "plain" has a price,
    and its own second stops first of all."""
    resting = Motion(
        command=Command(id="c", miner="m", level=OFF, reason=Reason.DISPATCH, at=NOW),
        stage=CONFIRMED,
        group="a",
        curve="hollow",
        from_level="top",
        proven_w=30,
        deadline=NOW,
        rest_until=NOW + timedelta(minutes=5),
    )
    seen = replace(
        at(60, "a/plain", alone(floor_w=2_000)),
        moving={"m": miner("a", "hollow", OFF)},
        meters_w={"site": Fresh(value=2_824, at=NOW)},
    )
    plan = decide(seen, State(motions={"m": resting}))[0]
    assert not plan.commands
    assert said(plan.explained["a"]) == ("None", "85.87", "None")


def test_a_client_that_runs_at_any_price_keeps_the_floor_for_others() -> None:
    """A person wants 2 kW on the site; b draws them whatever power costs."""
    site = limited(100_000, b=Group(hosting=Hosting(client="c", price_per_mwh=Decimal(70))))
    asked = order(scope="site", floor_w=2_000)
    assert named(at(60, "a/plain b/plain", site, orders=asked)) == PLAIN
    assert named(at(60, "a/plain", site, orders=asked)) == NOTHING


def test_what_runs_at_a_loss_for_a_reserve_runs_on_when_all_else_stops() -> None:
    """At 110 only "three" pays, which stops too slowly to be reserve: "plain" is it."""
    seller = Program(authority="grid", allowed=("reduce_to_kw",), reserve_w=2_000, response_s=60)
    seen = at(110, "a/plain a/three", a_site(programs={"ffr": seller}))
    known = State(learned={"a/three": SLOW})
    assert named(seen, state=known) == ("88.29", "119.34", "None")


def soon(limit_w: int, seconds: int) -> dict[str, Dispatch]:
    start = NOW + timedelta(seconds=seconds)
    return {"ers-1": replace(dispatch(limit_w)["ers-1"], start=start)}


def test_who_is_told_of_a_dispatch_to_come_has_no_price_to_start_at() -> None:
    """They stop within 30 s; a dispatch that leaves no room for a step begins in 20 s."""
    site = a_site(programs=ERS)
    idle = at(200, "a/plain*10", site, dispatches=soon(3_018, 20))
    assert named(idle) == NOTHING


def test_no_price_is_named_where_the_best_step_is_told_of_a_dispatch_and_another_is_not() -> None:
    """The better "three" takes 512 s to stop and is told of the dispatch in 300 s by now."""
    site = a_site(programs=ERS)
    idle = at(200, "a/plain a/three", site, dispatches=soon(100, 300))
    assert named(idle, state=State(learned={"a/three": SLOW})) == NOTHING
    assert named(idle) == ("119.33", "None", "None")


@pytest.mark.parametrize(
    ("price", "weighed", "more"),
    [
        # Three first steps of "hollow", which lose 16.17, are kept, and the second ones start.
        (160, True, "85.86"),
        (193, True, "85.86"),
        # At 56.17 they lose more than the penalty of 50: they would be back below 193.83 already.
        (200, True, "None"),
        (200, False, "85.86"),
    ],
)
def test_where_a_reserve_is_given_up_no_price_is_named_below_which_more_runs(
    price: int, more: str, *, weighed: bool
) -> None:
    program = Program(
        authority="grid",
        allowed=("reduce_to_kw",),
        obligation=Obligation.FINANCIAL,
        reserve_w=5_000,
        weighed=weighed,
        penalty_per_mwh=Decimal(50),
    )
    other = replace(program, reserve_w=0, weighed=False)
    site = a_site(programs={"ffr": program, "other": other})
    assert named(at(price, "a/hollow*3/off", site))[0] == more


def test_what_is_weighed_and_sells_no_reserve_names_its_prices() -> None:
    program = Program(authority="grid", allowed=(), obligation=Obligation.FINANCIAL, weighed=True)
    site = a_site(programs={"ers": program})
    assert named(at(200, "a/hollow*3/off", site))[0] == "143.83"
