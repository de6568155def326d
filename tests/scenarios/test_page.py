"""docs/scenarios.md says what the scenario files say."""

from __future__ import annotations

import msgspec

from tests.scenarios.blocks import block
from tests.scenarios.form import Event, Expectation, Scenario
from tests.scenarios.page import PAGE, stories


def test_the_stories_are_made_of_the_files() -> None:
    assert block(PAGE, "stories") == stories(), "write them: python -m tests.scenarios.page"


def test_every_key_of_a_file_is_explained() -> None:
    names = {
        field.name
        for part in (Scenario, Event, Expectation)
        for field in msgspec.structs.fields(part)
    }
    explained = PAGE.read_text(encoding="utf-8")
    assert sorted(name for name in names if f"`{name}`" not in explained) == []
