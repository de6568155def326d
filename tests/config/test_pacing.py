"""Paces and fans as people write them, and what is refused of them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from controller.config.load import load
from controller.config.site import to_site
from controller.model.rules import Cooling
from controller.model.site import Pacing
from controller.wiring import SETTINGS
from tests.config.conftest import Complaints, Spoil
from tests.config.test_bounds import GRID, SENSOR

FEEDS = "ledger: {adapter"
LIMIT = "    limit_kw: 120\n"


def pacing(*lines: str) -> tuple[str, str]:
    return "  minimum_off_s: 300\n", "".join(f"  {line}\n" for line in lines)


def cooling(written: str) -> tuple[str, str]:
    return LIMIT, f"{LIMIT}    cooling: {written}\n"


def test_paces_reach_the_model_in_watts(spoil: Spoil) -> None:
    path = spoil(
        *pacing(
            "lower_kw_per_minute: 40.5",
            "starts_per_hour: 4",
            "largest_step_up_kw: 20",
            "largest_step_down_kw: 30",
            "step_s: 15",
            "wakes_per_hour: 5",
            "contested_minutes: 90",
        )
    )
    assert to_site(load(path, SETTINGS, {})).pacing == Pacing(
        lower_w_per_minute=40_500,
        starts_per_hour=4,
        largest_step_up_w=20_000,
        largest_step_down_w=30_000,
        step_s=15,
        wakes_per_hour=5,
        contested_s=5_400,
    )


def test_fans_reach_the_model(spoil: Spoil) -> None:
    fans = "{power_kw: 2.5, before_s: 60, after_s: 120, signal: inlet-a, at_least: 0.5}"
    path = spoil(*cooling(fans), FEEDS, SENSOR + FEEDS)
    groups = to_site(load(path, SETTINGS, {})).groups
    assert groups["hall-a"].cooling == Cooling(
        power_w=2_500, before_s=60, after_s=120, signal="inlet-a", at_least=Decimal("0.5")
    )
    assert groups["hall-b"].cooling is None


def test_fans_that_nothing_proves_need_no_signal(spoil: Spoil) -> None:
    group = to_site(load(spoil(*cooling("{before_s: 60}")), SETTINGS, {})).groups["hall-a"]
    assert group.cooling == Cooling(before_s=60)


CASES: dict[str, tuple[tuple[str, ...], str]] = {
    "a signal that no feed gives": (
        (*cooling("{signal: inlet-b}"), FEEDS, SENSOR + FEEDS),
        "groups.hall-a.cooling.signal: no feed gives a signal inlet-b; did you mean inlet-a?",
    ),
    "a signal that is a public condition": (
        (*cooling("{signal: grid-state}"), FEEDS, GRID + FEEDS),
        "groups.hall-a.cooling.signal: grid-state is a public condition of feed grid: it informs "
        "and never orders",
    ),
    "a value of no signal": (
        cooling("{before_s: 60, at_least: 2}"),
        "groups.hall-a.cooling: at_least says nothing without signal: give both, or neither",
    ),
    "a step of nothing": (
        pacing("largest_step_down_kw: 0"),
        "pacing.largest_step_down_kw: must be greater than 0",
    ),
    "no start at all": (
        pacing("starts_per_hour: 0"),
        "pacing.starts_per_hour: must be greater than or equal to 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), CASES.values(), ids=CASES.keys())
def test_what_does_not_fit_is_named(
    complaints: Complaints, changes: tuple[str, ...], said: str
) -> None:
    (found,) = complaints(*changes)
    place, _, rest = found.partition(": ")
    assert place.startswith("site.yaml:")
    assert rest == said
