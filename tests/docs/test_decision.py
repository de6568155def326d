"""docs/decision.md: every rule has a worked example, and every example is what the code decides.

An example is a scenario, in the form of tests/scenarios and with the keys of the page's first block
where it does not say them itself, or lines of Python with what they come to.
"""

from __future__ import annotations

import doctest
import re
from io import StringIO
from typing import Any, NamedTuple

import pytest
import yaml

from controller.config.yaml12 import Loader
from tests.core.promises import broken
from tests.docs.pages import ROOT
from tests.scenarios.expectations import disappointments
from tests.scenarios.form import Scenario, scenario_of, text_keys
from tests.scenarios.runner import run

PAGE = (ROOT / "docs" / "decision.md").read_text(encoding="utf-8")
RULE = re.compile(r"^### (?P<rule>.+)\n(?P<text>(?:(?!^##).*\n)+)", re.MULTILINE)
SCENARIO = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Example(NamedTuple):
    rule: str
    text: str


def rules() -> list[tuple[str, str]]:
    return [(found["rule"], found["text"]) for found in RULE.finditer(PAGE)]


def examples(kind: re.Pattern[str]) -> list[Example]:
    return [Example(rule, found) for rule, text in rules() for found in kind.findall(text)]


def plain(text: str) -> dict[str, Any]:
    found: dict[str, Any] = text_keys(yaml.load(text, Loader))
    return found


def scenario(example: Example) -> Scenario:
    """With what holds of all of them: the first block of the page, before any rule."""
    unless_said = plain(SCENARIO.findall(PAGE.partition("\n### ")[0])[0])
    return scenario_of(
        {"title": example.rule, "description": "", **unless_said, **plain(example.text)}
    )


def failures(example: Example) -> str:
    """What lines of Python come to instead; nothing where they come to what they show."""
    test = doctest.DocTestParser().get_doctest(example.text, {}, example.rule, "decision.md", 0)
    assert test.examples, "nothing is executed"
    said = StringIO()
    doctest.DocTestRunner(verbose=False).run(test, out=said.write)
    return said.getvalue()


def test_every_rule_has_an_example() -> None:
    assert len(rules()) > 40
    shown = {one.rule for kind in (SCENARIO, PYTHON) for one in examples(kind)}
    assert [rule for rule, _ in rules() if rule not in shown] == []


@pytest.mark.parametrize("example", examples(SCENARIO), ids=lambda one: one.rule)
def test_the_example_is_what_the_code_decides(example: Example) -> None:
    told = scenario(example)
    assert told.expect, "an example says what has to come of it"
    cycles = run(told)
    assert disappointments(told, cycles) == []
    kept = (broken(one.seen, one.before, one.plan, one.after, one.next_at) for one in cycles)
    assert [line for lines in kept for line in lines] == []


@pytest.mark.parametrize("example", examples(PYTHON), ids=lambda one: one.rule)
def test_the_lines_come_to_what_they_show(example: Example) -> None:
    assert failures(example) == ""


def test_a_wrong_result_would_be_found() -> None:
    assert "Got:\n    2" in failures(Example("one and one", ">>> 1 + 1\n3\n"))
