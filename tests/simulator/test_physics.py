"""How power and hashrate of a miner move."""

from __future__ import annotations

from datetime import timedelta

import pytest

from controller.simulator.physics import Dynamics, Level, MinerPhysics

from .help import NOON

FULL = Level("default", 3000.0, 120.0)
HALF = Level("half", 1500.0, 70.0)
QUIET = Dynamics(wobble=0.0)


def after(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


@pytest.fixture
def awake() -> MinerPhysics:
    return MinerPhysics.running("m", FULL, NOON, QUIET)


@pytest.fixture
def asleep(awake: MinerPhysics) -> MinerPhysics:
    return awake.sleep(NOON - after(3600))


def test_a_running_miner_draws_and_hashes_what_its_level_says(awake: MinerPhysics) -> None:
    assert awake.power_w(NOON) == 3000
    assert awake.hashrate_ths(NOON) == 120


def test_sleep_ends_hashing_at_once_and_power_within_five_seconds(awake: MinerPhysics) -> None:
    stopped = awake.sleep(NOON)
    assert stopped.hashrate_ths(NOON) == 0
    assert stopped.power_w(NOON) == 3000
    assert 25 < stopped.power_w(NOON + after(2.5)) < 3000
    assert stopped.power_w(NOON + after(5)) == 25


def test_a_start_draws_full_power_before_it_hashes(asleep: MinerPhysics) -> None:
    started = asleep.wake(NOON)
    before_it_hashes = NOON + after(9)
    assert started.power_w(before_it_hashes) == 3000
    assert started.hashrate_ths(before_it_hashes) == 0
    assert started.starting(before_it_hashes)
    assert started.hashrate_ths(NOON + after(10)) == 120
    assert not started.starting(NOON + after(10))


def test_a_level_set_asleep_is_used_at_the_next_start(asleep: MinerPhysics) -> None:
    changed = asleep.set_level(HALF, NOON)
    assert changed.power_w(NOON + after(60)) == 25
    woken = changed.wake(NOON)
    assert woken.power_w(NOON + after(10)) == 1500
    assert woken.hashrate_ths(NOON + after(10)) == 70


def test_a_level_change_never_hashes_more_than_the_lower_of_both(awake: MinerPhysics) -> None:
    halved = awake.set_level(HALF, NOON)
    assert halved.hashrate_ths(NOON) == 70
    assert halved.power_w(NOON + after(4)) == pytest.approx(2250)
    back = halved.set_level(FULL, NOON + after(100))
    assert back.hashrate_ths(NOON + after(107)) == 70
    assert back.hashrate_ths(NOON + after(108)) == 120


def test_a_level_change_does_not_shorten_a_start(asleep: MinerPhysics) -> None:
    started = asleep.wake(NOON).set_level(HALF, NOON + after(1))
    assert started.hashrate_ths(NOON + after(9.9)) == 0
    assert started.hashrate_ths(NOON + after(10)) == 70


def test_a_miner_woken_while_it_stops_goes_up_from_where_it_was(awake: MinerPhysics) -> None:
    woken = awake.sleep(NOON).wake(NOON + after(1))
    assert woken.power_w(NOON + after(1)) == pytest.approx(3000 - 2975 / 5)
    assert woken.hashrate_ths(NOON + after(10)) == 0
    assert woken.hashrate_ths(NOON + after(11)) == 120


def test_a_cut_miner_draws_nothing_and_starts_awake_when_power_returns(
    asleep: MinerPhysics,
) -> None:
    dead = asleep.cut(NOON)
    assert dead.power_w(NOON) == 0
    assert dead.wake(NOON) == dead
    back = dead.restore(NOON + after(60))
    assert back.awake
    assert back.power_w(NOON + after(64)) == 3000
    assert back.hashrate_ths(NOON + after(70)) == 120


def test_commands_repeated_change_nothing(awake: MinerPhysics) -> None:
    stopped = awake.sleep(NOON)
    assert stopped.sleep(NOON + after(2)) == stopped
    assert awake.wake(NOON) == awake
    assert awake.set_level(FULL, NOON + after(2)) == awake
    assert awake.restore(NOON) == awake


def test_a_trailing_mean_forgets_the_hashrate_before_a_stop_only_slowly(
    awake: MinerPhysics,
) -> None:
    stopped = awake.sleep(NOON)
    assert stopped.mean_hashrate_ths(NOON + after(15), 60) == pytest.approx(90)
    assert stopped.mean_hashrate_ths(NOON + after(60), 60) == 0


def test_noise_differs_between_miners_and_stays_small() -> None:
    moments = [NOON + after(7 * i) for i in range(200)]
    one = MinerPhysics.running("one", FULL, NOON)
    two = MinerPhysics.running("two", FULL, NOON)
    powers = [one.power_w(at) for at in moments]
    assert powers != [two.power_w(at) for at in moments]
    assert len(set(powers)) > 50
    assert all(abs(power - 3000) <= 45.01 for power in powers)
