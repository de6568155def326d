"""Miners that only say that they are off: they count in full, and may be started."""

from __future__ import annotations

from dataclasses import replace as with_
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from controller.core.obedience.command import advance
from controller.core.obedience.evidence import Look, counted_w
from controller.core.obedience.learned import learnt
from controller.model.fleet import CUT, OFF, Command, EvidenceGrade, MinerSeen, Motion, Stage
from controller.model.grid import SITE, ManualOrder
from controller.model.quality import Fresh, Stale
from controller.model.rules import Heat
from controller.model.seen import Snapshot, State
from controller.model.site import Breaker, Group, Pacing
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW
from tests.core.contracts import program
from tests.core.paced_sites import (
    DEAR,
    EACH_W,
    FULL_W,
    OFF_W,
    dispatch,
    later,
    looked,
    miner,
    names,
    told,
)

PLAIN, THREE = CURVES["plain"], CURVES["three"]
LOW = THREE.levels[1]
RETRY = Pacing().retry_after_s
DEARER = Group(adder_per_mwh=DEAR)
INFERRED = EvidenceGrade.INFERRED


def says(
    level: str, at: datetime = NOW, curve: str = "plain", *, locked: bool = False
) -> MinerSeen:
    power_w = 0 if level == CUT else CURVES[curve].level(level).power_w
    return MinerSeen(
        group="a", curve=curve, level=level, power_w=power_w, at=at, grade=INFERRED, locked=locked
    )


def given_up(name: str = "m1", curve: str = "plain", level: str = OFF) -> Motion:
    """Told off a minute ago for the last time."""
    return Motion(
        command=Command(id="c", miner=name, level=level, reason=Reason.DISPATCH, at=later(-60)),
        stage=Stage.FAILED,
        group="a",
        curve=curve,
        from_level="default",
        proven_w=FULL_W,
        deadline=later(-30),
        rest_until=later(RETRY - 30),
    )


def site_of(
    count: int = 3,
    *,
    meter_w: int | None = None,
    limit_w: int = 1_000_000,
    price: Decimal = Decimal(1),
    pacing: Pacing | None = None,
    miner: MinerSeen | None = None,
) -> Snapshot:
    """So many that say they are off; the meter shows just that, or what is said."""
    seen = looked({}, pacing or Pacing(), limit_w=limit_w, price=price)
    shown_w = count * OFF_W if meter_w is None else meter_w
    return replace(
        seen,
        meters_w={SITE: Fresh(value=shown_w, at=NOW)},
        moving={f"m{number}": miner or says(OFF) for number in range(count)},
    )


def state_of(count: int = 3, curve: str = "plain") -> State:
    motions = {f"m{number}": given_up(f"m{number}", curve) for number in range(count)}
    return State(motions=motions, other_w={SITE: 0})


def starting(proven_w: int = FULL_W, level: str = "default", curve: str = "plain") -> Motion:
    return Motion(
        command=Command(id="c", miner="m1", level=level, reason=Reason.PROFITABLE, at=NOW),
        stage=Stage.SENT,
        group="a",
        curve=curve,
        from_level=OFF,
        proven_w=proven_w,
        deadline=later(Pacing().start_within_s),
    )


def test_they_start_and_count_no_more_than_before() -> None:
    """Three count 8.4 kW under a limit of 8.5: none had room on top of that."""
    plan, after, _ = told(site_of(limit_w=8_500), state_of())
    assert [one.level for one in plan.commands] == ["default"] * 3
    assert (plan.expected_w, plan.target_w) == (3 * FULL_W, 3 * FULL_W)
    assert after.other_w[SITE] == 0
    assert {one.from_level for one in after.motions.values()} == {OFF}


def test_whose_switch_is_open_closes_it() -> None:
    miner = says(CUT)
    plan, after, _ = told(site_of(1, meter_w=0, miner=miner), state_of(1))
    assert names(plan) == ["m0"]
    assert after.motions["m0"].from_level == CUT


def test_money_leaves_them_off() -> None:
    plan, _, _ = told(site_of(price=DEAR), state_of())
    assert plan.commands == ()
    assert (plan.expected_w, plan.target_w) == (3 * FULL_W, 3 * FULL_W)
    assert plan.curtailed == {}, "nothing shows that they are off"


def test_a_limit_that_they_exceed_leaves_them_off() -> None:
    seen = replace(site_of(), dispatches={"ers-1": dispatch(8_000)})
    plan, _, _ = told(seen, state_of())
    assert plan.commands == ()
    assert plan.shortfall_w == 3 * FULL_W - 8_000


def test_a_floor_starts_as_many_as_it_needs() -> None:
    """5 kW are two of them and what the third says that it draws."""
    order = ManualOrder(
        id="o", scope="a", floor_w=5_000, person="p", why="w", issued_at=NOW, until=later(600)
    )
    seen = replace(site_of(price=DEAR), orders={"o": order})
    plan, _, _ = told(seen, state_of())
    assert [one.reason for one in plan.commands] == [Reason.MANUAL_ORDER] * 2


def test_a_reserve_is_made_up_of_those_that_surely_run_first() -> None:
    """Of 2,000 W one of hall b has 1,389 in its first step and the rest in its second, which loses
    more than the start of one that may never get room. Nobody is moved."""
    running = looked({"b0": miner("b", "default", curve="three")}, Pacing(), price=DEAR)
    seen = replace(
        site_of(1, price=DEAR, meter_w=FULL_W + OFF_W),
        cohorts=running.cohorts,
        site=replace(running.site, programs={"p": program(reserve_w=2_000)}),
    )
    plan, _, _ = told(seen, state_of(1))
    assert plan.commands == ()
    assert plan.reserves["p"].deliverable_w == EACH_W


def from_low(
    limit_w: int, floor_w: int, others: dict[str, MinerSeen], *plain: str
) -> list[tuple[str, str]]:
    """What is told where m0 says that it went off from its lower level, plain ones of hall a that
    they went off from full power, and hall a has a floor."""
    order = ManualOrder(
        id="o", scope="a", floor_w=floor_w, person="p", why="w", issued_at=NOW, until=later(600)
    )
    resting = looked(others, Pacing(), limit_w=limit_w, groups={"a": DEARER, "b": Group()})
    seen = replace(
        site_of(1, miner=says(OFF, curve="three")),
        cohorts=resting.cohorts,
        meters_w={SITE: Fresh(value=OFF_W + sum(one.power_w for one in others.values()), at=NOW)},
        site=resting.site,
        orders={"o": order},
    )
    seen = replace(seen, moving={**seen.moving, **dict.fromkeys(plain, says(OFF))})
    motion = replace(given_up("m0", "three"), from_level=LOW.name, proven_w=LOW.power_w)
    motions = {"m0": motion, **{name: given_up(name) for name in plain}}
    plan, _, _ = told(seen, State(motions=motions, other_w={SITE: 0}))
    return sorted((one.miner, one.level) for one in plan.commands)


def test_a_floor_counts_on_what_is_nominal_of_its_start() -> None:
    """It counts as at its lower level: that start adds nothing to what is counted, and 1,389 W to
    the load."""
    assert from_low(1_000_000, LOW.power_w, {}) == [("m0", LOW.name)]
    floor_w = 3 * OFF_W + EACH_W + LOW.power_w - OFF_W
    found = from_low(1_000_000, floor_w, {"a5": miner("a", OFF)}, "m1")
    assert found == [("a5", "default"), ("m0", LOW.name)]


def test_a_floor_takes_no_room_from_others_for_its_start() -> None:
    """Beside what counts there is room for hall b's start, or for its own second step."""
    limit_w = LOW.power_w + OFF_W + EACH_W + 500
    found = from_low(limit_w, FULL_W, {"b0": miner("b", OFF)})
    assert found == [("b0", "default"), ("m0", LOW.name)]


@pytest.mark.parametrize(("limit_w", "started"), [(3_000, []), (3_000 + FULL_W, ["c0", "m0"])])
def test_a_lower_floor_starts_nobody_whose_room_a_higher_one_would_take_then(
    limit_w: int, started: list[str]
) -> None:
    """Behind one breaker hall c has a commitment and hall a is to heat. While m0 counts, hall c has
    no room; once it runs, its room would be hall c's, and it would be told off again."""
    heat = Heat(most_w=2_000)
    groups = {"a": Group(heat=heat, breaker="main"), "c": Group(floor_w=2_000, breaker="main")}
    resting = looked(
        {"c0": miner("c", OFF)},
        Pacing(),
        price=DEAR,
        groups=groups,
        breakers={"main": Breaker(limit_w=limit_w)},
    )
    seen = replace(
        site_of(1, meter_w=2 * OFF_W, price=DEAR), cohorts=resting.cohorts, site=resting.site
    )
    plan, _, _ = told(seen, state_of(1))
    assert sorted(names(plan)) == started


@pytest.mark.parametrize("locked", [False, True])
def test_nothing_starts_where_starts_are_closed_or_the_place_is_locked(locked: bool) -> None:
    seen = site_of(miner=says(OFF, locked=locked))
    if not locked:
        seen = replace(seen, meters_w={SITE: Stale(value=75, at=NOW - timedelta(seconds=60))})
    plan, _, _ = told(seen, state_of())
    assert plan.commands == ()
    assert plan.expected_w >= 3 * FULL_W


def test_they_come_at_the_pace_of_other_starts() -> None:
    pacing = Pacing(restore_w_per_minute=2 * EACH_W)
    plan, _, _ = told(site_of(pacing=pacing), state_of())
    assert len(plan.commands) == 2


@pytest.mark.parametrize(("limit_w", "started"), [(4 * FULL_W - 26, 0), (4 * FULL_W - 25, 3)])
def test_the_meter_has_to_leave_room_too(limit_w: int, started: int) -> None:
    """Somebody draws 2,769 W more than they own up to, perhaps one that was wrongly believed. Once
    they run, that counts as other load, beside the 8,382 W of the three."""
    seen = site_of(meter_w=FULL_W + 2 * OFF_W, limit_w=limit_w)
    plan, after, _ = told(seen, state_of())
    assert len(plan.commands) == started
    hidden_w = FULL_W - OFF_W if started else 0
    assert after.other_w[SITE] == hidden_w


@pytest.mark.parametrize(("read_s", "started"), [(-1, 0), (0, 3)])
def test_a_meter_not_read_since_somebody_came_up_may_hide_all_that_it_shows(
    read_s: int, started: int
) -> None:
    """m9 has come up and reports it; a meter read before that shows another's 2,794 W."""
    meter = Fresh(value=FULL_W + 3 * OFF_W, at=later(read_s))
    up = looked({"m9": says("default")}, Pacing()).cohorts
    seen = replace(site_of(limit_w=4 * FULL_W + 10), cohorts=up, meters_w={SITE: meter})
    plan, _, _ = told(seen, replace(state_of(), rose_at=later(-0.5)))
    assert len(plan.commands) == started


def test_its_start_is_told_again_with_the_time_of_a_start_or_not_at_all() -> None:
    motion, off = starting(), says(OFF, later(200))
    due = Look(later(300), Pacing(), may_start=True)
    again = advance(motion, off, PLAIN, None, due).motion
    assert again is not None
    assert again.deadline == due.now + timedelta(seconds=Pacing().start_within_s)
    closed = with_(due, may_start=False)
    after = advance(motion, off, PLAIN, None, closed).motion
    assert after is not None
    assert (after.stage, after.command.level) == (Stage.FAILED, OFF)
    assert counted_w(after, off, PLAIN) == FULL_W


def test_a_start_that_failed_leaves_the_stop_that_nothing_proved() -> None:
    failed = replace(starting(), stage=Stage.FAILED, rest_until=later(RETRY))
    off, look = says(OFF, later(RETRY)), Look(later(RETRY), Pacing(), may_start=True)
    after = advance(failed, off, PLAIN, None, look).motion
    assert after is not None
    assert (after.stage, after.command.level) == (Stage.FAILED, OFF)
    assert counted_w(after, off, PLAIN) == FULL_W
    shown = with_(look, shown={"m1": "a"})
    proven = advance(after, off, PLAIN, None, shown).motion
    assert proven is not None
    assert proven.stage is Stage.CONFIRMED
    was_off = replace(failed, proven_w=OFF_W)
    assert advance(was_off, off, PLAIN, None, look).motion is None
    runs = says("default", later(RETRY))
    assert advance(replace(failed, proven_w=FULL_W + 1), runs, PLAIN, None, look).motion is not None


def test_its_word_that_it_runs_confirms_a_start_and_not_a_lower_level() -> None:
    look = Look(later(60), Pacing(), may_start=True)
    full = advance(starting(), says("default", later(50)), PLAIN, None, look).motion
    assert full is not None
    assert (full.stage, full.proven_w) == (Stage.CONFIRMED, FULL_W)
    lower = starting(level=LOW.name, curve="three")
    low = says(LOW.name, later(50), "three")
    found = advance(lower, low, THREE, None, look).motion
    assert found == lower
    assert counted_w(lower, low, THREE) == FULL_W


def test_one_started_to_a_lower_level_takes_up_the_room_that_it_counts_with() -> None:
    """A ceiling allows it the lower level. 2,794 W count until a meter falls: beside it no other
    has room under 4 kW."""
    unproven = replace(says(OFF, curve="three"), ceiling=LOW.name)
    seen = replace(site_of(1, limit_w=4_000), moving={"m0": unproven})
    plan, after, _ = told(seen, state_of(1, "three"))
    assert [one.level for one in plan.commands] == [LOW.name]
    assert after.motions["m0"].late
    other = looked({"m9": says(OFF)}, Pacing()).cohorts
    plan, _, _ = told(replace(seen, now=later(5), cohorts=other), after)
    assert plan.commands == ()


def test_a_start_that_is_given_up_is_learnt_as_a_start() -> None:
    before = State(motions={"m1": starting()})
    failed = replace(starting(), stage=Stage.FAILED)
    look = Look(later(300), Pacing(attempts=1), may_start=True)
    found = advance(starting(), says(OFF, later(200)), PLAIN, None, look)
    seen = replace(site_of(1), moving={"m1": says(OFF, later(200))})
    known = learnt(seen, before, {"m1": failed}, found.events)["a/plain"]
    assert (known.starts_failed, known.stops_failed) == (1, 0)


def test_a_reserve_starts_them_where_nobody_else_has_any() -> None:
    """One that was started is load that can go."""
    seen = site_of(2, price=DEAR)
    sold = replace(seen, site=replace(seen.site, programs={"p": program(reserve_w=EACH_W)}))
    plan, _, _ = told(sold, state_of(2))
    assert [one.reason for one in plan.commands] == [Reason.RESERVE]


def test_a_floor_is_made_up_of_their_steps_by_what_is_nominal() -> None:
    """It counts with its lower level already: no meter would show that it takes that step."""
    order = ManualOrder(
        id="o", scope="a", floor_w=LOW.power_w, person="p", why="w", issued_at=NOW, until=later(600)
    )
    seen = site_of(1, price=DEAR, miner=says(OFF, curve="three"))
    low = replace(given_up("m0", "three"), from_level=LOW.name, proven_w=LOW.power_w)
    state = replace(state_of(1, "three"), motions={"m0": low})
    plan, _, _ = told(replace(seen, orders={"o": order}), state)
    assert [one.level for one in plan.commands] == [LOW.name]
