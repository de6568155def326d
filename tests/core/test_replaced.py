"""Whoever does not come down is replaced within the same dispatch, while it is told again."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.closed_loops import CURVES
from tests.core.promises import miners
from tests.scenarios.form import DispatchForm, Event, GroupForm, Scenario
from tests.scenarios.runner import Cycle, run

STOP_WITHIN_S = 30
TAKES_S = 5
START = 3
"""The minute at which a dispatch begins."""
MINERS = 12
FULL_KW, OFF_KW = 3.1, 0.1


def hall(kw: float, bad: dict[str, str], minutes: int = 12, **declared: object) -> Scenario:
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
        groups={"a": GroupForm(miners=MINERS, curve="plain", declared=declared)},
        expect=(),
        curves=CURVES,
        pacing={"stop_within_s": STOP_WITHIN_S, "minimum_off_s": 60, "retry_after_s": 120},
        price_per_mwh={"0": 48},
        stop_s=TAKES_S,
        happens=(*happens, Event(minute=START, dispatch=form)),
    )


def names(least: int, most: int) -> st.SearchStrategy[list[str]]:
    every = [f"a-{number:02}" for number in range(1, MINERS + 1)]
    return st.lists(st.sampled_from(every), min_size=least, max_size=most, unique=True)


def levels_at(cycles: list[Cycle], minute: float) -> dict[str, str]:
    """What each miner says at the last look until then."""
    last = [cycle for cycle in cycles if cycle.minute <= minute][-1]
    return {name: one.level for name, one in miners(last.seen).items()}


def since(cycles: list[Cycle], minute: float) -> list[Cycle]:
    return [cycle for cycle in cycles if cycle.minute >= minute]


@settings(max_examples=60)
@given(
    names(1, 3).flatmap(
        lambda bad: st.fixed_dictionaries(
            {name: st.sampled_from(["ignore", "refuse", "hang"]) for name in bad}
        )
    ),
    st.integers(11, 30),
)
def test_the_limit_is_kept_though_some_do_not_obey(bad: dict[str, str], kw: int) -> None:
    """Three that do not obey draw 9.3 kW, and nine that are off 0.9: what else there is can make
    room. Whoever stands in may be the next that does not obey: each costs one deadline more."""
    cycles = run(hall(kw, bad))
    in_time = START + (1 + len(bad)) * (STOP_WITHIN_S + 15) / 60
    over = [cycle.minute for cycle in since(cycles, in_time) if cycle.power_w > kw * 1000]
    assert over == []


@settings(max_examples=30)
@given(names(1, 3), st.integers(11, 30), st.booleans())
def test_what_keeps_waking_costs_no_limit_in_the_end(
    bad: list[str], kw: int, switched: bool
) -> None:
    """Each is sent off twice and then contested; from then on the others keep the limit without
    it, and it is told nothing."""
    cycles = run(hall(kw, dict.fromkeys(bad, "wake"), switched=switched))
    woken = {name for cycle in cycles for name in cycle.plan.contested}
    assert woken <= set(bad)
    for cycle in since(cycles, 9):
        assert cycle.power_w <= kw * 1000
        assert [one for one in cycle.plan.commands if one.miner in woken] == []


@settings(max_examples=30)
@given(names(1, 4), st.integers(2, 30), st.sampled_from(["ignore", "hang", "wake", "refuse"]))
def test_it_never_counts_less_than_is_drawn(bad: list[str], kw: int, how: str) -> None:
    cycles = run(hall(kw, dict.fromkeys(bad, how), minutes=20))
    assert [one.minute for one in cycles if one.plan.expected_w < one.power_w] == []


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
