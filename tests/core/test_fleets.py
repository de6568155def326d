"""Whole lives of small sites whose fleets lie, die and wake, in a closed loop."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given

from controller.core.decide import decide
from controller.model.seen import State
from tests.core.cases.chances import cases, many
from tests.core.cases.lived import Lived, Seen, lived, unproven

WITHIN = timedelta(minutes=10)
MOST = 12
"""Commands to one miner within that time: three attempts of half a minute each and two minutes
until the next come to nine, and some for changes."""


@pytest.mark.timeout(0)  # whole lives take minutes, and a failing one shrinks slowly
@many(1_000)
@given(cases(lived, size=500))
def test_whatever_befalls_a_site_it_keeps_its_limits_and_comes_to_rest(life: Lived) -> None:
    """Every promise at every look, every limit in the time that it takes, every pace; and when all
    is well again it stands where one who knew nothing of what befell it would put it, but for what
    no meter has proven since."""
    assert life.wrong == []
    assert max((most_within(times) for times in life.told.values()), default=0) <= MOST
    last = life.last
    assert last is not None
    assert life.at_rest, life.told_in_the_end
    told = decide(last.seen, without_cares(last))[0].commands
    assert {command.miner for command in told} <= unproven(last)


def most_within(times: list[datetime]) -> int:
    return max(sum(start <= at < start + WITHIN for at in times) for start in times)


def without_cares(last: Seen) -> State:
    """What is known of prices, meters and miners, without timers, allowances and quarrels: of
    motions, only those of miners that nothing has proven to obey."""
    state, doubtful = last.before, unproven(last)
    return State(
        motions={name: one for name, one in state.motions.items() if name in doubtful},
        running=state.running,
        excess_permille=state.excess_permille,
        level_permille=state.level_permille,
        reserve_permille=state.reserve_permille,
        balances=state.balances,
        fitted_permille=state.fitted_permille,
        ratio_permille=state.ratio_permille,
        fits=state.fits,
        other_w=state.other_w,
        learned=state.learned,
        cooling=state.cooling,
        rules=state.rules,
        watched=state.watched,
        crests=state.crests,
    )
