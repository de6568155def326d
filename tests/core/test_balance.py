"""How much of their nominal power miners draw that report none: fitted to what meters show."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from controller.core.counting.balance import learn
from controller.core.counting.nameplate import unmetered, weighed
from controller.core.counting.proof import proven
from controller.core.decide import decide
from controller.model.fleet import (
    OFF,
    Cohort,
    Command,
    EvidenceGrade,
    MinerSeen,
    Motion,
    Stage,
    Standing,
)
from controller.model.quality import Fresh, Missing
from controller.model.seen import Snapshot, State
from controller.model.site import Group, Site
from controller.reasons import Reason
from tests.core.cases.sites import CURVES, NOW

FULL_W, OFF_W = 2_794, 25
HALL = Site(id="s", currency="USD", zone="UTC", import_limit_w=90_000, groups={"a": Group()})
KIND = "a/plain"
A_MINUTE = timedelta(minutes=1)


def cohort(level: str, count: int) -> Cohort:
    return Cohort(
        group="a",
        curve="plain",
        level=level,
        standing=Standing.PRESENT,
        members=tuple(f"{level}-{number}" for number in range(count)),
        power_w=count * CURVES["plain"].level(level).power_w,
        grade=EvidenceGrade.INFERRED,
    )


def seen(running: int, meter_w: int, after_s: int = 0) -> Snapshot:
    """Ten miners, so many of them running."""
    now = NOW + timedelta(seconds=after_s)
    groups = {"on": cohort("default", running), "off": cohort(OFF, 10 - running)}
    return Snapshot(
        now=now,
        site=HALL,
        meters_w={"a": Fresh(value=meter_w, at=now), "site": Missing(why="none")},
        curves=CURVES,
        cohorts={key: one for key, one in groups.items() if one.members},
        fleet_known=True,
    )


def after(state: State, *looks: Snapshot) -> State:
    for snapshot in looks:
        learnt = learn(snapshot, state, {}, None)
        state = State(
            balances=learnt.balances,
            fitted_permille=learnt.fitted_permille,
            ratio_permille=learnt.ratio_permille,
        )
    return state


def metered(running: int, per_cent: int, fans_w: int = 4_000) -> int:
    return fans_w + running * FULL_W * per_cent // 100 + (10 - running) * OFF_W


def test_a_large_step_shows_the_ratio() -> None:
    found = after(State(), seen(10, metered(10, 112)), seen(4, metered(4, 112), 60))
    assert abs(found.fitted_permille[KIND] - 1_120) <= 1
    counted = weighed(seen(4, 0), found.ratio_permille, frozenset())
    assert counted.cohorts["on"].power_w == 4 * FULL_W * found.ratio_permille[KIND] // 1000
    assert counted.cohorts["off"].power_w == 6 * OFF_W


def test_small_steps_are_added_up_until_they_are_large() -> None:
    looks = [seen(10 - n, metered(10 - n, 112, 40_000), 60 * n) for n in range(4)]
    assert after(State(), *looks[:2]).fitted_permille == {}
    assert abs(after(State(), *looks).fitted_permille[KIND] - 1_120) <= 3


def test_a_step_that_no_ratio_explains_is_none() -> None:
    assert after(State(), seen(10, 40_000), seen(4, 39_000, 60)).fitted_permille == {}


def test_its_own_meter_says_more_of_a_group_than_the_site_s() -> None:
    """Other load of the site rose in the same minute."""
    looks = []
    for running, minute, other_w in ((10, 0, 0), (4, 1, 3_000)):
        one = seen(running, metered(running, 112), 60 * minute)
        site_meter = Fresh(value=metered(running, 112) + other_w, at=one.now)
        looks.append(replace(one, meters_w={**one.meters_w, "site": site_meter}))
    assert abs(after(State(), *looks).fitted_permille[KIND] - 1_120) <= 1


def test_a_group_draws_no_more_than_its_own_meter_shows() -> None:
    found = after(State(), seen(10, metered(10, 92, fans_w=0)))
    assert found.ratio_permille == {KIND: 920}
    assert found.fitted_permille == {}
    back = after(found, seen(10, metered(10, 100, fans_w=0), 60))
    assert back.ratio_permille == {}, "a bound is no ratio: it is gone when the meter rises"


def test_a_meter_read_before_miners_changed_by_themselves_is_no_bound() -> None:
    """A fifth one was woken; its meter is read half a minute late and shows four."""
    late = Fresh(value=metered(4, 100, fans_w=0), at=NOW + timedelta(seconds=30))
    looks = [seen(4, metered(4, 100, fans_w=0)), seen(5, 0, 60), seen(5, 0, 75)]
    state = State()
    for one in looks:
        shown = {"a": late} if one.now > NOW else one.meters_w
        _, state, _ = decide(replace(one, meters_w=shown), state)
    assert state.ratio_permille == {}


def test_a_ratio_that_a_step_has_shown_holds_though_nothing_steps_any_more() -> None:
    """Six of ten are stopped by somebody else; two quiet looks follow."""
    state = State()
    for running, after_s in ((10, 0), (4, 60), (4, 75), (4, 90)):
        _, state, _ = decide(seen(running, metered(running, 112), after_s), state)
    assert abs(state.ratio_permille[KIND] - 1_120) <= 1


def test_what_a_meter_lacks_is_not_taken_for_granted_while_a_miner_is_unproven() -> None:
    """One of ten says that it is off and was given up; then the meter shows one less. It is proven,
    though nobody looked while the meter fell."""
    command = Command(id="c", miner="m", level=OFF, reason=Reason.DISPATCH, at=NOW)
    motion = Motion(
        command=command,
        stage=Stage.FAILED,
        group="a",
        curve="plain",
        from_level="default",
        proven_w=FULL_W,
        deadline=NOW,
    )
    says = MinerSeen(
        group="a",
        curve="plain",
        level=OFF,
        power_w=OFF_W,
        at=NOW + timedelta(seconds=5),
        grade=EvidenceGrade.INFERRED,
    )
    before = after(State(), seen(10, metered(10, 100)))
    state, looked = before, seen(9, metered(9, 100), 60)
    looked = replace(looked, cohorts={"on": cohort("default", 9)}, moving={"m": says})
    learnt = learn(looked, state, {"m": motion}, None)
    assert learnt.balances["a"].unexplained_w == 4_000
    state = State(balances=learnt.balances, motions={"m": motion})
    assert proven(looked, state) == {"m": "a"}


def test_without_any_meter_they_count_in_full_whatever_they_say() -> None:
    blind = Snapshot(
        now=NOW,
        site=HALL,
        meters_w={"site": Missing(why="none")},
        curves=CURVES,
        cohorts={"off": cohort(OFF, 10)},
        fleet_known=True,
    )
    in_full = unmetered(blind, State())
    assert weighed(blind, {}, in_full).cohorts["off"].power_w == 10 * FULL_W
    known = after(State(), seen(10, metered(10, 100)))
    assert not unmetered(blind, known), "a meter that was heard once is only silent"


def test_while_the_fleet_is_heard_for_the_first_time_a_meter_may_still_speak() -> None:
    started = replace(seen(10, 0), meters_w={})
    assert unmetered(started, State()) == {"a"}
    assert unmetered(replace(started, fleet_known=False), State()) == frozenset()


PLATE = MinerSeen(
    group="a", curve="plain", level="default", power_w=FULL_W, grade=EvidenceGrade.INFERRED
)
OWN = replace(PLATE, power_w=2_500, grade=EvidenceGrade.SELF_REPORT)
UNKNOWN = replace(PLATE, curve="unheard-of")


@pytest.mark.parametrize(("one", "found"), [(PLATE, {"a"}), (OWN, set()), (UNKNOWN, set())])
def test_a_group_needs_a_meter_for_those_of_a_known_kind_without_watts(
    one: MinerSeen, found: set[str]
) -> None:
    blind = replace(seen(0, 0), meters_w={}, cohorts={})
    assert unmetered(replace(blind, moving={"m": one}), State()) == found
    assert unmetered(replace(blind, cohorts={"m": at_rest(one)}), State()) == found


def at_rest(one: MinerSeen) -> Cohort:
    return replace(cohort(one.level, 1), curve=one.curve, power_w=one.power_w, grade=one.grade)


def test_who_reports_watts_counts_with_them_whatever_others_of_its_kind_draw() -> None:
    moving = {"own": OWN, "plate": PLATE, "unknown": UNKNOWN}
    resting = {name: at_rest(one) for name, one in moving.items()}
    counted = weighed(replace(seen(0, 0), moving=moving, cohorts=resting), {KIND: 900}, frozenset())
    weights = {"own": 2_500, "plate": 2_514, "unknown": 2_794}
    assert {name: one.power_w for name, one in counted.moving.items()} == weights
    assert {name: one.power_w for name, one in counted.cohorts.items()} == weights


def test_without_any_meter_one_in_motion_counts_in_full_too() -> None:
    off = replace(PLATE, level=OFF, power_w=OFF_W)
    counted = weighed(replace(seen(0, 0), moving={"m": off}), {}, frozenset({"a"}))
    assert counted.moving["m"].power_w == FULL_W


@pytest.mark.parametrize(("still_running", "found"), [(4, {}), (3, {"m": "site"})])
def test_a_ratio_shown_elsewhere_proves_nobody_by_the_site_s_meter(
    still_running: int, found: dict[str, str]
) -> None:
    """The hall's own meter shows that its miners draw 12 % more than is declared while the site's
    is silent: what that one had left unexplained, 7,353 W, is 4,000 of fans and those 12 % of ten
    miners. Nobody has gone whose power it still shows."""
    both = seen(10, metered(10, 112))
    both = replace(both, meters_w={**both.meters_w, "site": both.meters_w["a"]})
    state = after(State(), both)
    assert state.balances["site"].unexplained_w == 4_000 + 10 * FULL_W * 12 // 100
    learnt = learn(seen(4, metered(4, 112), 60), state, {}, None)
    at = NOW + timedelta(seconds=120)
    says = MinerSeen(
        group="a",
        curve="plain",
        level=OFF,
        power_w=OFF_W,
        at=at,
        grade=EvidenceGrade.INFERRED,
    )
    told = Motion(
        command=Command(id="c", miner="m", level=OFF, reason=Reason.DISPATCH, at=at - A_MINUTE),
        stage=Stage.SENT,
        group="a",
        curve="plain",
        from_level="default",
        proven_w=FULL_W * 112 // 100,
        deadline=at,
    )
    meter = Fresh(value=metered(still_running, 112), at=at)
    now = replace(seen(3, 0, 120), meters_w={"site": meter, "a": Missing(why="silent")})
    now = replace(now, cohorts={**now.cohorts, "off": cohort(OFF, 6)}, moving={"m": says})
    known = State(
        motions={"m": told}, balances=learnt.balances, ratio_permille=learnt.ratio_permille
    )
    assert proven(weighed(now, known.ratio_permille, frozenset()), known) == found


def test_the_steps_that_a_meter_has_shown_are_remembered() -> None:
    """Six went off by themselves; what has moved has to settle first."""
    state = State()
    for running, minute in ((10, 0), (4, 1), (4, 20)):
        _, state, _ = decide(seen(running, metered(running, 112), 60 * minute), state)
    assert state.fits["a"].shown.keys() == {KIND}
