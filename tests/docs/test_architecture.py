"""docs/architecture.md draws the floors as they are, and as `.importlinter` checks them."""

from __future__ import annotations

import re
from configparser import ConfigParser
from itertools import pairwise

from tests.docs.pages import ROOT

TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
FLOOR = re.compile(r"^\| (\d+) \| (.+?) \|", re.MULTILINE)


def drawn() -> dict[str, int]:
    """By module, its floor."""
    return {
        module: int(floor)
        for floor, modules in FLOOR.findall(TEXT)
        for module in re.findall(r"`(\w+)`", modules)
        if (ROOT / "controller" / module).exists()
        or (ROOT / "controller" / f"{module}.py").exists()
    }


def checked() -> list[list[str]]:
    """The layers of the contract, from the top."""
    contract = ConfigParser()
    contract.read(ROOT / ".importlinter", encoding="utf-8")
    lines = contract["importlinter:contract:floors"]["layers"].split("\n")
    return [re.findall(r"(\w+)(?: *\||$)", line) for line in lines if line]


def test_every_module_stands_on_a_floor() -> None:
    packages = {path.parent.name for path in (ROOT / "controller").glob("*/__init__.py")}
    modules = {path.stem for path in (ROOT / "controller").glob("*.py")} - {"__init__"}
    assert drawn().keys() == packages | modules


def test_the_contract_checks_the_floors_that_are_drawn() -> None:
    floors = [{drawn()[module] for module in layer} for layer in checked()]
    assert len(floors) > 8
    assert all(len(layer) == 1 for layer in floors)
    assert all(max(upper) > max(lower) for upper, lower in pairwise(floors))
