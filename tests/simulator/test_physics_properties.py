"""What holds for the physics whatever is commanded, whenever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.simulator.energy import EnergyAccount, energy_wh
from controller.simulator.luxos.catalog import load_model
from controller.simulator.physics import Dynamics, MinerPhysics

from .help import NOON

MODEL = load_model("s19k_pro")
LEVELS = [MODEL.level(name) for name in MODEL.profiles]
HIGHEST_W = max(level.power_w for level in LEVELS)
Command = Callable[[MinerPhysics, datetime], MinerPhysics]

commands: st.SearchStrategy[Command] = st.one_of(
    st.sampled_from(
        [MinerPhysics.sleep, MinerPhysics.wake, MinerPhysics.cut, MinerPhysics.restore]
    ),
    st.sampled_from(LEVELS).map(lambda level: lambda miner, at: miner.set_level(level, at)),
)
gaps_s = st.floats(min_value=0, max_value=900, allow_subnormal=False)
histories = st.lists(st.tuples(gaps_s, commands, gaps_s), min_size=1, max_size=12)
miners = st.builds(
    lambda key, level, start_s, rise_s: MinerPhysics.running(
        key, level, NOON, Dynamics(start_s=start_s, rise_s=rise_s)
    ),
    st.text(max_size=5),
    st.sampled_from(LEVELS),
    st.floats(min_value=0, max_value=60),
    st.floats(min_value=0, max_value=60),
)


def given_at(command: Command, at: datetime) -> Callable[[MinerPhysics], MinerPhysics]:
    return lambda miner: command(miner, at)


@given(miners, histories)
def test_power_and_hashrate_stay_in_bounds_and_are_repeatable(
    miner: MinerPhysics, history: list[tuple[float, Command, float]]
) -> None:
    at = NOON
    for gap_s, command, look_s in history:
        at += timedelta(seconds=gap_s)
        miner = command(miner, at)
        look = at + timedelta(seconds=look_s)
        assert 0 <= miner.power_w(look) <= HIGHEST_W * 1.02
        assert 0 <= miner.hashrate_ths(look) <= 170
        assert 0 <= miner.mean_hashrate_ths(look, 60) <= 165
        assert miner.power_w(look) == miner.power_w(look)


@given(miners, histories)
def test_energy_only_grows_and_agrees_however_often_it_is_read(
    miner: MinerPhysics, history: list[tuple[float, Command, float]]
) -> None:
    often = seldom = EnergyAccount(miner, NOON)
    at = NOON
    for gap_s, command, look_s in history:
        read = often.settle(at + timedelta(seconds=gap_s / 2))
        assert read.energy_wh >= often.energy_wh
        at += timedelta(seconds=gap_s)
        often = read.change(given_at(command, at), at)
        seldom = seldom.change(given_at(command, at), at)
        at += timedelta(seconds=look_s)
    assert often.settle(at).energy_wh == pytest.approx(seldom.settle(at).energy_wh, abs=1e-3)


@given(miners, histories)
def test_energy_is_the_integral_of_power(
    miner: MinerPhysics, history: list[tuple[float, Command, float]]
) -> None:
    gap_s, command, _ = history[0]
    start = NOON + timedelta(seconds=gap_s)
    miner = command(miner, start)
    steps = 2400
    step = timedelta(seconds=120 / steps)
    summed_ws = sum(miner.power_w(start + step * (i + 0.5)) for i in range(steps)) * 120 / steps
    exact_ws = energy_wh(miner, start, start + timedelta(seconds=120)) * 3600
    assert exact_ws == pytest.approx(summed_ws, rel=1e-3, abs=20)
