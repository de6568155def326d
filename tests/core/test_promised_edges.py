"""What makes up floors at their edges: to the watt, with fans, under limits that cut them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.core.limits.ceilings import Ceilings
from controller.core.pools.cohorts import cohorts
from controller.model.fleet import OFF, Command, MinerSeen, Motion, Stage
from controller.model.grid import SITE, ManualOrder, Obligation
from controller.model.quality import Fresh
from controller.model.remembered import CoolingState
from controller.model.rules import Cooling, Engine, Heat
from controller.model.seen import State
from controller.model.site import Group
from controller.model.tariff import Consent, Hosting
from controller.reasons import Reason
from tests.core.cases.sites import NOW
from tests.core.sites_at_a_loss import (
    FULL_W,
    MODELS,
    SELLER,
    STANDBY_W,
    STEP_W,
    fleet,
    left,
    plan_of,
    seen,
    site,
)

OLD_W = 3_000
"""What a step of an old one draws; it loses more than a plain one."""
FANS_W = 2_000
FANS = Cooling(power_w=FANS_W)


def ordered(scope: str, **asks: object) -> ManualOrder:
    until = NOW + timedelta(hours=1)
    order = ManualOrder(
        id="o", scope=scope, person="Ada", why="test", issued_at=NOW, until=until, floor_w=1
    )
    return replace(order, **asks)


@pytest.mark.parametrize(
    ("more_w", "kept"),
    [
        (2 * STEP_W, {"a/plain": 2, "a/old": 0}),
        (2 * STEP_W + 1, {"a/plain": 3, "a/old": 0}),
        (3 * STEP_W, {"a/plain": 3, "a/old": 0}),
        (3 * STEP_W + 1, {"a/plain": 3, "a/old": 1}),
    ],
)
def test_a_floor_is_made_up_to_the_watt_by_those_that_lose_least(
    more_w: int, kept: dict[str, int]
) -> None:
    declared = site(groups={"a": Group(floor_w=6 * STANDBY_W + more_w)})
    plan = plan_of(seen(declared, {**fleet("a", "plain", 3), **fleet("a", "old", 3)}))
    assert left(plan) == kept


def test_a_floor_counts_what_miners_are_seen_to_draw_more() -> None:
    """Each draws 250 W more than what is nominal: two make up what takes three by nameplate."""
    drawn_w = STEP_W + 250
    miners = {
        name: replace(one, power_w=one.power_w + 250)
        for name, one in fleet("a", "plain", 5).items()
    }
    for more_w, kept in ((2 * drawn_w, 2), (2 * drawn_w + 1, 3)):
        declared = site(groups={"a": Group(floor_w=5 * STANDBY_W + more_w)})
        assert left(plan_of(seen(declared, miners))) == {"a/plain": kept}


def test_what_cannot_be_told_counts_for_the_floor_of_the_site_only() -> None:
    """One that nobody reaches may be gone: its group needs two others, the site only one."""
    miners = fleet("a", "plain", 5)
    lost = next(iter(miners))
    miners[lost] = replace(miners[lost], reachable=False)
    group = site(groups={"a": Group(floor_w=4 * STANDBY_W + 2 * STEP_W)})
    assert left(plan_of(seen(group, miners))) == {"a/plain": 2}
    least_w = FULL_W + 4 * STANDBY_W + STEP_W
    whole = site(groups={"a": Group()}, engine=Engine(most_w=100_000, least_w=least_w))
    assert left(plan_of(seen(whole, miners))) == {"a/plain": 1}


def test_a_floor_of_a_group_does_not_count_its_fans() -> None:
    declared = site(groups={"a": Group(cooling=FANS, floor_w=5 * STANDBY_W + STEP_W + FANS_W)})
    assert left(plan_of(seen(declared, fleet("a", "plain", 0, 5)))) == {"a/plain": 2}


def test_fans_count_in_a_floor_of_the_site_only_with_a_start_beside_them() -> None:
    """The old ones of a are not needed, and so their fans do not run."""
    least_w = 4 * STANDBY_W + STEP_W
    for more_w, kept in ((0, 1), (1, 2)):
        declared = site(
            groups={"a": Group(cooling=FANS), "b": Group()},
            engine=Engine(most_w=100_000, least_w=least_w + more_w),
        )
        miners = {**fleet("a", "old", 0, 2), **fleet("b", "plain", 0, 2)}
        assert left(plan_of(seen(declared, miners))) == {"a/old": 0, "b/plain": kept}


def test_fans_that_a_start_brings_leave_nothing_to_others() -> None:
    """The start of a and its fans are all that is asked for."""
    declared = site(
        groups={"a": Group(cooling=FANS), "b": Group()},
        engine=Engine(most_w=100_000, least_w=4 * STANDBY_W + STEP_W + FANS_W),
    )
    miners = {**fleet("a", "plain", 0, 2), **fleet("b", "old", 0, 2)}
    assert left(plan_of(seen(declared, miners))) == {"a/plain": 1, "b/old": 0}


def fanned(
    miners: Mapping[str, MinerSeen],
    least_w: int,
    shown_w: int = FANS_W,
    motions: Mapping[str, Motion] | None = None,
) -> dict[str, int]:
    """What is left of a hall whose fans run, and are all that its meter shows beside its miners."""
    motions = motions or {}
    drawn_w = sum(one.power_w for one in miners.values())
    declared = site(
        groups={"a": Group(cooling=FANS)}, engine=Engine(most_w=100_000, least_w=least_w)
    )
    meters = {SITE: Fresh(value=drawn_w + shown_w, at=NOW)}
    run = {"a": CoolingState(on_since=NOW - timedelta(hours=1))}
    known = State(other_w={SITE: shown_w}, cooling=run, motions=motions)
    snapshot = seen(
        declared,
        miners,
        meters_w=meters,
        cohorts=cohorts({name: one for name, one in miners.items() if name not in motions}),
        moving={name: miners[name] for name in motions},
    )
    return left(plan_of(snapshot, known))


@pytest.mark.parametrize(
    ("more_w", "kept"), [(0, 0), (1, 1), (STEP_W + FANS_W, 1), (STEP_W + FANS_W + 1, 2)]
)
def test_fans_that_run_count_for_the_site_only_beside_what_is_left(more_w: int, kept: int) -> None:
    """They go with the last of their group: else it would stop, and start again without them."""
    assert fanned(fleet("a", "plain", 3), 3 * STANDBY_W + more_w) == {"a/plain": kept}


def test_fans_that_draw_less_than_declared_leave_no_less_than_nothing() -> None:
    least_w = 3 * STANDBY_W + STEP_W + FANS_W
    for more_w, kept in ((0, 1), (1, 2)):
        left_on = fanned(fleet("a", "plain", 3), least_w + more_w, shown_w=500)
        assert left_on == {"a/plain": kept}


@pytest.mark.parametrize(("more_w", "kept"), [(0, 0), (1, 1)])
def test_fans_that_rest_are_none_of_what_the_meter_shows(more_w: int, kept: int) -> None:
    miners, other_w = fleet("a", "plain", 0, 3), 5_000
    shown_w = 3 * STANDBY_W + other_w
    declared = site(
        groups={"a": Group(cooling=FANS)}, engine=Engine(most_w=100_000, least_w=shown_w + more_w)
    )
    snapshot = seen(declared, miners, meters_w={SITE: Fresh(value=shown_w, at=NOW)})
    assert left(plan_of(snapshot, State(other_w={SITE: other_w}))) == {"a/plain": kept}


@pytest.mark.parametrize(("more_w", "kept"), [(0, 0), (1, 1)])
def test_fans_that_one_beyond_reach_keeps_on_count_for_the_site(more_w: int, kept: int) -> None:
    miners = fleet("a", "plain", 3)
    lost = next(iter(miners))
    miners[lost] = replace(miners[lost], reachable=False)
    least_w = FULL_W + FANS_W + 2 * STANDBY_W + more_w
    assert fanned(miners, least_w) == {"a/plain": kept}


@pytest.mark.parametrize(("more_w", "kept"), [(0, 0), (1, 1)])
def test_fans_that_one_keeps_on_that_does_not_stop_in_time_count_for_the_site(
    more_w: int, kept: int
) -> None:
    miners = fleet("a", "plain", 3)
    name = next(iter(miners))
    late = Motion(
        command=Command(id="c1", miner=name, level=OFF, reason=Reason.UNPROFITABLE, at=NOW),
        stage=Stage.SENT,
        group="a",
        curve="plain",
        from_level="default",
        proven_w=FULL_W,
        deadline=NOW + timedelta(seconds=9),
        late=True,
    )
    least_w = FULL_W + FANS_W + 2 * STANDBY_W + more_w
    assert fanned(miners, least_w, motions={name: late}) == {"a/plain": kept}


@pytest.mark.parametrize(("more_w", "kept"), [(0, 1), (1, 2)])
@pytest.mark.parametrize("kind", ["plain", "three"])
def test_fans_that_a_floor_of_a_group_has_started_count_for_the_site(
    kind: str, more_w: int, kept: int
) -> None:
    """A commitment starts one of a, and so its fans, and one of b; an order for the site asks for
    these and what they draw. Of three levels the upper one is not needed: 1,389 W."""
    step_w = STEP_W if kind == "plain" else 1_389
    order = ordered(SITE, floor_w=8 * STANDBY_W + step_w + FANS_W + OLD_W + more_w)
    declared = site(
        groups={
            "a": Group(cooling=FANS, floor_w=5 * STANDBY_W + step_w),
            "b": Group(floor_w=3 * STANDBY_W + OLD_W),
        }
    )
    miners = {**fleet("a", kind, 0, 5), **fleet("b", "old", 0, 3)}
    plan = plan_of(seen(declared, miners, orders={"o": order}))
    assert left(plan) == {f"a/{kind}": kept, "b/old": 1}


@pytest.mark.parametrize("missing_w", [1, STEP_W])
def test_what_a_limit_takes_from_a_floor_is_cut_by_it(missing_w: int) -> None:
    """Two have room, the floor needs a third: it is off for the feeder, the rest for money."""
    declared = site(
        groups={
            "a": Group(limit_w=5 * STANDBY_W + 2 * STEP_W, floor_w=125 + 2 * STEP_W + missing_w)
        }
    )
    plan = plan_of(seen(declared, fleet("a", "plain", 2, 3)))
    assert left(plan) == {"a/plain": 2}
    assert {reason: one.power_w for reason, one in plan.curtailed.items()} == {
        Reason.GROUP_LIMIT: STEP_W,
        Reason.UNPROFITABLE: 2 * STEP_W,
    }


def test_what_a_limit_takes_from_a_reserve_is_no_more_than_what_it_lacks() -> None:
    """Four are sold, of which two have room: two are cut, and the fifth is only at a loss."""
    declared = site(
        groups={"a": Group(limit_w=5 * STANDBY_W + 2 * STEP_W)},
        programs={"ffr": replace(SELLER, reserve_w=4 * STEP_W)},
    )
    plan = plan_of(seen(declared, fleet("a", "plain", 2, 3)))
    assert left(plan) == {"a/plain": 2}
    assert {reason: one.power_w for reason, one in plan.curtailed.items()} == {
        Reason.GROUP_LIMIT: 2 * STEP_W,
        Reason.UNPROFITABLE: STEP_W,
    }


def test_what_a_person_takes_from_a_floor_is_cut_by_the_person() -> None:
    off = ordered("a", floor_w=None, level=OFF)
    capped_by = Ceilings([off], MODELS)
    miners = {
        name: replace(one, ceiling=capped_by.of(name, one.group, one.curve))
        for name, one in fleet("a", "plain", 0, 5).items()
    }
    declared = site(groups={"a": Group(floor_w=5 * STANDBY_W + 3 * STEP_W)})
    plan = plan_of(seen(declared, miners, orders={"o": off}))
    assert {reason: one.power_w for reason, one in plan.curtailed.items()} == {
        Reason.MANUAL_ORDER: 3 * STEP_W,
        Reason.UNPROFITABLE: 2 * STEP_W,
    }


def test_what_people_allow_is_cut_by_a_limit_before_they_are_asked() -> None:
    """Of a floor of two old ones the feeder lets one run; the plain one, which loses less, is kept
    off by a person and would not have been needed."""
    off = ordered("a-plain-off00", floor_w=None, level=OFF)
    capped_by = Ceilings([off], MODELS)
    miners = {
        name: replace(one, ceiling=capped_by.of(name, one.group, one.curve))
        for name, one in {**fleet("a", "plain", 0, 1), **fleet("a", "old", 1, 2)}.items()
    }
    limited = Group(limit_w=4 * STANDBY_W + OLD_W, floor_w=4 * STANDBY_W + 2 * OLD_W)
    plan = plan_of(seen(site(groups={"a": limited}), miners, orders={"o": off}))
    assert {reason: one.power_w for reason, one in plan.curtailed.items()} == {
        Reason.GROUP_LIMIT: OLD_W,
        Reason.UNPROFITABLE: OLD_W + STEP_W,
    }


def test_what_a_person_keeps_off_is_cut_by_the_person_though_there_is_no_room() -> None:
    """The floor needs an old one, which the feeder has no room for, and a plain one besides."""
    off = ordered("a", floor_w=None, level=OFF)
    capped_by = Ceilings([off], MODELS)
    miners = {
        name: replace(one, ceiling=capped_by.of(name, one.group, one.curve))
        for name, one in fleet("a", "plain", 0, 3).items()
    } | fleet("a", "old", 0, 1)
    limited = Group(limit_w=4 * STANDBY_W, floor_w=4 * STANDBY_W + OLD_W + STEP_W)
    plan = plan_of(seen(site(groups={"a": limited}), miners, orders={"o": off}))
    assert {reason: one.power_w for reason, one in plan.curtailed.items()} == {
        Reason.GROUP_LIMIT: OLD_W,
        Reason.MANUAL_ORDER: STEP_W,
        Reason.UNPROFITABLE: 2 * STEP_W,
    }


def test_where_a_feeder_takes_what_pays_others_make_up_the_floor_of_the_site() -> None:
    """At 90 $/MWh the plain ones pay and would keep the floor, but only one of them has room; two
    old ones, at a loss, make up the rest."""
    declared = site(
        groups={"a": Group(limit_w=5 * STANDBY_W + STEP_W), "b": Group()},
        engine=Engine(most_w=100_000, least_w=10 * STANDBY_W + STEP_W + 2 * OLD_W),
    )
    miners = {**fleet("a", "plain", 5), **fleet("b", "old", 5)}
    price = Fresh(value=Decimal(90), at=NOW)
    plan = plan_of(seen(declared, miners, price_per_mwh=price))
    assert left(plan) == {"a/plain": 1, "b/old": 2}


def reason_of(kind: str, price: int, floor_w: int, running: dict[str, MinerSeen]) -> Reason:
    """Beside another group, whose feeder binds."""
    declared = site(groups={"a": Group(floor_w=floor_w), "b": Group(limit_w=100)})
    miners = {**running, **fleet("b", "three", 1)}
    market = Fresh(value=Decimal(price), at=NOW)
    return plan_of(seen(declared, miners, price_per_mwh=market)).allocations[f"a/{kind}"].reason


def test_a_floor_is_the_reason_only_of_what_money_would_not_run() -> None:
    whole_w = 5 * FULL_W
    five = fleet("a", "plain", 5)
    assert reason_of("plain", 10, whole_w, five) is Reason.PROFITABLE
    assert reason_of("plain", 500, whole_w, five) is Reason.COMMITMENT
    # The lower of two steps, 1,389 W, pays up to about 124 $/MWh, the upper one up to 92.
    three, low_w = fleet("a", "three", 5), 5 * STANDBY_W + 5 * 1_389
    assert reason_of("three", 110, low_w, three) is Reason.UNPROFITABLE
    assert reason_of("three", 110, low_w + 1, three) is Reason.COMMITMENT


def test_what_two_floors_count_is_no_more_than_money_would_run() -> None:
    """Both the generators and a reserve need all five, and these pay."""
    declared = site(
        groups={"a": Group(), "b": Group(limit_w=100)},
        engine=Engine(most_w=100_000, least_w=6 * STANDBY_W + 5 * STEP_W),
        programs={"ffr": replace(SELLER, reserve_w=5 * STEP_W)},
    )
    miners = {**fleet("a", "plain", 5), **fleet("b", "three", 0, 1)}
    cheap = Fresh(value=Decimal(10), at=NOW)
    plan = plan_of(seen(declared, miners, price_per_mwh=cheap))
    assert plan.allocations["a/plain"].reason is Reason.PROFITABLE
    assert left(plan) == {"a/plain": 5, "b/three": 0}


def test_what_two_floors_of_a_group_start_is_no_more_than_both_need() -> None:
    """A commitment starts two old ones and heat a third: the rest of the room is for the plain
    ones, which pay better."""
    standby_w = 10 * STANDBY_W
    heat = Heat(most_w=5 * STANDBY_W + 3 * OLD_W)
    committed = Group(floor_w=5 * STANDBY_W + 2 * OLD_W, heat=heat)
    declared = site(
        groups={"a": committed, "b": Group()},
        import_limit_w=standby_w + 3 * OLD_W + 3 * STEP_W,
    )
    miners = {**fleet("a", "old", 0, 5), **fleet("b", "plain", 0, 5)}
    cheap = Fresh(value=Decimal(10), at=NOW)
    plan = plan_of(seen(declared, miners, price_per_mwh=cheap))
    assert left(plan) == {"a/old": 3, "b/plain": 3}


def resting(miners: dict[str, MinerSeen]) -> dict[str, Motion]:
    """They have just started, and may not stop yet."""
    return {
        name: Motion(
            command=Command(id="c1", miner=name, level=one.level, reason=Reason.PROFITABLE, at=NOW),
            stage=Stage.CONFIRMED,
            group=one.group,
            curve=one.curve,
            from_level=OFF,
            proven_w=one.power_w,
            deadline=NOW,
            rest_until=NOW + timedelta(minutes=10),
        )
        for name, one in miners.items()
    }


@pytest.mark.parametrize("more_w", [0, 1])
@pytest.mark.parametrize("sold", [False, True])
def test_nobody_starts_for_a_floor_that_those_keep_who_may_not_stop_yet(
    more_w: int, *, sold: bool
) -> None:
    """Three old ones rest, at a loss: a plain one, which loses less, starts only where they lack
    a watt."""
    asked_w = 3 * OLD_W + more_w
    programs = {"ffr": replace(SELLER, reserve_w=asked_w)} if sold else {}
    order = ordered(SITE, floor_w=8 * STANDBY_W + asked_w)
    old, plain = fleet("b", "old", 3), fleet("a", "plain", 0, 5)
    snapshot = seen(
        site(programs=programs),
        old | plain,
        orders={} if sold else {"o": order},
        cohorts=cohorts(plain),
        moving=old,
    )
    plan = plan_of(snapshot, State(motions=resting(old)))
    assert bool(left(plan)["a/plain"]) is bool(more_w)


@pytest.mark.parametrize("started", [0, 1])
def test_who_may_not_stop_yet_takes_no_step_of_a_floor_from_its_equal(started: int) -> None:
    """A client's miners go before those of a, by merit, and behind the floor of a, by rank. Under
    4.84 kW that floor has two of 2 kW in the middle of their curve, also while one of them has
    just started: with the client's first step beside that one, and a higher step of it, the other
    would go."""
    client = Hosting(client="c", price_per_mwh=Decimal(60), consent=Consent.LAST)
    declared = site(
        groups={"a": Group(floor_w=9_000), "b": Group(hosting=client, heat=Heat(most_w=6_000))},
        import_limit_w=4_840,
    )
    both = {
        name: MinerSeen(group="a", curve="hollow", level="mid", power_w=2_000, at=NOW)
        for name in ("a0", "a1")
    }
    moving = {name: both[name] for name in ("a0",)[:started]}
    rest = {name: one for name, one in both.items() if name not in moving}
    off = fleet("b", "three", 0, 3)
    cheap = Fresh(value=Decimal(10), at=NOW)
    snapshot = seen(declared, both | off, cohorts=cohorts(rest | off), moving=moving)
    plan = plan_of(replace(snapshot, price_per_mwh=cheap), State(motions=resting(moving)))
    assert (left(plan), plan.commands) == ({"a/hollow": 2, "b/three": 0}, ())


def test_a_weighed_reserve_passes_over_what_loses_too_much() -> None:
    """At 120 $/MWh the plain ones lose about 11; those of a client who pays 50 come first, run at
    any price and count, but two more of them could not start for it."""
    client = Hosting(client="c", price_per_mwh=Decimal(50), consent=Consent.LAST)
    program = replace(
        SELLER,
        reserve_w=4 * STEP_W,
        obligation=Obligation.FINANCIAL,
        weighed=True,
        penalty_per_mwh=Decimal(25),
    )
    declared = site(groups={"a": Group(), "b": Group(hosting=client)}, programs={"ffr": program})
    miners = {**fleet("a", "plain", 5), **fleet("b", "plain", 2)}
    price = Fresh(value=Decimal(120), at=NOW)
    plan = plan_of(seen(declared, miners, price_per_mwh=price))
    assert left(plan) == {"a/plain": 2, "b/plain": 2}


def test_where_nobody_runs_a_reserve_counts_what_is_nominal() -> None:
    for sold_w, started in ((2 * STEP_W, 2), (2 * STEP_W + 1, 3)):
        declared = site(programs={"ffr": replace(SELLER, reserve_w=sold_w)})
        assert left(plan_of(seen(declared, fleet("a", "plain", 0, 5)))) == {"a/plain": started}
