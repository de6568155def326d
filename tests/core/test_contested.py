"""Miners that somebody else keeps waking: how they are found, and what they count with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from controller.core.decide import decide
from controller.core.obedience.command import resumed
from controller.model.fleet import CUT, OFF, Cohort, MinerSeen, Motion, Outcome, Stage, Standing
from controller.model.grid import SITE, MaintenanceLock, ManualOrder
from controller.model.plan import Plan
from controller.model.quality import Fresh
from controller.model.remembered import Wakes
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Pacing, Site
from controller.reasons import Reason
from tests.core import paced_sites
from tests.core.cases.sites import CURVES, NOW

FULL_W, OFF_W = 2_794, 25
STOP = ManualOrder(
    id="o",
    scope="a",
    level=OFF,
    person="Ann",
    why="test",
    issued_at=NOW - timedelta(hours=1),
    until=NOW + timedelta(hours=5),
)
"""All of group a is told to be off."""


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


OFF_AT = ago(60)


def site(*, switched: bool = False, wakes_per_hour: int = 3) -> Site:
    return Site(
        id="s",
        currency="USD",
        zone="UTC",
        import_limit_w=90_000,
        groups={"a": Group(switched=switched)},
        pacing=Pacing(wakes_per_hour=wakes_per_hour, contested_s=600),
    )


def look(
    wakes: Mapping[str, Wakes],
    *,
    at: Site | None = None,
    motions: Mapping[str, Motion] | None = None,
    standing: Standing = Standing.PRESENT,
) -> tuple[Plan, State]:
    """One look at two running miners that are to be off."""
    running = Cohort(
        group="a",
        curve="plain",
        level="default",
        standing=standing,
        members=("a1", "a2"),
        power_w=2 * FULL_W,
    )
    locked = standing is Standing.LOCKED
    lock = MaintenanceLock(id="l", place="a", person="Ann", why="test", since=NOW)
    seen = Snapshot(
        now=NOW,
        site=at or site(),
        meters_w={SITE: Fresh(value=2 * FULL_W, at=NOW)},
        orders={} if locked else {"o": STOP},
        locks={"a": lock} if locked else {},
        curves=CURVES,
        cohorts={"r": replace(running, ceiling="" if locked else OFF)},
        fleet_known=True,
    )
    plan, after, _ = decide(seen, State(motions=motions or {}, wakes=wakes))
    return plan, after


def told(plan: Plan) -> dict[str, tuple[str, Reason]]:
    return {one.miner: (one.level, one.reason) for one in plan.commands}


def woken(*seconds: float, off_at: datetime | None = OFF_AT) -> dict[str, Wakes]:
    """That a1 went off as told, and was woken before so many seconds ago."""
    return {"a1": Wakes(off_at=off_at, woken_at=tuple(ago(each) for each in seconds))}


def test_a_miner_that_was_never_off_was_not_woken() -> None:
    plan, after = look({})
    assert told(plan) == dict.fromkeys(("a1", "a2"), (OFF, Reason.MANUAL_ORDER))
    assert after.wakes == {}


def test_a_wake_is_noticed_when_it_has_to_be_told_off_again() -> None:
    plan, after = look(woken())
    assert told(plan)["a1"] == (OFF, Reason.MANUAL_ORDER)
    assert after.wakes == {"a1": Wakes(woken_at=(NOW,))}


@pytest.mark.parametrize(
    ("seconds", "contested"),
    [((3_599, 10), True), ((3_600, 10), False), ((10,), False), ((10, 20, 30), True)],
)
def test_so_many_wakes_within_an_hour_make_it_contested(
    seconds: tuple[float, ...], contested: bool
) -> None:
    plan, after = look(woken(*seconds))
    assert ("a1" in plan.contested) is contested
    reason = Reason.CONTESTED if contested else Reason.MANUAL_ORDER
    assert told(plan) == {"a1": (OFF, reason), "a2": (OFF, Reason.MANUAL_ORDER)}
    assert after.wakes["a1"].woken_at[-1] == NOW
    assert ago(3_600) not in after.wakes["a1"].woken_at


def test_one_that_did_not_go_off_after_the_last_wake_is_not_woken_again() -> None:
    plan, _ = look(woken(10, 20, off_at=None))
    assert told(plan)["a1"] == (OFF, Reason.MANUAL_ORDER)


def test_it_counts_in_full_and_its_watts_are_nobodys_to_give() -> None:
    plan, after = look(woken(10, 20))
    assert plan.contested == {"a1": NOW + timedelta(seconds=600)}
    assert plan.allocations["a/plain/at most off"].power_w == FULL_W + OFF_W
    assert plan.allocations["a/plain/at most off"].held == 1
    assert after.motions["a1"].command.reason is Reason.CONTESTED


def test_woken_to_a_lower_level_it_counts_in_full_from_the_same_decision_on() -> None:
    low_w = 1_414
    running = Cohort(
        group="a",
        curve="three",
        level="340MHz",
        standing=Standing.PRESENT,
        members=("a1",),
        power_w=low_w,
        ceiling=OFF,
    )
    seen = Snapshot(
        now=NOW,
        site=site(),
        meters_w={SITE: Fresh(value=low_w, at=NOW)},
        orders={"o": STOP},
        curves=CURVES,
        cohorts={"r": running},
        fleet_known=True,
    )
    plan, _, _ = decide(seen, State(wakes=woken(10, 20)))
    assert plan.contested.keys() == {"a1"}
    assert plan.expected_w == FULL_W


def test_it_is_cut_where_it_has_a_switch() -> None:
    plan, _ = look(woken(10, 20), at=site(switched=True))
    assert told(plan)["a1"] == (CUT, Reason.CONTESTED)


def test_the_first_wake_is_enough_where_one_is_allowed() -> None:
    plan, _ = look(woken(), at=site(wakes_per_hour=1))
    assert plan.contested.keys() == {"a1"}


def test_a_locked_place_is_told_to_stop_as_often_as_it_takes() -> None:
    plan, after = look(woken(10, 20, 30), standing=Standing.LOCKED)
    assert told(plan)["a1"] == (OFF, Reason.MAINTENANCE_LOCK)
    assert plan.contested == {}
    assert NOW not in after.wakes["a1"].woken_at


def test_what_a_miner_did_a_day_ago_is_forgotten() -> None:
    day = timedelta(days=1)
    kept = Wakes(off_at=NOW - day + timedelta(seconds=1))
    others = {"b1": Wakes(off_at=NOW - day), "b2": kept, "b3": Wakes(woken_at=(ago(3_600),))}
    _, after = look({**woken(), **others})
    assert after.wakes == {"a1": Wakes(woken_at=(NOW,)), "b2": kept}


def test_who_is_told_to_run_was_woken_by_nobody() -> None:
    """Neither when it is told nor when it has come up."""
    off = State(wakes={"a0": Wakes(off_at=OFF_AT)})
    plan, after, _ = paced_sites.told(
        paced_sites.looked(paced_sites.hall("a", 1, OFF), Pacing()), off
    )
    assert [command.level for command in plan.commands] == ["default"]
    assert after.wakes == {}
    now = paced_sites.later(20)
    up = {"a0": replace(paced_sites.miner("a", "default"), at=now)}
    _, later, _ = paced_sites.told(paced_sites.looked({}, Pacing(), now=now, moving=up), after)
    assert later.motions["a0"].stage is Stage.CONFIRMED
    assert later.wakes == {}


def test_a_process_that_begins_knows_of_nobody_that_is_off() -> None:
    """Power may have gone and come back: what runs then was woken by nobody."""
    state = State(wakes={"a1": Wakes(off_at=ago(9), woken_at=(ago(30),)), "a2": Wakes(off_at=NOW)})
    assert resumed(state).wakes == {"a1": Wakes(woken_at=(ago(30),))}


def next_look(
    after: State, seconds: float, level: str, power_w: int, outcome: Stage | None = None
) -> tuple[Plan, State]:
    """The look some seconds later, with a2 off and a1 as given."""
    now = NOW + timedelta(seconds=seconds)
    motion = after.motions.get("a1")
    at_rest = Cohort(
        group="a",
        curve="plain",
        level=OFF,
        standing=Standing.PRESENT,
        members=("a3",),
        power_w=OFF_W,
        ceiling=OFF,
    )
    seen_as = MinerSeen(group="a", curve="plain", level=level, power_w=power_w, at=now, ceiling=OFF)
    off = replace(seen_as, level=OFF, power_w=OFF_W)
    said = {}
    if outcome is not None and motion is not None:
        command = motion.command.id
        said[command] = Outcome(command=command, miner="a1", stage=outcome, at=now, detail="no")
    seen = Snapshot(
        now=now,
        site=site(switched=motion is not None and motion.command.level == CUT),
        meters_w={SITE: Fresh(value=power_w + 2 * OFF_W, at=now)},
        orders={"o": STOP},
        curves=CURVES,
        cohorts={"off": at_rest},
        moving={name: seen_as if name == "a1" else off for name in after.motions},
        outcomes=said,
        fleet_known=True,
    )
    plan, later, _ = decide(seen, after)
    return plan, later


def test_only_who_is_seen_to_be_off_went_off() -> None:
    _, after = look({})
    _, after = next_look(after, 5, "default", FULL_W, Stage.SENT)
    assert after.wakes == {"a2": Wakes(off_at=NOW + timedelta(seconds=5))}


def test_while_contested_it_is_told_nothing_and_counts_in_full_though_it_is_off() -> None:
    _, after = look(woken(10, 20))
    for second in (5, 300, 599):
        plan, after = next_look(after, second, OFF, OFF_W)
        assert plan.commands == ()
        assert plan.expected_w >= FULL_W + 2 * OFF_W
    plan, after = next_look(after, 600, "default", FULL_W)
    assert plan.contested == {}
    assert told(plan) == {"a1": (OFF, Reason.MANUAL_ORDER)}


def test_told_off_for_the_last_time_it_is_not_told_again() -> None:
    _, after = look(woken(10, 20))
    plan, after = next_look(after, 5, "default", FULL_W, Stage.FAILED)
    assert (plan.commands, after.motions["a1"].stage) == ((), Stage.FAILED)
    assert plan.contested.keys() == {"a1"}


def test_a_switch_is_told_again_until_it_opens() -> None:
    _, after = look(woken(10, 20), at=site(switched=True))
    for attempt in (2, 3):
        plan, after = next_look(after, attempt, "default", FULL_W, Stage.FAILED)
        assert [(one.level, one.attempt) for one in plan.commands] == [(CUT, attempt)]
    plan, after = next_look(after, 4, "default", FULL_W, Stage.FAILED)
    assert plan.commands == ()
    assert plan.contested == {"a1": NOW + timedelta(seconds=600)}


def test_behind_an_open_switch_it_draws_nothing_and_stays_cut_when_its_time_is_over() -> None:
    _, after = look(woken(10, 20), at=site(switched=True))
    plan, after = next_look(after, 5, CUT, 0)
    assert after.motions["a1"].stage is Stage.CONFIRMED
    assert plan.expected_w == 2 * OFF_W
    plan, after = next_look(after, 600, CUT, 0)
    assert (plan.contested, plan.commands) == ({}, ())
    assert "a1" not in after.motions


def test_whose_switch_somebody_closes_counts_in_full_again() -> None:
    _, after = look(woken(10, 20), at=site(switched=True))
    _, after = next_look(after, 5, CUT, 0)
    plan, _ = next_look(after, 20, OFF, OFF_W)
    assert plan.expected_w == FULL_W + 2 * OFF_W
    assert plan.commands == ()
