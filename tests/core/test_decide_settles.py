"""In a closed loop the site comes to rest, and where it rests it keeps its limits."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter

from hypothesis import given, settings

from controller.model.fleet import OFF
from tests.core.closed_loops import changes, runs
from tests.core.promises import broken, miners
from tests.scenarios.form import Scenario
from tests.scenarios.runner import Cycle, run

QUIET_FROM = 42
"""Minutes: after the last change and every minimum time, retry and restore."""


FOR_ONE_CHANGE = 4
"""Commands to a miner that obeys: one for the change itself, two while is learnt what others draw
and give up, and one when somebody's rest ends whose power is put to better use."""


def calm(cycles: list[Cycle]) -> list[Cycle]:
    return [cycle for cycle in cycles if cycle.minute >= QUIET_FROM]


def promises(cycles: list[Cycle]) -> list[str]:
    return [
        line
        for cycle in cycles
        for line in broken(cycle.seen, cycle.before, cycle.plan, cycle.after, cycle.next_at)
    ]


def most_told(cycles: list[Cycle], moments: list[float]) -> int:
    """The most commands that one miner got from one change to the next."""
    told = Counter(
        (bisect_right(moments, cycle.minute), command.miner)
        for cycle in cycles
        for command in cycle.plan.commands
    )
    return max(told.values(), default=0)


def still_running(scenario: Scenario, cycle: Cycle) -> set[str]:
    """The miners that were never told to misbehave and are not off."""
    bad = {name for event in scenario.happens for name in event.miners}
    return {name for name, one in miners(cycle.seen).items() if one.level != OFF} - bad


@settings(max_examples=60)
@given(runs(obedient=True))
def test_obedient_miners_come_to_rest(scenario: Scenario) -> None:
    cycles = run(scenario)
    assert promises(cycles) == []
    late = calm(cycles)
    assert [command for cycle in late for command in cycle.plan.commands] == []
    waits = {reason.value for reason in late[-1].plan.curtailed}
    assert not waits & {"staged_restore", "minimum_off", "disobedient"}
    # A look every 15 s, and none because something waits that cannot come.
    assert len(late) <= 4 * (50 - QUIET_FROM) + 2
    told = [command for cycle in cycles for command in cycle.plan.commands]
    assert [command for command in told if command.attempt > 1] == []
    assert most_told(cycles, changes(scenario)) <= FOR_ONE_CHANGE
    last = cycles[-1]
    assert last.power_w <= last.plan.limit_w or not still_running(scenario, last)


@settings(max_examples=60)
@given(runs(obedient=False))
def test_whatever_miners_do_the_limit_is_kept_in_the_end(scenario: Scenario) -> None:
    cycles = run(scenario)
    assert promises(cycles) == []
    # Three attempts each five minutes, and what becomes of prices and dispatches.
    told = Counter(command.miner for cycle in cycles for command in cycle.plan.commands)
    assert max(told.values(), default=0) <= 40
    last = cycles[-1]
    assert last.power_w <= last.plan.limit_w or not still_running(scenario, last)
