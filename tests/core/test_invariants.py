"""What holds of every decision, whatever is declared, seen, asked and remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from msgspec.structs import asdict, replace

from controller.core.decide import decide
from controller.core.obedience.motions import Orders
from controller.core.situation import assess
from controller.model.base import Model, encode, from_plain, to_plain
from controller.model.fleet import OFF, Cohort
from controller.model.grid import SITE, ManualOrder
from controller.model.quality import Fresh, Missing, Stale
from controller.model.seen import Snapshot, State
from tests.core.cases.chances import Chances, cases, many
from tests.core.cases.sites import NOW
from tests.core.cases.situations import Situation, settled, situation
from tests.core.promises import broken, miners, rise_w


@many()
@given(cases(situation))
def test_every_promise_is_kept(at: Situation) -> None:
    seen, state = at
    assert broken(seen, state, *decide(seen, state)) == []


@many()
@given(cases(situation))
def test_the_same_input_gives_the_same_plan_even_through_json(at: Situation) -> None:
    once = encode(decide(*at))
    assert encode(decide(*at)) == once
    read = from_plain(to_plain(at[0]), Snapshot), from_plain(to_plain(at[1]), State)
    assert encode(decide(*read)) == once


@many()
@given(cases(situation))
def test_the_order_of_inputs_does_not_matter(at: Situation) -> None:
    """Of any mapping, declared, seen or remembered."""
    seen, state = at
    assert encode(decide(_turned(seen), _turned(state))) == encode(decide(seen, state))


def _turned(value: Any) -> Any:
    """With every mapping in it the other way round."""
    if isinstance(value, Mapping):
        return {key: _turned(one) for key, one in [*value.items()][::-1]}
    if isinstance(value, Model):
        return replace(value, **{key: _turned(one) for key, one in asdict(value).items()})
    return value


@many()
@given(cases(situation))
def test_splitting_a_cohort_changes_no_kw(at: Situation) -> None:
    """Of miners that draw the same."""
    seen, state = at
    even = {
        key: replace(one, power_w=one.power_w // len(one.members) * len(one.members))
        for key, one in seen.cohorts.items()
    }
    seen = replace(seen, cohorts=even)
    halves = {
        f"{key}{part}": replace(cohort, members=members, power_w=power_w)
        for key, cohort in seen.cohorts.items()
        for part, (members, power_w) in enumerate(_halves(cohort))
        if members
    }
    split, whole = watts(replace(seen, cohorts=halves), state), watts(seen, state)
    assert split.keys() == whole.keys()
    # Means and ratios are rounded to the watt for each cohort.
    assert all(abs(split[key] - whole[key]) <= len(halves) for key in whole)


def _halves(cohort: Cohort) -> list[tuple[tuple[str, ...], int]]:
    middle = len(cohort.members) // 2
    first_w = cohort.power_w * middle // len(cohort.members)
    return [
        (cohort.members[:middle], first_w),
        (cohort.members[middle:], cohort.power_w - first_w),
    ]


def watts(seen: Snapshot, state: State) -> dict[str, int]:
    """The site's target and shortfall, and what each pool is granted."""
    plan, _, _ = decide(seen, state)
    granted = {key: one.power_w for key, one in plan.allocations.items()}
    return {**granted, "target": plan.target_w, "shortfall": plan.shortfall_w}


@many()
@given(cases(situation))
def test_names_change_no_kw(at: Situation) -> None:
    """Miners, dispatches and orders called otherwise, so that they sort the other way round. Which
    of equals is met goes by name, so nobody was woken before: that would tell them apart."""
    seen, state = at[0], replace(at[1], wakes={})
    plan, _, _ = decide(seen, state)
    called, _, _ = decide(*_renamed(seen, state))
    assert (called.target_w, called.shortfall_w) == (plan.target_w, plan.shortfall_w)


def _renamed(seen: Snapshot, state: State) -> Situation:
    names = sorted(miners(seen))
    new = {old: f"m{len(names) - number:02}" for number, old in enumerate(names)}
    orders = {
        f"z-{key}": replace(one, id=f"z-{key}", scope=new.get(one.scope, one.scope))
        for key, one in seen.orders.items()
    }
    dispatches = {
        f"x{9 - int(key[1:])}": replace(one, id=f"x{9 - int(key[1:])}")
        for key, one in seen.dispatches.items()
    }
    renamed = replace(
        seen,
        orders=orders,
        dispatches=dispatches,
        locks={new[key]: replace(one, place=new[key]) for key, one in seen.locks.items()},
        cohorts={
            key: replace(one, members=tuple(sorted(new[name] for name in one.members)))
            for key, one in seen.cohorts.items()
        },
        moving=_keyed(seen.moving, new),
        outcomes={
            key: replace(one, miner=new.get(one.miner, one.miner))
            for key, one in seen.outcomes.items()
        },
    )
    motions = {
        new[name]: replace(one, command=replace(one.command, miner=new[name]))
        for name, one in state.motions.items()
    }
    wear, wakes = _keyed(state.wear, new), _keyed(state.wakes, new)
    return renamed, replace(state, motions=motions, wear=wear, wakes=wakes)


def _keyed(found: Mapping[str, Any], new: Mapping[str, str]) -> dict[str, Any]:
    return {new.get(name, name): one for name, one in found.items()}


SILENCES: tuple[Callable[[Snapshot], Snapshot], ...] = (
    lambda seen: replace(seen, price_per_mwh=Missing(why="silent")),
    lambda seen: replace(seen, hashprice_per_ph_day=Missing(why="silent")),
    lambda seen: replace(seen, meters_w={**seen.meters_w, SITE: Stale(value=9_000, at=NOW)}),
    lambda seen: replace(seen, fleet_known=False),
)


def silenced(chances: Chances) -> Situation:
    seen, state = situation(chances)
    return chances.of(SILENCES)(seen), state


@many()
@given(cases(silenced))
def test_silence_starts_nothing(at: Situation) -> None:
    seen, state = at
    plan, _, _ = decide(seen, state)
    assert [command for command in plan.commands if _starts(command, seen, state)] == []


def _starts(command: Any, seen: Snapshot, state: State) -> bool:
    miner, motion = miners(seen)[command.miner], state.motions.get(command.miner)
    return command.level != OFF and rise_w(command, miner, motion, seen) > 0


@many()
@given(cases(situation))
def test_all_limits_intersect(at: Situation) -> None:
    """A limit more is in force beside the others, and nowhere does it let more be counted."""
    seen, state = at
    order = ManualOrder(
        id="more",
        scope="a",
        limit_w=4_000,
        person="Ada",
        why="test",
        issued_at=NOW,
        until=NOW + timedelta(minutes=5),
    )
    with_it = replace(seen, orders={**seen.orders, "more": order})
    before, after = (assess(s, state, Orders(1)).limits for s in (seen, with_it))
    assert set(before) < set(after)
    plan, _, _ = decide(with_it, state)
    granted = [one for one in plan.allocations.values() if one.group == "a"]
    running = [one for one in granted if set(one.counts) - {OFF}]
    assert sum(one.power_w for one in granted) <= 4_000 or not running


def priced(chances: Chances) -> tuple[Situation, list[int]]:
    prices = [chances.between(-100, 200), chances.between(-100, 200)]
    return settled(chances), sorted(prices)


@many()
@given(cases(priced))
def test_a_lower_price_never_lowers_consumption(at: tuple[Situation, list[int]]) -> None:
    """Without any limit by nothing at all."""
    (seen, state), prices = at
    groups = {
        name: replace(one, limit_w=None, breaker="") for name, one in seen.site.groups.items()
    }
    free = replace(seen.site, import_limit_w=10**6, groups=groups)
    seen = replace(seen, site=free, dispatches={})
    targets = []
    for price in prices:
        said = Fresh(value=Decimal(price), at=NOW)
        targets.append(decide(replace(seen, price_per_mwh=said), state)[0].target_w)
    assert targets == sorted(targets, reverse=True)
