"""Every scenario does what it says, and keeps at every look what every decision has to keep."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from pydantic import ValidationError

from tests.core.promises import broken
from tests.scenarios import form
from tests.scenarios.expectations import disappointments, fits
from tests.scenarios.form import Wanted, files, load, scenario_of
from tests.scenarios.runner import run
from tests.scenarios.site_of import site_of


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_it_goes_as_expected(path: Path) -> None:
    scenario = load(path)
    cycles = run(scenario)
    wrong = disappointments(scenario, cycles)
    assert not wrong, "\n".join([scenario.title, *wrong])
    promises = [
        f"minute {cycle.minute:g}: {line}"
        for cycle in cycles
        for line in broken(cycle.seen, cycle.before, cycle.plan, cycle.after, cycle.next_at)
    ]
    assert promises == []


@pytest.mark.parametrize(
    "change",
    [
        {"minute": 4, "power_kw": 172.6, "mode": "holding"},
        {"minutes": [10, 12], "commands": 59},
        {"minute": 12, "curtailed_kw": {}},
        {"minute": 12, "reasons": {"hall-a": "dispatch"}},
        {"minute": 12, "running": {"hall-a": {"default": 40}}},
        {"minutes": [30, 31], "commands": 0},
        {"minute": 12, "held": {"hall-z": 0}},
    ],
)
def test_a_wrong_expectation_is_noticed(change: dict[str, object]) -> None:
    plain = form.read(form.HERE / "price_spike.yaml") | {"expect": [change]}
    scenario = scenario_of(plain)
    assert len(disappointments(scenario, run(scenario))) == 1


@pytest.mark.parametrize(
    ("wanted", "actual", "fit"),
    [
        (40, 40, True),
        (40.0, 40, True),
        (38.4, 38, False),
        ("<= 40", 40, True),
        ("<= 40", 41, False),
        (">= 40", 41, True),
        (">= 40", 39, False),
    ],
)
def test_numbers_are_compared_at_the_precision_they_are_written_with(
    wanted: Wanted, actual: int, *, fit: bool
) -> None:
    assert fits(wanted, actual) is fit


def test_an_unknown_key_is_refused_with_its_name() -> None:
    plain = form.read(form.HERE / "price_spike.yaml")
    with pytest.raises(msgspec.ValidationError, match="colour"):
        scenario_of({**plain, "colour": "red"})
    plain["groups"]["hall-a"]["colour"] = "red"
    with pytest.raises(ValidationError, match="colour"):
        site_of(scenario_of(plain))
