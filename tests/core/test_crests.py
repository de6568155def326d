"""A start reckons with the crests of wobble, so that nobody is told to go and come for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.core.decide import decide
from controller.core.obedience.motions import Orders
from controller.core.pools.cohorts import cohorts
from controller.core.pools.crests import beyond_levels_w, crests, swing_w
from controller.core.situation import assess
from controller.model.fleet import OFF, MinerSeen
from controller.model.grid import SITE, Limit
from controller.model.quality import Fresh
from controller.model.remembered import Crest
from controller.model.seen import State
from controller.model.site import Group, Site
from controller.reasons import Reason
from tests.core.at_rest import AT_ONCE, seen_at, some
from tests.core.cases.sites import NOW
from tests.core.wobbling import Wobble, WobblingSite, commands

HOURS = 2
LIMIT_W, MINERS = 70_000, 80


def told_in_hours(wobble: Wobble) -> int:
    """Commands in so many hours under a limit with 2 % of headroom, after a first one in which the
    site has found its place."""
    site = WobblingSite(wobble, LIMIT_W, MINERS, "0.02")
    site.hours(1)
    return commands(site.hours(HOURS))


@pytest.mark.parametrize(
    "wobble",
    [Wobble(together=0.02), Wobble(meter=0.02), Wobble(meter=0.02, lasts_s=60)],
    ids=["together", "meter", "slower"],
)
def test_wobble_as_large_as_the_headroom_moves_hardly_anybody(wobble: Wobble) -> None:
    assert told_in_hours(wobble) <= 2 * HOURS


@pytest.mark.parametrize(
    "wobble",
    [Wobble(together=0.01), Wobble(meter=0.01), Wobble(together=0.01, mean=Decimal("1.03"))],
    ids=["together", "meter", "hungry"],
)
def test_wobble_of_half_the_headroom_moves_nobody(wobble: Wobble) -> None:
    assert told_in_hours(wobble) == 0


def test_every_crest_that_exceeds_the_limit_lowers_at_once() -> None:
    site = WobblingSite(Wobble(together=0.05, lasts_s=60), LIMIT_W, MINERS, "0.02")
    plans = site.hours(HOURS)
    over = [plan for plan in plans if plan.expected_w > LIMIT_W]
    assert over
    assert all(plan.target_w <= 0.98 * LIMIT_W for plan in plans)


def test_equals_that_draw_unlike_do_not_change_their_level_by_turns() -> None:
    """Under 5.8 kW. Three draw 1.484, 1.484 and 1.343 kW, 4.311, which is 1.7 % more than nominal:
    with one at the next level it would be 5.716. That is the one that draws least, and as long as
    it is on its way the others draw 5 % more: 2.968 and its 2.934 make 5.902. So it goes back, and
    is not told once more: what starts reckon with was 0.28 kW above nominal, not 0.07."""
    low = {"a": 1_484, "b": 1_484, "c": 1_343}
    told, state = looked(0, low, State())
    assert told == {"c": "default"}
    told, state = looked(10, low | {"c": 2_654}, state)
    assert told == {"c": "340MHz"}
    for second in (20, 30, 40):
        told, state = looked(second, low, state)
        assert told == {}


def looked(second: float, drawn_w: Mapping[str, int], state: State) -> tuple[dict[str, str], State]:
    """What is told to whom of miners that draw so much, and say that they are at the middle."""
    now = after(second)
    everyone = {
        name: MinerSeen(group="a", curve="three", level="340MHz", power_w=power_w, at=now)
        for name, power_w in drawn_w.items()
    }
    moving = {name: one for name, one in everyone.items() if name in state.motions}
    seen = replace(
        seen_at(Decimal(30), of_kw(0), {}),
        now=now,
        site=replace(of_kw(0), import_limit_w=5_800),
        meters_w={SITE: Fresh(value=sum(one.power_w for one in everyone.values()), at=now)},
        cohorts=cohorts({name: one for name, one in everyone.items() if name not in moving}),
        moving=moving,
    )
    plan, state, _ = decide(seen, state)
    return {command.miner: command.level for command in plan.commands}, state


# What is remembered.


def of_kw(limit: int) -> Site:
    return Site(
        id="s",
        currency="USD",
        zone="UTC",
        import_limit_w=limit * 1000,
        groups={"a": Group()},
        pacing=AT_ONCE,
        headroom=Decimal(0),
    )


def look(seconds: float, now_w: int, state: State, *, known: bool = True) -> State:
    """One look at a site that may draw 100 kW, so that 5 kW may be wobble."""
    seen = replace(seen_at(Decimal(48), of_kw(100), {}), now=after(seconds), fleet_known=known)
    return State(crests=crests(seen, state, {SITE: now_w}, limits_of(120, 100, 110)))


def limits_of(*said: int) -> list[Limit]:
    """Of the site, in kW."""
    reason = Reason.IMPORT_LIMIT
    return [Limit(scope=SITE, limit_w=kw * 1000, source="", reason=reason) for kw in said]


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def looks(*said: tuple[float, int]) -> int:
    """What starts keep free after these looks, each at its minute."""
    state, last_w = State(), 0
    for minute, last_w in said:
        state = look(minute * 60, last_w, state)
    return swing_w(state.crests, {SITE: last_w}).get(SITE, 0)


@pytest.mark.parametrize(
    ("said", "kept_w"),
    [
        ([(0, 5_000)], 0),
        ([(0, 5_000), (1, 3_000)], 2_000),
        ([(0, 3_000), (1, 5_000), (2, 4_000)], 1_000),
        ([(0, 3_000), (1, 5_000), (2, 6_000)], 0),
        # until the end of the next quarter
        ([(0, 5_000), (14, 3_000), (15, 2_000), (29.9, 2_000)], 3_000),
        ([(0, 5_000), (14, 3_000), (15, 2_000), (30, 2_000)], 0),
        ([(0, 1_000), (14, 5_000), (15, 2_000), (29.9, 2_000)], 3_000),
        ([(0, 1_000), (15, 5_000), (30, 2_000), (44.9, 2_000)], 3_000),
        ([(0, 1_000), (15, 5_000), (30, 2_000), (45, 2_000)], 0),
        # more than wobble
        ([(0, 6_000), (1, 1_000)], 5_000),
        ([(0, 6_000), (1, 999)], 0),
        ([(0, 6_000), (1, 999), (2, 1_100), (3, 999)], 101),
        # site time was set back
        ([(60, 5_000), (0, 3_000)], 0),
    ],
)
def test_a_crest_counts_until_the_end_of_the_quarter_after_its_own(
    said: list[tuple[float, int]], kept_w: int
) -> None:
    assert looks(*said) == kept_w


def test_before_every_miner_was_heard_nothing_is_a_crest() -> None:
    assert not look(0, 90_000, State(), known=False).crests
    known = look(0, 5_000, State())
    assert look(60, 9_000, known, known=False) == known


def test_where_nothing_is_drawn_any_more_or_nothing_limited_there_is_no_crest() -> None:
    """6 kW less at once are no wobble."""
    high = look(0, 6_000, State())
    assert not look(60, 0, high).crests
    free = replace(seen_at(Decimal(48), of_kw(100), {}), now=after(60))
    assert not crests(free, high, {SITE: 6_000}, [])
    assert swing_w(high.crests, {}) == {SITE: 6_000}


def test_a_crest_is_of_what_is_drawn_beyond_the_levels() -> None:
    """Of four kilowatts of other load, and of two kinds of miners in a group: ten that draw 2.9 kW
    each where 2.794 are nominal, 1.06 kW, and four with 1.5 where 1.414 are, 0.344."""
    ten, four = some("a", "plain", 10), some("a", "three", 4, "340MHz")
    hungry = {name: replace(one, power_w=2_900) for name, one in ten.items()}
    hungry |= {name: replace(one, power_w=1_500) for name, one in four.items()}
    seen = seen_at(Decimal(48), of_kw(100), hungry)
    seen = replace(seen, meters_w={SITE: Fresh(value=39_000, at=NOW)})
    now = assess(seen, State(), Orders(1))
    crests_w = {scope: one.high_w for scope, one in now.state.crests.items()}
    assert crests_w == {SITE: 4_000 + 1_404}
    assert beyond_levels_w(seen, now.pools, {}) == {SITE: 1_404, "a": 1_404}


# What is said of it.


@pytest.mark.parametrize(("crest_w", "named"), [(26_981, True), (26_982, False)])
def test_a_price_is_named_only_where_the_step_has_room_at_the_crest(
    crest_w: int, named: bool
) -> None:
    """Ten miners stand by with 0.25 kW beside 26 kW of other load; one more step, of 2.769 kW,
    makes 29.019 of 30 kW."""
    seen = seen_at(Decimal(500), of_kw(30), some("a", "plain", 10, OFF))
    seen = replace(seen, meters_w={SITE: Fresh(value=26_250, at=NOW)})
    before = State(crests={SITE: Crest(since=NOW, latest_w=crest_w, before_w=0)})
    said = decide(seen, before)[0].explained["a"]
    assert (said.more_below_per_mwh is not None) == named
