"""docs/dispatches.md: its examples are accepted and its codes are those that there are."""

from __future__ import annotations

import json
import re
from pathlib import Path

from controller.core.dispatch_body import Code
from controller.model.grid import Dispatch
from tests.core.dispatches import accepted

TEXT = (Path(__file__).parents[2] / "docs" / "dispatches.md").read_text(encoding="utf-8")


def test_the_examples_are_accepted_one_after_the_other() -> None:
    known: list[Dispatch] = []
    for example in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL):
        known = [accepted(json.loads(example), *known)]
    assert known[0].cancelled


def test_every_code_is_explained() -> None:
    refusals = TEXT[TEXT.index("## Refusals") : TEXT.index("## People")]
    assert set(re.findall(r"^\| `(\w+)` \|", refusals, re.MULTILINE)) == {
        code.value for code in Code
    }
