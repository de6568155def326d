"""What a person on shift should know of is said in sentences, the worst first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from controller.model.fleet import Stage
from controller.model.grid import SITE
from controller.model.quality import Fresh, Missing, Stale
from controller.model.seen import State
from controller.model.view import LedgerHealth, View
from controller.surfaces.present.attention import attention
from tests.surfaces.views import NOW, a_view, cohort, motion, plan_now, seen_now

FRESH = {
    "hashprice_per_ph_day": Fresh(value=seen_now().hashprice_per_ph_day.value, at=NOW),  # type: ignore[union-attr]
    "meters_w": {SITE: Fresh(value=39_000, at=NOW)},
    "cohorts": {"a1": cohort("container-a", "off", ["a-01"], 15)},
    "moving": {},
}


def well(seen: dict[str, Any] | None = None, **changes: Any) -> View:
    """A site at which nothing is wrong, but for `changes`."""
    whole: dict[str, Any] = {"adapters": {}, "state": State(), **changes}
    return a_view(seen=seen_now(**{**FRESH, **(seen or {})}), **whole)


def texts(view: View, *, alive: bool = True) -> list[tuple[str, str]]:
    return [(one.severity, one.text) for one in attention(view, alive=alive)]


def test_nothing_is_said_when_all_is_well() -> None:
    assert texts(well()) == []


STALE = Stale(value=39_000, at=NOW - timedelta(minutes=3))


@pytest.mark.parametrize(
    ("view", "severity", "text"),
    [
        (
            well({"price_per_mwh": Missing(why="no interval covers now")}),
            "warning",
            "The price is missing: no interval covers now.",
        ),
        (
            well({"meters_w": {SITE: STALE}}),
            "alarm",
            "The site's meter is stale: the last word is 3 min old.",
        ),
        (
            well({"meters_w": {SITE: Fresh(value=1, at=NOW), "container-a": STALE}}),
            "warning",
            "The meter of container-a is stale: the last word is 3 min old.",
        ),
        (
            well({"meters_w": {SITE: Fresh(value=41_200, at=NOW)}}),
            "warning",
            "The site draws 2.0 kW more than its limit.",
        ),
        (
            well(plan=plan_now(shortfall_w=12_340)),
            "alarm",
            "The limit is exceeded by 12.3 kW that nothing here can turn off.",
        ),
        (
            well(ledger=LedgerHealth(writable=False, last_error="disk full")),
            "alarm",
            "The ledger cannot write, control goes on without record: disk full.",
        ),
        (
            well(adapters={"hashprice": a_view().adapters["hashprice"]}),
            "warning",
            "hashprice is down: no such file.",
        ),
        (
            well(state=State(motions={"a-01": motion("a-01", Stage.FAILED)})),
            "warning",
            "Did not do what was ordered, others stand in: 1 miner.",
        ),
        (
            well({"fleet_known": False}),
            "notice",
            "The miners are still being heard for the first time.",
        ),
    ],
)
def test_what_is_wrong_is_said(view: View, severity: str, text: str) -> None:
    assert texts(view) == [(severity, text)]


def test_a_loop_that_hangs_comes_first() -> None:
    found = texts(a_view(), alive=False)
    assert found[0][0] == "alarm"
    assert "does not complete its cycles" in found[0][1]
    severities = [severity for severity, _ in found]
    assert severities == sorted(severities, key=["alarm", "warning", "notice"].index)


def test_miners_out_of_reach_are_counted_in_motion_too() -> None:
    view = a_view()
    name, moving = next(iter(view.seen.moving.items()))
    lost = {name: type(moving)(**{**_fields(moving), "reachable": False})}
    said = [text for _, text in texts(a_view(seen=seen_now(moving=lost)))]
    assert "Out of reach, counted with the last proven power: 2 miners." in said


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__struct_fields__}


def test_an_open_dispatch_past_its_longest_time_alarms() -> None:
    longest = timedelta(seconds=3600)
    seen = seen_now(**FRESH)
    name, dispatch = next(iter(seen.dispatches.items()))
    program = replace(seen.site.programs[dispatch.program], longest_s=3600)
    site = replace(seen.site, programs={dispatch.program: program})
    for start, alarms in ((NOW - longest, 0), (NOW - longest - timedelta(seconds=1), 1)):
        lasting = replace(dispatch, start=start, end=None)
        view = well({"site": site, "dispatches": {name: lasting}})
        assert sum(name in text for _, text in texts(view)) == alarms
