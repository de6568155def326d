"""What a configuration cannot keep when power comes back, as `curtaild check` says it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from controller.config.load import load
from controller.config.power_return import warnings
from controller.wiring import SETTINGS
from tests.config.conftest import Spoil


@dataclass
class Makes:
    starts_by_itself: bool


def warned(spoil: Spoil, *changes: str, starts: bool = True) -> list[str]:
    settings = load(spoil(*changes), SETTINGS, {})
    return [str(one) for one in warnings(settings, {"luxos": Makes(starts)})]


HALL_A = "  hall-a:\n    limit_kw: 120\n"
HALL_B = "  hall-b:\n"


def switched(hall_a: str, hall_b: str) -> tuple[str, ...]:
    return (
        HALL_A,
        f"{HALL_A}    power_return: {hall_a}\n",
        HALL_B,
        f"{HALL_B}    power_return: {hall_b}\n",
    )


def test_each_group_that_comes_back_by_itself_is_named(spoil: Spoil) -> None:
    found = warned(spoil, *switched("staggered", "held_off"))
    assert len(found) == 1
    assert found[0].startswith("groups.hall-a.power_return: ")
    assert "a dispatch in force is exceeded" in found[0]


def test_switches_that_close_all_at_once_keep_no_stagger_either(spoil: Spoil) -> None:
    found = warned(spoil, *switched("all_at_once", "held_off"))
    assert len(found) == 2
    assert "its 40 miners start together" in found[1]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("100", "up to 120 kW come at once, more than site.largest_step_kw (100 kW)"),
        ("120", "whether its step stays below site.largest_step_kw (120 kW) cannot be told"),
    ],
)
def test_a_step_that_is_too_large_or_cannot_be_told(spoil: Spoil, step: str, words: str) -> None:
    key = "import_limit_kw: 190"
    found = warned(spoil, key, f"{key}\n  largest_step_kw: {step}")
    assert sum(words in line for line in found) == 1


def test_groups_that_close_together_make_one_step(spoil: Spoil) -> None:
    key = "import_limit_kw: 190"
    found = warned(
        spoil,
        key,
        f"{key}\n  largest_step_kw: 130",
        HALL_B,
        f"{HALL_B}    limit_kw: 70\n",
    )
    assert found[-1].startswith("site.largest_step_kw: hall-a, hall-b come back together")


def test_firmware_that_waits_to_be_told_keeps_everything(spoil: Spoil) -> None:
    assert warned(spoil, starts=False) == []
