"""Pace, in whole runs: whatever happens, so much moves at most, and everything settles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from controller.core.evidence import told_w
from controller.core.wear import HOUR
from controller.model.fleet import OFF
from tests.core.closed_loops import runs
from tests.core.promises import miners, rise_w
from tests.core.test_decide_settles import calm, promises
from tests.scenarios.form import GroupForm, Scenario, scenario_of
from tests.scenarios.runner import Cycle, run

RESTORE_KW = 30
LOWER_KW = 12
STEP_KW = 6
STEP_S = 10
STAGGER_S = 20


class Moved(NamedTuple):
    """What one look told miners to change."""

    at: datetime
    ups: list[int]
    downs: list[int]
    starts: list[str]


@st.composite
def paced(draw: st.DrawFn, *, obedient: bool) -> Scenario:
    """Runs with some of the paces declared. Nothing waits for an hour to pass."""
    scenario = draw(runs(obedient=obedient))
    declared = {
        "restore_kw_per_minute": RESTORE_KW,
        "step_s": STEP_S,
        "largest_step_up_kw": draw(st.none() | st.just(STEP_KW)),
        "largest_step_down_kw": draw(st.none() | st.just(STEP_KW)),
        "lower_kw_per_minute": draw(st.none() | st.just(LOWER_KW)),
    }
    groups = dict(scenario.groups)
    groups["a"] = _with(groups["a"], breaker="main")
    if draw(st.booleans()):
        groups["b"] = _with(groups["b"], cooling={"power_kw": 1, "before_s": 60, "after_s": 30})
    return replace(
        scenario,
        groups=groups,
        breakers={"main": {"stagger_s": STAGGER_S, "stagger_kw": draw(st.sampled_from([0, 7]))}},
        pacing={**scenario.pacing, **declared},
    )


def _with(form: GroupForm, **more: Any) -> GroupForm:
    return replace(form, declared={**form.declared, **more})


def moved(cycles: list[Cycle]) -> Iterator[Moved]:
    for cycle in cycles:
        known = miners(cycle.seen)
        ups, downs, starts = [], [], []
        for command in cycle.plan.commands:
            miner, motion = known[command.miner], cycle.before.motions.get(command.miner)
            told = told_w(cycle.seen.curves[miner.curve], command.level)
            if told < miner.power_w:
                downs.append(miner.power_w - told)
            elif command.attempt == 1 and (w := rise_w(command, miner, motion, cycle.seen)) > 0:
                ups.append(w)
            if miner.level == OFF != command.level and command.attempt == 1:
                starts.append(command.miner)
        yield Moved(cycle.seen.now, ups, downs, starts)


def within(moves: list[Moved], seconds: float) -> Iterator[list[Moved]]:
    """From each look on, the looks of less than so many seconds."""
    for index, first in enumerate(moves):
        yield [m for m in moves[index:] if (m.at - first.at).total_seconds() < seconds]


def too_much(parts: list[int], most_w: int) -> bool:
    """One miner always may."""
    return len(parts) > 1 and sum(parts) > most_w


def in_steps(moves: list[Moved], pacing: Mapping[str, Any]) -> Iterator[str]:
    for span in within(moves, STEP_S):
        ups, downs = [w for m in span for w in m.ups], [w for m in span for w in m.downs]
        if pacing["largest_step_up_kw"] and too_much(ups, STEP_KW * 1000):
            yield f"{span[0].at}: {ups} W come in one step"
        if pacing["largest_step_down_kw"] and too_much(downs, STEP_KW * 1000):
            yield f"{span[0].at}: {downs} W go in one step"


def at_its_pace(moves: list[Moved]) -> Iterator[str]:
    """A minute's worth at once, and what comes to it since."""
    for minutes in (0.25, 1, 5):
        for span in within(moves, 60 * minutes):
            if (w := sum(w for m in span for w in m.ups)) > RESTORE_KW * 1000 * (1 + minutes):
                yield f"{span[0].at}: {w} W start within {minutes} min"


def staggered(moves: list[Moved], stagger_w: int) -> Iterator[str]:
    for span in within(moves, STAGGER_S):
        looks = [m for m in span if any(name.startswith("a-") for name in m.starts)]
        if len(looks) > 1:
            yield f"{looks[0].at}: {looks} start behind main"
        here = [name for m in looks for name in m.starts if name.startswith("a-")]
        if len(here) > 1 and not stagger_w:
            yield f"{looks[0].at}: {here} start together"


def strayed(scenario: Scenario, cycles: list[Cycle]) -> list[str]:
    moves = list(moved(cycles))
    stagger_kw = scenario.breakers["main"]["stagger_kw"]
    return [
        *in_steps(moves, scenario.pacing),
        *at_its_pace(moves),
        *staggered(moves, stagger_kw * 1000),
    ]


@settings(max_examples=60)
@given(paced(obedient=True))
def test_a_paced_site_comes_to_rest(scenario: Scenario) -> None:
    cycles = run(scenario)
    assert promises(cycles) == []
    assert strayed(scenario, cycles) == []
    late = calm(cycles)
    assert [command for cycle in late for command in cycle.plan.commands] == []
    waits = {reason.value for reason in late[-1].plan.curtailed}
    assert not waits & {"staged_restore", "minimum_off", "disobedient"}
    assert late[-1].power_w <= late[-1].plan.limit_w or late[-1].plan.shortfall_w


@settings(max_examples=60)
@given(paced(obedient=False))
def test_whatever_miners_do_no_step_is_too_large(scenario: Scenario) -> None:
    cycles = run(scenario)
    assert promises(cycles) == []
    assert strayed(scenario, cycles) == []


def rounds(stops: list[int], **pacing: Any) -> Scenario:
    """Dispatches of ten minutes, every twenty, that turn so many of ten miners off."""
    return scenario_of(
        {
            "title": "",
            "description": "",
            "minutes": 20 * len(stops) + 5,
            "site": {"import_limit_kw": 100, "headroom_percent": 0},
            "groups": {"a": {"miners": 10, "curve": "plain"}},
            "pacing": {"minimum_off_s": 60, "minimum_on_s": 60, **pacing},
            "price_per_mwh": {"0": 20},
            "happens": [
                {
                    "minute": 20 * n + 5,
                    "dispatch": {
                        "id": f"d{n}",
                        "kw": 1.5 + 3 * (10 - stop),
                        "from_minute": 20 * n + 5,
                        "to_minute": 20 * n + 15,
                    },
                }
                for n, stop in enumerate(stops)
            ],
            "expect": [],
        }
    )


@settings(max_examples=10)
@given(st.lists(st.integers(1, 10), min_size=4, max_size=8))
def test_the_starts_of_equals_stay_within_one_of_each_other(stops: list[int]) -> None:
    cycles = run(rounds(stops))
    started = Counter(name for one in moved(cycles) for name in one.starts)
    assert sum(started.values()) == sum(stops)
    counts = [started[f"a-{number:02}"] for number in range(1, 11)]
    assert max(counts) - min(counts) <= 1
    wear = cycles[-1].after.wear
    assert {name: one.starts for name, one in wear.items()} == dict(started)


@settings(max_examples=10)
@given(st.lists(st.integers(1, 10), min_size=4, max_size=8), st.integers(1, 2))
def test_no_miner_is_started_oftener_than_its_hour_allows(stops: list[int], most: int) -> None:
    moves = list(moved(run(rounds(stops, starts_per_hour=most))))
    for span in within(moves, HOUR.total_seconds()):
        started = Counter(name for one in span for name in one.starts)
        assert max(started.values(), default=0) <= most
