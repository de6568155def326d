"""A snapshot and a state that may have come to be, of the small sites."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

from msgspec.structs import replace

from controller.core.pools.cohorts import cohorts
from controller.model.fleet import Cohort, MinerSeen, Motion
from controller.model.grid import SITE
from controller.model.quality import Fresh, Missing, Observed, Stale
from controller.model.remembered import (
    Balance,
    CoolingState,
    Fit,
    Learned,
    MeterWatch,
    Reports,
    RuleState,
    Unpaid,
    Wakes,
    Wear,
)
from controller.model.seen import Snapshot, State
from controller.model.site import Site
from tests.core.cases.asked import asked, dispatches, locks
from tests.core.cases.chances import Chances
from tests.core.cases.miners import capped, miners, motions, outcomes
from tests.core.cases.sites import BREAKER, CURVES, GROUPS, NEIGHBOUR, NOW, site

STEPS = ("site up", "site down")
METERED = (SITE, BREAKER, "a")
PRICES = (40, 80, 90, 100, 110, 140, 3000, 0, -50)
T = TypeVar("T")
Situation = tuple[Snapshot, State]


def observed(chances: Chances, value: T) -> Observed[T]:
    fresh: Observed[T] = Fresh(
        value=value, at=NOW, until=NOW + timedelta(seconds=chances.between(1, 900))
    )
    kinds: list[Observed[T]] = [fresh, fresh, fresh, fresh]
    return chances.of([*kinds, Stale(value=value, at=NOW), Missing(why="silent")])


def situation(chances: Chances) -> Situation:
    """Anything that may be."""
    declared = site(chances)
    request = asked(chances, NOW)
    switched = [name for name, group in declared.groups.items() if group.switched]
    everyone = capped(miners(chances, NOW, switched=switched), request.orders.values(), NOW)
    moving = motions(chances, everyone, NOW)
    seen = Snapshot(
        now=NOW,
        site=declared,
        price_per_mwh=observed(chances, Decimal(chances.of(PRICES))),
        hashprice_per_ph_day=observed(chances, Decimal(chances.of(["56.67", "30"]))),
        meters_w=meters(chances, sum(miner.power_w for miner in everyone.values())),
        signals=signals(chances),
        conditions={"eea": Fresh(value=chances.of(["normal", "EEA 3"]), at=NOW)},
        utc_offset_s=chances.of([0, -18_000]),
        dispatches=request.dispatches,
        orders=request.orders,
        locks=locks(everyone, NOW),
        curves=CURVES,
        cohorts=cohorts({name: one for name, one in everyone.items() if name not in moving}),
        moving={name: everyone[name] for name in sorted(moving)},
        outcomes=outcomes(chances, moving, NOW),
        paid_at={name: chances.before(NOW) for name in GROUPS if chances.one_in(2)},
        fleet_known=not chances.one_in(6),
    )
    return seen, state(chances, seen, moving)


def meters(chances: Chances, reported_w: int) -> dict[str, Observed[int]]:
    """The site's: near what is reported, or silent, or there is none; and some others."""
    value = max(0, reported_w + chances.of([0, 0, 0, 500, 5000, -500]))
    fresh: dict[str, Observed[int]] = {SITE: Fresh(value=value, at=NOW)}
    found: dict[str, Observed[int]] = chances.of(
        [
            fresh,
            fresh,
            fresh,
            {SITE: Stale(value=value, at=NOW - timedelta(seconds=60))},
            {SITE: Missing(why="never heard")},
            {},
        ]
    )
    for scope in (BREAKER, "a", NEIGHBOUR):
        if chances.one_in(3):
            found = {**found, scope: observed(chances, watts_at(chances))}
    return found


def watts_at(chances: Chances) -> int:
    return chances.below(21) * 500


def signals(chances: Chances) -> dict[str, Observed[Decimal]]:
    said = {"available": (0, 12, 40), "temperature": (20, 34, 36, 50), "heat": (0, 4000, 9000)}
    found = {name: observed(chances, Decimal(chances.of(values))) for name, values in said.items()}
    return {**found, "fans": observed(chances, Decimal(chances.of([1, 0])))}


def state(chances: Chances, seen: Snapshot, moving: Mapping[str, Motion]) -> State:
    everyone: list[Cohort | MinerSeen] = [*seen.cohorts.values(), *seen.moving.values()]
    kinds = sorted({f"{one.group}/{one.curve}" for one in everyone if one.curve in CURVES})
    names = [name for cohort in seen.cohorts.values() for name in cohort.members]
    return State(
        motions=moving,
        other_w=chances.of([{}, {SITE: 0}, {SITE: 500}, {SITE: 5000}]),
        moved_at=chances.of([None, chances.before(NOW)]),
        restored_at=chances.of([None, chances.before(NOW)]),
        restore_credit_w=chances.of([0, 1000, 6000]),
        running={kind: chances.below(4) for kind in kinds if chances.one_in(2)},
        excess_permille={kind: chances.of([1030, 1100]) for kind in kinds if chances.one_in(4)},
        meter_heard_at=chances.of([None, chances.before(NOW)]),
        rose_at=chances.of([None, None, chances.before(NOW, 60)]),
        unpaid={g: Unpaid(since=chances.before(NOW)) for g in GROUPS if chances.one_in(8)},
        learned={kind: learned(chances) for kind in kinds if chances.one_in(2)},
        wear={name: wear(chances) for name in names if chances.one_in(4)},
        wakes={name: wakes(chances) for name in [*names, *moving] if chances.one_in(8)},
        rules={"hot": RuleState(heard_at=chances.before(NOW), above=chances.below(3))},
        staged_at={place: chances.before(NOW, 120) for place in (BREAKER, *STEPS)},
        staged_w={place: chances.of([0, 2_000]) for place in STEPS if chances.one_in(2)},
        lowered_at=chances.of([None, chances.before(NOW)]),
        lower_credit_w=chances.of([0, 3_000]),
        next_command=len(moving) + 1,
        **of_meters(chances, kinds),
    )


def of_meters(chances: Chances, kinds: list[str]) -> dict[str, Any]:
    """What meters have shown."""
    return {
        "balances": {scope: balance(chances, kinds) for scope in METERED if chances.one_in(3)},
        "fitted_permille": {kind: 960 for kind in kinds if chances.one_in(6)},
        "ratio_permille": {kind: chances.of([960, 1060]) for kind in kinds if chances.one_in(6)},
        "fits": {scope: fit(chances, kinds) for scope in METERED if kinds and chances.one_in(4)},
        "watched": {scope: watch(chances) for scope in METERED if chances.one_in(4)},
        "cooling": {group: cooling(chances) for group in GROUPS if chances.one_in(3)},
        "level_permille": {kind: {"340MHz": 1080} for kind in kinds if chances.one_in(4)},
    }


def balance(chances: Chances, kinds: list[str]) -> Balance:
    return Balance(
        unexplained_w=chances.of([0, 300, -3_000]),
        meter_w=watts_at(chances),
        own_w=watts_at(chances),
        nameplate_w={kind: 2_794 * chances.below(3) for kind in kinds},
        clean=chances.one_in(2),
    )


def fit(chances: Chances, kinds: list[str]) -> Fit:
    kind, moved_w = chances.of(kinds), 1_000 * chances.between(1, 9)
    shown_w = moved_w * chances.of([90, 100, 115]) // 100
    return Fit(products={f"{kind}|{kind}": moved_w**2}, shown={kind: moved_w * shown_w})


def cooling(chances: Chances) -> CoolingState:
    on_since, shown_since = chances.before(NOW), chances.before(NOW)
    return CoolingState(
        on_since=chances.of([on_since, None]),
        idle_since=chances.of([None, chances.before(NOW, 60)]),
        shown_since=chances.of([shown_since, None]),
    )


def reports(chances: Chances) -> Reports:
    lost = chances.below(3)
    return Reports(
        own_w=watts_at(chances), miners=lost + chances.below(9), lost=lost, lost_w=2_794 * lost
    )


def learned(chances: Chances) -> Learned:
    slow = (0,) * 4
    return Learned(
        stops=(0, 0, 0, chances.below(20), chances.below(20), 0, chances.below(4), *slow),
        starts=(0, 0, 0, 0, chances.below(20), chances.below(20), 0, *slow),
        stops_failed=chances.below(5),
        starts_failed=chances.below(5),
    )


def wear(chances: Chances) -> Wear:
    recent = sorted(chances.before(NOW, 3_600) for _ in range(chances.below(3)))
    return Wear(starts=len(recent) + chances.below(4), recent=tuple(recent))


def wakes(chances: Chances) -> Wakes:
    woken_at = sorted(chances.before(NOW, 3_600) for _ in range(chances.below(4)))
    return Wakes(off_at=chances.of([None, chances.before(NOW, 3_600)]), woken_at=tuple(woken_at))


def watch(chances: Chances) -> MeterWatch:
    value_w, at, since = watts_at(chances), chances.before(NOW), chances.before(NOW)
    stepped = chances.of([0, 0, 3])
    return MeterWatch(
        value_w=value_w,
        at=at,
        shown_w=value_w,
        same_since=at,
        reports=reports(chances),
        stepped_w=chances.of([2_769, -2_769]) * stepped,
        stepped=stepped,
        since=since if stepped else None,
        due_at=since if stepped and chances.one_in(2) else None,
        frozen=chances.one_in(3),
        apart=chances.of([0, 7, -7]),
    )


def settled(chances: Chances) -> Situation:
    """An obedient fleet at rest with a meter that agrees, no floors, nobody else on the connection,
    and time for every start."""
    everyone = miners(chances, NOW, odd=False)
    seen = Snapshot(
        now=NOW,
        site=_plain(site(chances)),
        price_per_mwh=Fresh(
            value=Decimal(chances.of(PRICES)), at=NOW, until=NOW + timedelta(minutes=15)
        ),
        hashprice_per_ph_day=Fresh(value=Decimal("56.67"), at=NOW),
        meters_w={SITE: Fresh(value=sum(one.power_w for one in everyone.values()), at=NOW)},
        dispatches={n: replace(d, floor_w=None) for n, d in dispatches(chances, NOW).items()},
        curves=CURVES,
        cohorts=cohorts(everyone),
        fleet_known=True,
    )
    return seen, State()


def _plain(declared: Site) -> Site:
    groups = {
        name: replace(group, floor_w=0, heat=None, cooling=None, hosting=None)
        for name, group in declared.groups.items()
    }
    programs = {name: replace(one, reserve_w=0) for name, one in declared.programs.items()}
    return replace(
        declared,
        groups=groups,
        programs=programs,
        rules={},
        neighbours={},
        engine=None,
        headroom=Decimal(0),
    )
