"""Whoever does not come down is replaced within the same dispatch, while it is told again."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from tests.core.promises import miners
from tests.scenarios.form import MODELS, DispatchForm, Event, GroupForm, LevelForm, Scenario, read
from tests.scenarios.runner import Cycle, run

CURVES = msgspec.convert(read(MODELS), dict[str, dict[str, LevelForm]])
STOP_WITHIN_S = 30
TAKES_S = 5
START = 3
"""The minute at which a dispatch begins."""
MINERS = 12
FULL_KW, OFF_KW = 3.1, 0.1


def hall(
    kw: float,
    bad: dict[str, str],
    minutes: int = 12,
    *,
    switched: bool = False,
    **declared: object,
) -> Scenario:
    """One hall of equal miners under a dispatch, some of which do not do as they are told."""
    names = [f"a-{number:02}" for number in range(1, MINERS + 1)]
    happens = [Event(minute=1, miners=(name,), begin_to=how) for name, how in bad.items()]  # type: ignore[arg-type]
    form = DispatchForm(id="d", kw=kw, from_minute=START)
    assert bad.keys() <= set(names)
    return Scenario(
        title="",
        description="",
        minutes=minutes,
        site={"import_limit_kw": 100, "headroom_percent": 0},
        groups={"a": GroupForm(miners=MINERS, curve="plain", switched=switched, declared=declared)},
        expect=(),
        curves=CURVES,
        pacing={"stop_within_s": STOP_WITHIN_S, "minimum_off_s": 60, "retry_after_s": 120},
        price_per_mwh={"0": 48},
        stop_s=TAKES_S,
        happens=(*happens, Event(minute=START, dispatch=form)),
    )


def levels_at(cycles: list[Cycle], minute: float) -> dict[str, str]:
    """What each miner says at the last look until then."""
    last = [cycle for cycle in cycles if cycle.minute <= minute][-1]
    return {name: one.level for name, one in miners(last.seen).items()}


def test_the_room_comes_back_when_the_late_one_obeys() -> None:
    """15 kW and 1.2 of standby leave room for four. All that keep running obey; of those told to
    stop one ignores it, so a fifth stops at the deadline, and starts again when it has rested."""
    kept = {name for name, level in levels_at(run(hall(15, {})), 6).items() if level == "full"}
    lazy = min(set(levels_at(run(hall(15, {})), 0)) - kept)
    happens = (Event(minute=1, miners=(lazy,), begin_to="ignore"),)
    mended = (Event(minute=4, miners=(lazy,), begin_to="obey"),)
    scenario = hall(15, {})
    cycles = run(replace(scenario, happens=(*happens, scenario.happens[-1], *mended)))
    at_deadline = START + STOP_WITHIN_S / 60
    assert sum(level == "full" for level in levels_at(cycles, at_deadline).values()) == 5
    assert sum(level == "full" for level in levels_at(cycles, at_deadline + 0.4).values()) == 4
    assert levels_at(cycles, at_deadline + 0.4)[lazy] == "full"
    assert levels_at(cycles, 6)[lazy] == "off"
    assert sum(level == "full" for level in levels_at(cycles, 6).values()) == 4
