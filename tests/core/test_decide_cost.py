"""A decision about 10,000 miners in 20 cohorts costs what one about 20 cohorts costs."""

from __future__ import annotations

import sys
from types import FrameType

from controller.core.decide import decide
from controller.model.seen import Snapshot, State
from tests.bench.decision_sites import site_of


def calls(seen: Snapshot, state: State) -> int:
    """How many functions a decision calls, our own and built-in."""
    counted = 0

    def count(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        decide(seen, state)
    finally:
        sys.setprofile(None)
    return counted


def test_miners_cost_nothing_cohorts_do() -> None:
    few, many = site_of(20, 200), site_of(20, 10_000)
    _, state, _ = decide(few, State())
    work = calls(few, state)
    assert work > 100
    assert calls(many, state) <= work * 1.05
    assert calls(site_of(40, 400), state) > work * 1.5
