"""Whole runs that can be: small sites, as scenarios, whose miners obey or do not."""

from __future__ import annotations

import msgspec
from hypothesis import strategies as st

from tests.scenarios.form import (
    MODELS,
    Declared,
    DispatchForm,
    Event,
    GroupForm,
    LevelForm,
    Number,
    Scenario,
    read,
)

HOLLOW = {
    "off": {"kw": 0.03, "ths": 0},
    "eco": {"kw": 1, "ths": 30},
    "mid": {"kw": 2, "ths": 120},
    "top": {"kw": 3.1, "ths": 160},
}
"""Its lowest level is never the best use of power."""
CURVES = msgspec.convert(read(MODELS) | {"hollow": HOLLOW}, dict[str, dict[str, LevelForm]])
PRICES: tuple[Number, ...] = (0, 60, 80, 90, 100, 110, 3000)
MINUTES = 50


@st.composite
def groups(draw: st.DrawFn) -> GroupForm:
    curve = draw(st.sampled_from(sorted(CURVES)))
    return GroupForm(
        miners=draw(st.integers(1, 7)),
        curve=curve,
        level=draw(st.sampled_from(sorted(CURVES[curve]))),
        draw_percent=draw(st.sampled_from([100, 100, 92, 104, 109])),
        declared={
            "limit_kw": draw(st.none() | st.integers(1, 25)),
            "floor_kw": draw(st.sampled_from([0, 0, 0, 5])),
            "switched": draw(st.booleans()),
        },
    )


def pacing(stop_within_s: tuple[int, ...]) -> st.SearchStrategy[Declared]:
    return st.builds(
        dict,
        minimum_on_s=st.sampled_from([0, 120, 600]),
        minimum_off_s=st.sampled_from([0, 120, 300]),
        restore_kw_per_minute=st.sampled_from([6, 1000]),
        stop_within_s=st.sampled_from(stop_within_s),
        start_within_s=st.just(60),
        retry_after_s=st.just(300),
    )


@st.composite
def dispatch(draw: st.DrawFn, number: int) -> Event:
    minute = draw(st.integers(0, 10))
    lasts = draw(st.none() | st.integers(1, 15))
    form = DispatchForm(
        id=f"d{number}",
        kw=draw(st.integers(0, 40)),
        from_minute=minute,
        to_minute=None if lasts is None else minute + lasts,
    )
    return Event(minute=minute, dispatch=form)


@st.composite
def misdeed(draw: st.DrawFn, names: list[str]) -> Event:
    """Some miners begin to do something else than they are told."""
    return Event(
        minute=draw(st.integers(0, 15)),
        miners=tuple(sorted(draw(st.sets(st.sampled_from(names), min_size=1, max_size=3)))),
        begin_to=draw(st.sampled_from(["ignore", "refuse", "lie", "hang", "wake", "obey"])),
    )


@st.composite
def runs(draw: st.DrawFn, *, obedient: bool) -> Scenario:
    """Prices and dispatches change for 25 minutes at most; then everything stays as it is.

    Who obeys is given the time that it takes; 30 s are too short for a slow one that is lowered.
    """
    sites = {"a": draw(groups()), "b": draw(groups())}
    names = [f"{name}-{n:02}" for name, form in sites.items() for n in range(1, form.miners + 1)]
    events = [draw(dispatch(number)) for number in range(draw(st.integers(0, 2)))]
    if not obedient:
        events += [draw(misdeed(names)) for _ in range(draw(st.integers(1, 3)))]
    return Scenario(
        title="",
        description="",
        minutes=MINUTES,
        site={
            "import_limit_kw": draw(st.integers(5, 60)),
            "headroom_percent": draw(st.sampled_from([0, 2, 10])),
        },
        groups=sites,
        expect=(),
        curves=CURVES,
        economics={"start_margin_per_mwh": draw(st.sampled_from([0, 3]))},
        pacing=draw(pacing((60,) if obedient else (30, 60))),
        price_per_mwh={"0": draw(st.sampled_from(PRICES)), "5": draw(st.sampled_from(PRICES))},
        other_load_kw=draw(st.sampled_from([0, 3])),
        stop_s=draw(st.sampled_from([2, 20])),
        start_s=draw(st.sampled_from([5, 50])),
        happens=tuple(sorted(events, key=lambda event: event.minute)),
    )


def changes(scenario: Scenario) -> list[float]:
    """The minutes at which something happens that a miner may have to be moved for."""
    prices = [scenario.price_per_mwh[minute] for minute in ("0", "5")]
    found = {0.0} | ({5.0} if prices[0] != prices[1] else set())
    forms = [event.dispatch for event in scenario.happens if event.dispatch]
    found |= {float(form.from_minute) for form in forms}
    return sorted(found | {float(form.to_minute) for form in forms if form.to_minute is not None})
