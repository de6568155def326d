"""Every kind of limit and floor alone and with every other: the lower limit counts, no floor beats
a limit, and floors of one place are kept by the same kW. 16 kW are five of ten miners beside 1 kW
of standby, 10 kW are three."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations, product
from typing import Any

import pytest

from tests.scenarios.expectations import disappointments
from tests.scenarios.form import HERE, read, scenario_of
from tests.scenarios.runner import run

KINDS = read(HERE / "pairs" / "kinds.yaml")
LIMITS = sorted(KINDS["limits"])
FLOORS = list(KINDS["floors"])
"""In the order in which they are granted."""
CHEAP, DEAR = 48, 500
"""`plain` pays below 100 $/MWh."""


def part(sort: str, kind: str, kw: int) -> dict[str, Any]:
    """A kind that allows, or promises, so many kW."""
    numbers = {"KW": kw, "LOAD": kw - 1, "REST": 100 - kw}
    found: dict[str, Any] = _put_in(KINDS[sort][kind], numbers)
    return {key: value for key, value in found.items() if key != "reason"}


def _put_in(plain: Any, numbers: Mapping[str, int]) -> Any:
    if isinstance(plain, dict):
        return {key: _put_in(value, numbers) for key, value in plain.items()}
    if isinstance(plain, list):
        return [_put_in(value, numbers) for value in plain]
    return numbers.get(plain, plain) if isinstance(plain, str) else plain


def together(*parts: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in parts:
        for key, value in one.items():
            before = found.get(key)
            if isinstance(before, dict):
                found[key] = together(before, value)
            else:
                found[key] = [*before, *value] if isinstance(before, list) else value
    return found


def wrong(price: int, kw: float, reason: str, *parts: Mapping[str, Any]) -> list[str]:
    """What comes of these parts instead of so many kW in the last minute, for this reason."""
    expected = {"minutes": [2, 3], "power_kw": kw, "reasons": {"hall-a": reason}}
    plain = {"title": "", "description": "", "price_per_mwh": {"0": price}, "expect": [expected]}
    scenario = scenario_of({**together(KINDS["site"], *parts), **plain})
    return disappointments(scenario, run(scenario))


def reason_of(sort: str, kind: str) -> str:
    reason: str = KINDS[sort][kind].get("reason", kind)
    return reason


@pytest.mark.parametrize("kind", LIMITS)
def test_a_limit_alone(kind: str) -> None:
    assert wrong(CHEAP, 16.0, reason_of("limits", kind), part("limits", kind, 16)) == []


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (low, high)
        for low, high in permutations(LIMITS, 2)
        if high not in KINDS["shared"].get(low, []) and low not in KINDS["shared"].get(high, [])
    ],
)
def test_of_two_limits_the_lower_counts(low: str, high: str) -> None:
    parts = part("limits", low, 10), part("limits", high, 16)
    assert wrong(CHEAP, 10.0, reason_of("limits", low), *parts) == []


@pytest.mark.parametrize("kind", FLOORS)
def test_a_floor_alone(kind: str) -> None:
    assert wrong(DEAR, 16.0, reason_of("floors", kind), part("floors", kind, 16)) == []


@pytest.mark.parametrize(
    ("limit", "floor"),
    [pair for pair in product(LIMITS, FLOORS) if pair != ("engine", "engine")],
)
def test_no_floor_beats_a_limit(limit: str, floor: str) -> None:
    """That generators need more than they take is refused by the configuration."""
    parts = part("limits", limit, 10), part("floors", floor, 16)
    assert wrong(DEAR, 10.0, reason_of("limits", limit), *parts) == []


@pytest.mark.parametrize(("first", "second"), list(permutations(FLOORS, 2)))
def test_the_same_kw_keep_two_floors_of_a_place(first: str, second: str) -> None:
    """Of the two the one that is granted first is named. A set-point is a limit too, and is not
    exceeded for another floor."""
    parts = part("floors", first, 16), part("floors", second, 10)
    kw, reason = 16.0, min(first, second, key=FLOORS.index)
    if second == "set_point":
        kw, reason = 10.0, "dispatch"
    assert wrong(DEAR, kw, reason, *parts) == []
