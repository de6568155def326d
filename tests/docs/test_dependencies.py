"""docs/dependencies.md has a line for each dependency, and none for another."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from typing import Any

import pytest

from tests.docs.pages import ROOT

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TEXT = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
BUILD = PROJECT["build-system"]["requires"]
RUN = PROJECT["project"]["dependencies"]
EXTRAS = dict(PROJECT["project"]["optional-dependencies"])
DEV = [one for one in EXTRAS.pop("dev") if not one.startswith("curtaild[")]


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    section = re.split(r"^## ", TEXT.partition(f"## {heading}\n")[2], flags=re.MULTILINE)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def names(requirements: Iterable[str]) -> list[str]:
    return sorted(re.split(r"[<>=\[ ]", one, maxsplit=1)[0] for one in requirements)


@pytest.mark.parametrize(
    ("heading", "required"),
    [
        ("To run", RUN),
        ("Extras", [one for extra in EXTRAS.values() for one in extra]),
        ("To build and check", [*BUILD, *DEV]),
    ],
)
def test_each_dependency_has_its_line(heading: str, required: list[str]) -> None:
    assert sorted(name.strip("`") for name, *_ in rows(heading)) == names(required)


@pytest.mark.parametrize("heading", ["To run", "Extras", "To build and check"])
def test_each_line_says_why_licence_and_what_else(heading: str) -> None:
    assert [row for row in rows(heading) if len(row) != 4 or not all(row)] == []
