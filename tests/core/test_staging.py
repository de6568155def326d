"""What may move together, and when the next may follow."""

from __future__ import annotations

from datetime import timedelta

import pytest

from controller.core.pacing.staging import (
    SITE_DOWN,
    SITE_UP,
    Stage,
    largest_step,
    stage,
    staged_at,
    staged_w,
    staggers,
)
from controller.model.fleet import Cohort, Standing
from controller.model.seen import State
from controller.model.site import Breaker, Pacing, Site
from tests.core.cases.sites import NOW


def of_miners(names: tuple[str, ...], level: str = "off", each_w: int = 25) -> Cohort:
    return Cohort(
        group="a",
        curve="plain",
        level=level,
        standing=Standing.PRESENT,
        members=names,
        power_w=each_w * len(names),
    )


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def site(pacing: Pacing, **breakers: Breaker) -> Site:
    return Site(
        id="s",
        currency="USD",
        zone="UTC",
        import_limit_w=1,
        groups={},
        pacing=pacing,
        breakers=breakers,
    )


def drawn(fresh: Stage, *powers_w: int) -> Stage:
    for power_w in powers_w:
        assert fresh.takes(power_w)
        fresh.draw(power_w, NOW)
    return fresh


def test_a_stage_takes_so_much_and_no_watt_more() -> None:
    step = drawn(stage("x", 10_000, 10, State(), NOW), 6_000)
    assert step.takes(4_000)
    assert not step.takes(4_001)
    assert step.takes(0)
    step.draw(4_000, NOW)
    assert not step.takes(1)
    assert step.takes(0)


def test_one_miner_always_may_however_large() -> None:
    step = stage("x", 1_000, 10, State(), NOW)
    assert step.takes(3_000)
    step.draw(3_000, NOW)
    assert not step.takes(1)


def test_an_untouched_stage_is_not_remembered() -> None:
    step = stage(SITE_UP, 1_000, 10, State(), NOW)
    step.draw(0, NOW)
    assert step.reopens_at is None
    assert staged_at([step]) == staged_w([step]) == {}


@pytest.mark.parametrize(("later_s", "left_w"), [(0, 4_000), (9, 4_000), (10, 10_000)])
def test_what_is_left_may_follow_and_all_of_it_after_its_time(later_s: int, left_w: int) -> None:
    used = drawn(stage(SITE_DOWN, 10_000, 10, State(), NOW), 6_000)
    state = State(staged_at=staged_at([used]), staged_w=staged_w([used]))
    assert (state.staged_at, state.staged_w) == ({SITE_DOWN: NOW}, {SITE_DOWN: 6_000})
    later = stage(SITE_DOWN, 10_000, 10, state, NOW + seconds(later_s))
    assert later.left_w == left_w
    assert later.takes(4_000)
    assert later.takes(4_001) == (left_w == 10_000)


def test_the_time_runs_from_the_last_move_of_a_stage() -> None:
    used = drawn(stage(SITE_DOWN, 10_000, 10, State(), NOW), 6_000)
    state = State(staged_at=staged_at([used]), staged_w=staged_w([used]))
    later = stage(SITE_DOWN, 10_000, 10, state, NOW + seconds(8))
    later.draw(3_000, NOW + seconds(8))
    assert later.reopens_at == NOW + seconds(18)
    assert staged_w([later]) == {SITE_DOWN: 9_000}


def test_behind_a_breaker_nothing_follows_before_its_time() -> None:
    place = site(Pacing(), main=Breaker(stagger_s=20, stagger_w=9_000), other=Breaker())
    first = staggers(place, State(), NOW)
    assert first.keys() == {"main"}
    drawn(first["main"], 3_000)
    state = State(staged_at=staged_at(first.values()), staged_w=staged_w(first.values()))
    assert (state.staged_at, state.staged_w) == ({"main": NOW}, {})
    early = staggers(place, state, NOW + seconds(19))["main"]
    assert not early.takes(1)
    assert early.reopens_at == NOW + seconds(20)
    assert staged_at([early]) == {"main": NOW}
    late = staggers(place, state, NOW + seconds(20))["main"]
    assert late.takes(9_000)
    assert staged_at([late]) == {}


def test_a_clock_set_back_makes_nobody_wait_longer_than_one_stage() -> None:
    state = State(staged_at={SITE_UP: NOW + seconds(3_600)})
    step = stage(SITE_UP, 1_000, 10, state, NOW)
    assert not step.takes(1)
    assert step.reopens_at == NOW + seconds(10)
    assert staged_at([step]) == {SITE_UP: NOW}


def test_each_direction_has_its_own_largest_step() -> None:
    place = site(Pacing(largest_step_up_w=1_000, step_s=5))
    assert largest_step(place, SITE_DOWN, State(), NOW) is None
    up = largest_step(place, SITE_UP, State(), NOW)
    assert up is not None
    assert (up.key, up.left_w, up.lasts_s) == (SITE_UP, 1_000, 5)
    down = largest_step(site(Pacing(largest_step_down_w=2_000)), SITE_DOWN, State(), NOW)
    assert down is not None
    assert (down.left_w, down.lasts_s) == (2_000, 10)


def test_what_changes_no_power_passes_a_step_that_one_large_miner_has_overdrawn() -> None:
    state = State(staged_at={SITE_UP: NOW}, staged_w={SITE_UP: 3_000})
    step = stage(SITE_UP, 1_000, 10, state, NOW + seconds(1))
    assert not step.takes(1)
    assert step.takes(0)
