"""A meter that reads is never taken for frozen, whatever obedient miners and other load do."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.closed_loops import runs
from tests.scenarios.form import Event, Scenario
from tests.scenarios.runner import run


@st.composite
def busy(draw: st.DrawFn) -> Scenario:
    """Other load that jumps at the same moments as prices and dispatches do."""
    scenario = draw(runs(obedient=True))
    minutes = draw(st.lists(st.integers(0, 20), max_size=4, unique=True))
    loads = [Event(minute=m, other_load_kw=draw(st.integers(0, 30))) for m in minutes]
    happens = tuple(sorted([*scenario.happens, *loads], key=lambda event: event.minute))
    return msgspec.structs.replace(scenario, minutes=25, happens=happens)


@settings(max_examples=30)
@given(busy())
def test_no_meter_that_reads_is_accused(scenario: Scenario) -> None:
    assert {scope for cycle in run(scenario) for scope in cycle.plan.frozen_meters} == set()
