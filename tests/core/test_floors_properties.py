"""Whatever floors there are: limits hold, all that can be kept is, a higher floor wins."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from msgspec.structs import replace

from controller.core.limits.floors import Rank
from controller.model.grid import SITE, Floor
from controller.model.plan import Plan
from controller.model.rules import Engine, Heat
from controller.model.site import Group, Site
from controller.model.tariff import Hosting
from tests.core.cases.chances import Chances, cases, many
from tests.core.sites_at_a_loss import MODELS, SELLER, STANDBY_W, fleet, plan_of, seen, site

KINDS = ("plain", "old", "three")
LARGEST_STEP_W = 3_000

FLOORS_W = (0, 0, 3_000, 7_500, 20_000)


def declared_site(chances: Chances) -> Site:
    limit_w = chances.of([900_000, 30_000, 12_000, 5_000, 0])
    commitment_w, heat_w, reserve_w, least_w = (chances.of(FLOORS_W) for _ in range(4))
    return site(
        import_limit_w=limit_w,
        groups={
            "a": Group(floor_w=commitment_w),
            "b": Group(heat=Heat(most_w=heat_w) if heat_w else None),
        },
        programs={"ffr": replace(SELLER, reserve_w=reserve_w)},
        engine=Engine(most_w=900_000, least_w=least_w),
    )


Fleet = dict[tuple[str, str], tuple[int, int]]


def floored(chances: Chances) -> tuple[Site, Fleet]:
    """By group and kind, how many run and how many are off."""
    sizes = {(g, kind): (chances.below(4), chances.below(4)) for g in "ab" for kind in KINDS}
    return declared_site(chances), sizes


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


@many()
@given(cases(floored, size=40))
def test_floors_are_kept_where_limits_leave_the_room(at: tuple[Site, Fleet]) -> None:
    declared, sizes = at
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


@many()
@given(cases(floored, size=40))
def test_no_more_runs_at_a_loss_than_floors_need(at: tuple[Site, Fleet]) -> None:
    """Each floor rounds up by less than one step; those of the site share what groups need."""
    declared, sizes = at
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


def ranked(chances: Chances) -> tuple[Site, Site, Fleet]:
    """With all floors, and without the lowest of heat, commitment and reserve."""
    declared, sizes = floored(chances)
    bare = replace(declared, groups={**declared.groups, "b": Group()})
    dropped = chances.below(3)
    if dropped:
        bare = replace(bare, groups={"a": Group(), "b": Group()})
    return declared, replace(bare, programs={}) if dropped == 2 else bare, sizes


def counted_w(plan: Plan, floor: Floor, sizes: Fleet) -> int:
    """What counts for a floor."""
    if floor.scope != SITE:
        return drawn_w(plan, floor.scope)
    standby_w = sum(sum(n) * STANDBY_W for n in sizes.values())
    return plan.target_w - (standby_w if floor.rank == Rank.RESERVE else 0)


@many()
@given(cases(ranked, size=40))
def test_a_higher_floor_has_what_it_would_have_without_the_lower_ones(
    at: tuple[Site, Site, Fleet],
) -> None:
    """Of a floor of the site for which limits have no room the last step may be a smaller one."""
    declared, higher, sizes = at
    plan, alone = decided(declared, sizes), decided(higher, sizes)
    for floor in alone.floors:
        due_w = min(floor.floor_w, counted_w(alone, floor, sizes))
        step_w = LARGEST_STEP_W - 1 if floor.scope == SITE and due_w < floor.floor_w else 0
        assert counted_w(plan, floor, sizes) >= due_w - step_w


def hosted(chances: Chances) -> tuple[Site, Fleet, list[int]]:
    """A client's miners in `a` run at any price, its feeder may not carry them all, and floors ask
    for so many quarters of what is there without them."""
    sizes = {(g, kind): (chances.below(4), chances.below(4)) for g in "ab" for kind in KINDS}
    client = Hosting(client="c", price_per_mwh=Decimal(60))
    feeder_w = chances.of([12_000, 6_000, 20_000, None])
    declared = site(
        import_limit_w=chances.of([900_000, 30_000, 12_000]),
        groups={"a": Group(hosting=client, limit_w=feeder_w), "b": Group()},
    )
    return declared, sizes, [chances.below(5) for _ in range(3)]


@many()
@given(cases(hosted, size=40))
def test_floors_that_are_kept_without_them_change_nothing(
    at: tuple[Site, Fleet, list[int]],
) -> None:
    """Where they earn less than others would, too."""
    declared, sizes, (commitment, reserve, least) = at
    bare = decided(declared, sizes)
    above_w = bare.target_w - sum(sum(n) * STANDBY_W for n in sizes.values())
    promised_w = drawn_w(bare, "a") * commitment // 4
    floored = replace(
        declared,
        groups={**declared.groups, "a": replace(declared.groups["a"], floor_w=promised_w)},
        programs={"ffr": replace(SELLER, reserve_w=above_w * reserve // 4)},
        engine=Engine(most_w=900_000, least_w=bare.target_w * least // 4),
    )
    plan = decided(floored, sizes)
    assert {key: one.counts for key, one in plan.allocations.items()} == {
        key: one.counts for key, one in bare.allocations.items()
    }
