"""Whatever floors there are: limits hold, all that can be kept is, a higher floor wins."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from controller.core.floors import Rank
from controller.model.grid import SITE
from controller.model.plan import Plan
from controller.model.rules import Engine, Heat
from controller.model.site import Group, Site
from tests.core.sites_at_a_loss import MODELS, SELLER, fleet, plan_of, seen, site

KINDS = ("plain", "old", "three")
LARGEST_STEP_W = 3_000

counts = st.integers(0, 3)
floors_w = st.sampled_from([0, 0, 3_000, 7_500, 20_000])
fleets = st.fixed_dictionaries({(group, kind): st.tuples(counts, counts)
                                for group in "ab" for kind in KINDS})  # fmt: skip
sites = st.builds(
    lambda limit_w, floor_w, heat_w, reserve_w, least_w: site(
        import_limit_w=limit_w,
        groups={
            "a": Group(floor_w=floor_w),
            "b": Group(heat=Heat(most_w=heat_w) if heat_w else None),
        },
        programs={"ffr": replace(SELLER, reserve_w=reserve_w)},
        engine=Engine(most_w=900_000, least_w=least_w),
    ),
    st.sampled_from([0, 5_000, 12_000, 30_000, 900_000]),
    floors_w,
    floors_w,
    floors_w,
    floors_w,
)
Fleet = dict[tuple[str, str], tuple[int, int]]


def decided(declared: Site, sizes: Fleet) -> Plan:
    miners = {}
    for (group, kind), (running, off) in sizes.items():
        miners.update(fleet(group, kind, running, off))
    return plan_of(seen(declared, miners))


def drawn_w(plan: Plan, group: str) -> int:
    return sum(one.power_w for one in plan.allocations.values() if one.group == group)


def could_w(sizes: Fleet, group: str) -> int:
    tops = {kind: MODELS[kind].top.power_w for kind in KINDS}
    return sum(sum(n) * tops[kind] for (at, kind), n in sizes.items() if at == group)


@settings(max_examples=150)
@given(sites, fleets)
def test_floors_are_kept_where_limits_leave_the_room(declared: Site, sizes: Fleet) -> None:
    plan = decided(declared, sizes)
    whole_w = could_w(sizes, "a") + could_w(sizes, "b")
    roomy = plan.limit_w >= whole_w
    for floor in plan.floors:
        if floor.rank == Rank.RESERVE:
            continue
        there_w = plan.target_w if floor.scope == SITE else drawn_w(plan, floor.scope)
        most_w = whole_w if floor.scope == SITE else could_w(sizes, floor.scope)
        if roomy:
            assert there_w >= min(floor.floor_w, most_w)
    assert plan.target_w <= plan.limit_w or plan.shortfall_w > 0


@settings(max_examples=150)
@given(sites, fleets)
def test_no_more_runs_at_a_loss_than_floors_need(declared: Site, sizes: Fleet) -> None:
    """Each floor rounds up by less than one step; those of the site share what groups need."""
    plan = decided(declared, sizes)
    standby_w = sum(sum(n) * 25 for n in sizes.values())
    asked = [0, 0]
    for floor in plan.floors:
        above_w = floor.floor_w + (standby_w if floor.rank == Rank.RESERVE else 0)
        asked[floor.scope != SITE] = (
            max(asked[0], above_w)
            if floor.scope == SITE
            else asked[1] + max(0, floor.floor_w) + LARGEST_STEP_W
        )
    most_w = max(asked[0], standby_w + asked[1]) + 2 * LARGEST_STEP_W
    assert plan.target_w <= most_w


@settings(max_examples=150)
@given(sites, fleets)
def test_a_higher_floor_has_what_it_would_have_alone(declared: Site, sizes: Fleet) -> None:
    """The commitment in `a` next to the heat in `b`, with and without that."""
    bare = replace(declared, programs={}, engine=None)
    alone = replace(bare, groups={**bare.groups, "b": Group()})
    assert drawn_w(decided(bare, sizes), "a") >= drawn_w(decided(alone, sizes), "a")
