"""docs/dispatches.md: its program is a sound one, its examples are accepted and come to what it
says, its codes are those that there are."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from controller.config.programs import ProgramSettings, to_program
from controller.core.dispatches.body import Code
from controller.core.dispatches.penalty import penalty
from controller.core.limits.by_dispatch import limits_of
from controller.core.planning.lead import told_from
from controller.model.grid import Dispatch
from controller.model.site import Program
from tests.core.contracts import dispatch, program
from tests.core.dispatches import NOW, SITE, judged

TEXT = (Path(__file__).parents[2] / "docs" / "dispatches.md").read_text(encoding="utf-8")
DECLARED: dict[str, Any] = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)[0])
ERS = to_program(ProgramSettings.model_validate(DECLARED["programs"]["ers"]))


def part(title: str, next_title: str) -> str:
    return TEXT[TEXT.index(title) : TEXT.index(next_title)]


def test_the_examples_are_accepted_one_after_the_other() -> None:
    site = replace(SITE, programs={"ers": ERS})
    known: dict[str, Dispatch] = {}
    for example in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL):
        found = judged(json.loads(example), *known.values(), site=site)
        assert isinstance(found, Dispatch), found
        known[found.id] = found
    assert known.pop("north-grid/2023-0906-1").cancelled
    assert {name: one.limit_w for name, one in known.items()} == {
        "north-grid/2023-0906-2": 150_000,
        "north-grid/2023-0906-3": 150_000,
        "north-grid/simple": 60_000,
        "north-grid/agc": 75_000,
    }
    assert known["north-grid/agc"].floor_w == 75_000


def test_every_kind_of_target_has_an_example() -> None:
    kinds = re.findall(r'"target": \{"kind": "(\w+)"', TEXT)
    assert set(kinds) == set(ERS.allowed)


def test_every_code_is_explained() -> None:
    codes = re.findall(r"^\| `(\w+)` \|", part("## Refusals", "## People"), re.MULTILINE)
    assert set(codes) == {code.value for code in Code}


TOGETHER = re.findall(
    r"^\| (A takes .*?) \| (\d+) kW", part("### Several at once", "### Obligations"), re.MULTILINE
)
REDUCTION = re.compile(r"(another of A|\b[AB]) (?:takes )?(\d+) kW off (\d+)")
CAP = re.compile(r"B asks for (\d+) kW(?: and is counted from (\d+))?")


def test_the_table_of_what_several_come_to_is_whole() -> None:
    assert len(TOGETHER) == 6


@pytest.mark.parametrize(("said", "limit_kw"), TOGETHER)
def test_what_several_come_to(said: str, limit_kw: str) -> None:
    asked = [
        dispatch(f"{number}", int(top) - int(less), int(top), whose[-1].lower())
        for number, (whose, less, top) in enumerate(REDUCTION.findall(said))
    ]
    for kw, top in CAP.findall(said):
        asked.append(dispatch("cap", int(kw), int(top) if top else None, "b"))
    assert len(asked) == 2
    found = limits_of(asked, {"a": program(), "b": program()})
    assert min(one.limit_w for one in found) == int(limit_kw)


def test_when_miners_are_told() -> None:
    """Announced for 19:10; then issued at 19:05, to be there within ten minutes."""
    announced = dispatch("e", 0, issued_at=moment("18:59"), start=moment("19:10"), end=None)
    site = replace(SITE, programs={"a": program()})
    assert told_from(announced, site, 240) == moment("19:06")
    assert told_from(announced, site, 30) == moment("19:09").replace(second=30)
    quick = replace(announced, issued_at=moment("19:05"))
    within = replace(SITE, programs={"a": program(response_s=600)})
    assert told_from(quick, within, 240) == told_from(quick, within, 30) == moment("19:10")


def moment(text: str) -> Any:
    hour, minute = text.split(":")
    return NOW.replace(hour=int(hour), minute=int(minute))


def test_what_opting_out_costs() -> None:
    terms = Program(
        authority="grid",
        allowed=("reduce_by_kw",),
        penalty_per_mwh=Decimal(400),
        penalty_per_dispatch=Decimal(250),
    )
    assert "250 + 400 × 0.05 × 1 = 270 $" in TEXT
    shown = penalty(dispatch("e", 100_000, 150_000), terms, SITE, NOW)
    assert shown.amount == Decimal(270)
