"""What could come within a time, and what keeps it from coming sooner."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from controller.core.deliverable.rising import staged_w
from controller.core.pacing.staging import Stage as Step
from controller.model.fleet import OFF, Cohort, Stage
from controller.model.grid import SITE, ManualOrder
from controller.model.remembered import CoolingState, Learned
from controller.model.rules import Cooling
from controller.model.seen import State
from controller.model.site import Breaker, Group
from tests.core.cases.sites import NOW
from tests.core.movable import (
    FAST,
    IDLE,
    PLENTY,
    STEP_W,
    adds,
    cohort,
    motion,
    seen,
    site,
    situation,
    with_one,
)

MINUTE = timedelta(minutes=1)
LOWER_W = 1_414 - 25
"""The first step of a miner with three levels."""
THREE = cohort("three", OFF, 10, curve="three")


def test_while_a_person_holds_the_site_nothing_comes() -> None:
    hold = ManualOrder(
        id="h", scope=SITE, hold=True, person="p", why="w", issued_at=NOW, until=NOW + MINUTE
    )
    assert adds(situation(seen(IDLE, orders={"h": hold})))[3][0] == 0


def test_miners_that_run_in_full_have_no_steps_to_fit() -> None:
    """Of 10 kW the idle ones draw 250 W and the other 2,794: 6,956 W are two steps and a half."""
    full = cohort("full", "default", 1, curve="three")
    now = situation(seen(IDLE, full, where=site(import_limit_w=10_000)))
    assert adds(now)[3][0] == 2 * STEP_W


def test_a_group_is_filled_by_its_own_steps() -> None:
    """Of 6.5 kW its idle miners draw 250 W: there are two steps and some left."""
    where = site(group=Group(limit_w=6_500), others={"b": Group()})
    now = situation(seen(IDLE, replace(THREE, group="b"), where=where), None)
    assert adds(now)[2][0] == 2 * STEP_W + 10 * STEP_W


@pytest.mark.parametrize("limit_w", [1, 200])
def test_a_place_beyond_its_limit_takes_nothing(limit_w: int) -> None:
    assert adds(situation(seen(IDLE, where=site(import_limit_w=limit_w))))[3] == (0, "0")
    where = site(group=Group(limit_w=limit_w))
    assert adds(situation(seen(IDLE, where=where)))[3] == (0, "0")


def test_only_starts_that_are_in_time_take_time_from_the_restore_allowance() -> None:
    """A minute's worth, and 28 s of the next: others that take 300 s add and delay nothing."""
    where = site(replace(PLENTY, restore_w_per_minute=6_000))
    assert adds(situation(seen(IDLE, THREE, where=where)))[1][0] == 6_000 + 2_800


def test_where_many_starts_take_longer_than_there_is_time_only_the_first_minutes_worth_comes() -> (
    None
):
    """Half of them take up to 64 s."""
    late = Learned(starts=(0, 0, 0, 0, 0, 20, 20, 0, 0, 0, 0))
    where = site(replace(PLENTY, restore_w_per_minute=6_000))
    assert adds(situation(seen(IDLE, where=where), late))[1][0] == 6_000


def test_nothing_starts_so_late_that_the_slowest_kind_could_not_arrive() -> None:
    """Three levels take up to 256 s: 344 s of 600 are left for the allowance."""
    slow = Learned(starts=(0, 0, 0, 0, 0, 0, 0, 0, 40, 0, 0))
    where = site(replace(PLENTY, restore_w_per_minute=3_000))
    now = situation(seen(IDLE, THREE, where=where), state=State(learned={"a/three": slow}))
    assert adds(now)[2][0] == 3_000 + 17_200


def test_what_is_left_of_the_allowance_counts() -> None:
    where = site(replace(PLENTY, restore_w_per_minute=6_000))
    used = State(restore_credit_w=1_000, restored_at=NOW)
    assert adds(situation(seen(IDLE, where=where), state=used))[1][0] == 1_000 + 2_800


@pytest.mark.parametrize(("others", "add_w"), [((IDLE,), 2 * STEP_W), ((IDLE, THREE), 2 * LOWER_W)])
def test_one_miner_may_start_in_each_stage_however_large(
    others: tuple[Cohort, ...], add_w: int
) -> None:
    """A stage each 20 s, and 28 s for them; as whoever comes first, the smallest is counted."""
    where = site(
        group=Group(breaker="main"), breakers={"main": Breaker(stagger_s=20, stagger_w=1_000)}
    )
    quick = State(learned={"a/three": FAST})
    assert adds(situation(seen(*others, where=where), state=quick))[1][0] == add_w


@pytest.mark.parametrize(
    ("spare_s", "most_w"), [(0, 1_000), (14, 1_000), (15, 5_000), (34, 5_000), (35, 9_000)]
)
def test_what_a_stage_has_left_goes_now_and_more_when_it_opens_again(
    spare_s: int, most_w: int
) -> None:
    """4 kW each 20 s: 3 of them were used 5 s ago."""
    used = Step("main", 20, left_w=1_000, used_w=3_000, at=NOW - timedelta(seconds=5))
    assert staged_w(used, 4_000, spare_s, NOW) == most_w
    overdrawn = Step("main", 20, left_w=-500, used_w=4_500, at=used.at)
    assert staged_w(overdrawn, 4_000, spare_s, NOW) == most_w - 1_000


def test_a_stage_that_opens_within_a_second_is_not_open_yet() -> None:
    used = Step("main", 20, left_w=0, used_w=4_000, at=NOW - timedelta(seconds=4.5))
    assert [staged_w(used, 4_000, spare_s, NOW) for spare_s in (15, 16)] == [0, 4_000]


@pytest.mark.parametrize("lasts_s", [0, 1])
def test_no_more_than_one_stage_a_second_is_reckoned_with(lasts_s: int) -> None:
    assert staged_w(Step("main", lasts_s, 4_000, 0, None), 4_000, 3, NOW) == 4 * 4_000


def test_what_draws_less_than_its_standby_rises_by_no_more_than_the_step() -> None:
    assert adds(situation(seen(replace(IDLE, power_w=0))))[3][0] == 10 * STEP_W
    thirsty = cohort("off", OFF, 10, power_w=1_000)
    resting = motion(Stage.CONFIRMED, OFF, "default", rest_s=60)
    # 94 W are the mean of the eleven, and 100 W what each of the ten draws
    assert adds(with_one(resting, OFF, thirsty))[2][0] == 10 * (2_794 - 100) + 2_794 - 94


def test_what_draws_more_than_it_would_at_the_top_rises_by_nothing() -> None:
    """Twelve draw 24.14 kW, nominal 16.968: at the top each is expected to draw 2,794 x 1.423."""
    low = cohort("low", "340MHz", 10, curve="three")
    high = cohort("high", "340MHz", 1, curve="three", power_w=5_000)
    resting = motion(Stage.CONFIRMED, "340MHz", OFF, rest_s=60, curve="three")
    now = with_one(resting, "340MHz", low, high, learned=None, power_w=5_000)
    # ten of 2,012 W, the mean, to 3,976
    assert adds(now)[2][0] == 10 * (3_976 - 2_012)


def test_nothing_rises_to_a_ceiling_from_above_it() -> None:
    """The ones that say they are off draw 1.5 kW, more than what is expected at the level above."""
    awake = cohort("off", OFF, 10, curve="three", power_w=15_000, ceiling=OFF)
    above = cohort("on", "340MHz", 10, curve="three", power_w=10_000, ceiling=OFF)
    assert adds(situation(seen(awake, above), None))[3][0] == 0
    resting = motion(Stage.CONFIRMED, "340MHz", OFF, rest_s=60, curve="three")
    now = with_one(resting, "340MHz", awake, learned=None, power_w=1_000, ceiling=OFF)
    assert adds(now)[3][0] == 0


def test_who_is_on_its_way_or_refused_to_rise_does_not_come() -> None:
    going = motion(Stage.SENT, "340MHz", OFF, curve="three")
    assert adds(with_one(going, OFF, learned=None))[3][0] == 0
    refusing = motion(Stage.FAILED, "default", "340MHz", rest_s=60, curve="three")
    assert adds(with_one(refusing, "340MHz", learned=None))[3][0] == 0


def test_fans_that_run_already_have_only_the_rest_of_their_time_to_go() -> None:
    """On for 20 s of 30: after 10 s starts take 32."""
    where = site(group=Group(cooling=Cooling(power_w=1_000, before_s=30)))
    state = State(cooling={"a": CoolingState(on_since=NOW - timedelta(seconds=20))})
    assert adds(situation(seen(IDLE, where=where), state=state))[1][0] == 10 * STEP_W


def test_where_fans_are_not_seen_to_run_in_time_nobody_rises() -> None:
    where = site(group=Group(cooling=Cooling(signal="fans", before_s=30)))
    state = State(cooling={"a": CoolingState(on_since=NOW - 10 * MINUTE)})
    low = cohort("low", "340MHz", 10, curve="three")
    assert adds(situation(seen(low, where=where), None, state))[3][0] == 0
