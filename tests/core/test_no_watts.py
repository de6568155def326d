"""Miners that report no watts: whatever they say, the limit is kept where a meter covers them."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controller.model.fleet import OFF
from tests.core.closed_loops import CURVES
from tests.core.promises import broken
from tests.scenarios.form import DispatchForm, Event, GroupForm, Scenario
from tests.scenarios.runner import Cycle, run

NAMES = [f"b-{number:02}" for number in range(1, 9)]


@st.composite
def mixed(draw: st.DrawFn) -> Scenario:
    """Two makes; some of those without watts lie or do not listen when a dispatch comes."""
    bad = draw(st.sets(st.sampled_from(NAMES), max_size=3))
    misdeed = Event(
        minute=1,
        miners=tuple(sorted(bad)),
        begin_to=draw(st.sampled_from(["lie", "ignore", "refuse", "hang"])),
    )
    dispatch = DispatchForm(id="d", kw=draw(st.integers(5, 40)), from_minute=3, to_minute=20)
    return Scenario(
        title="",
        description="",
        minutes=30,
        site={"import_limit_kw": 100},
        groups={
            "a": GroupForm(miners=5, curve="newer"),
            "b": GroupForm(
                miners=len(NAMES),
                curve=draw(st.sampled_from(["plain", "stepped"])),
                watts="none",
                metered=draw(st.booleans()),
                draw_percent=draw(st.sampled_from([100, 100, 95, 90, 105])),
            ),
        },
        expect=(),
        curves=CURVES,
        price_per_mwh={"0": 48, "22": 105},
        hashprice_per_ph_day={"0": 60},
        other_load_kw=draw(st.sampled_from([0, 2])),
        stop_s=draw(st.sampled_from([2, 20])),
        happens=(misdeed, Event(minute=3, dispatch=dispatch)),
    )


def over_the_limit(scenario: Scenario, cycle: Cycle) -> bool:
    """Over it, though somebody who obeys still runs."""
    bad = {name for event in scenario.happens for name in event.miners}
    running = {
        name
        for cohort in cycle.seen.cohorts.values()
        for name in cohort.members
        if cohort.level != OFF
    }
    running |= {name for name, one in cycle.seen.moving.items() if one.level != OFF}
    return cycle.power_w > cycle.plan.limit_w and bool(running - bad)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mixed())
def test_a_dispatch_is_kept_with_liars_among_them(scenario: Scenario) -> None:
    cycles = run(scenario)
    lines = [
        line
        for cycle in cycles
        for line in broken(cycle.seen, cycle.before, cycle.plan, cycle.after, cycle.next_at)
    ]
    assert lines == []
    settled = [cycle for cycle in cycles if 8 <= cycle.minute < 20]
    assert not [cycle.minute for cycle in settled if over_the_limit(scenario, cycle)]
