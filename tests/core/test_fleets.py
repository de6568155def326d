"""Whole lives of small sites whose fleets lie, die and wake, in a closed loop."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given

from controller.core.decide import decide
from controller.model.fleet import EvidenceGrade
from controller.model.seen import State
from tests.core.cases.chances import cases, many
from tests.core.cases.lived import Lived, Seen, lived

WITHIN = timedelta(minutes=10)
MOST = 12
"""Commands to one miner within that time: three attempts of half a minute each and two minutes
until the next come to nine, and some for changes."""
IN_THE_END = 4
"""Commands to one miner once all is well: one for where it belongs, two while is learnt what others
draw and give up, and one when somebody's rest ends whose power is put to better use."""


@many()
@given(cases(lived, size=500))
def test_whatever_befalls_a_site_it_keeps_its_limits_and_comes_to_rest(life: Lived) -> None:
    """Every promise at every look, every limit in the time that it takes, every pace; and when all
    is well again it stands where one who knew nothing of what befell it would put it."""
    assert life.wrong == []
    assert max((most_within(times) for times in life.told.values()), default=0) <= MOST
    last = life.last
    assert last is not None
    if unsure(last):
        return
    assert life.rested
    assert max(life.told_in_the_end.values(), default=0) <= IN_THE_END
    assert decide(last.seen, without_cares(last.before))[0].commands == ()


def most_within(times: list[datetime]) -> int:
    return max(sum(start <= at < start + WITHIN for at in times) for start in times)


def unsure(last: Seen) -> bool:
    """Whether somebody without watts of its own says that it is off and no meter saw it go, a meter
    that once stood still has not moved by enough since, or fans that nothing meters take the room
    of what they are to cool: safe, and not the best."""
    seen = last.seen
    unproven = [
        name
        for name in last.after.motions
        if name in seen.moving and seen.moving[name].grade is EvidenceGrade.INFERRED
    ]
    fans = any(one.cooling is not None for one in seen.site.groups.values())
    return bool(unproven or last.plan.frozen_meters or fans)


def without_cares(state: State) -> State:
    """What is known of prices, meters and miners, without timers, allowances and quarrels."""
    return State(
        running=state.running,
        excess_permille=state.excess_permille,
        balances=state.balances,
        fitted_permille=state.fitted_permille,
        ratio_permille=state.ratio_permille,
        fits=state.fits,
        other_w=state.other_w,
        learned=state.learned,
        cooling=state.cooling,
        rules=state.rules,
    )
