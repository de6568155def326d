"""Every command that the documents tell somebody to type is one."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pytest

from controller.__main__ import _parser
from tests.docs.pages import ROOT, Page, pages

_COMMAND = re.compile(r"(?:^|[ /$])curtaild +([a-z][^`\n|>#;&]*)")
_MAKE = re.compile(r"\bmake ([a-z][a-z-]*)")
_TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)


def commands(page: Page) -> Iterator[str]:
    """The words after `curtaild`, without what a shell makes of the rest of the line."""
    lines = [line for block in page.blocks() for line in block.replace("\\\n", "").splitlines()]
    for line in [*lines, *page.spans()]:
        if not line.startswith("#"):
            yield from _COMMAND.findall(line)


def refused(command: str) -> bool:
    """Whether the command line would not take it. Mentions may leave out the configuration, and
    an action where the command has several."""
    words = shlex.split(command)
    if not any(word.startswith("--") for word in words):
        words.append("--help")
    elif "--config" not in words:
        words += ["--config", "site.yaml"]
    try:
        _parser().parse_args(words)
    except SystemExit as ended:
        return ended.code != 0
    return False


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.place)
def test_commands_are_taken(page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    assert [command for command in commands(page) if refused(command)] == []


def test_the_readme_names_every_command() -> None:
    named = {command.split()[0] for command in commands(Page(ROOT / "README.md"))}
    assert named >= {"check", "feeds", "fleet", "ledger", "plan", "replay", "run", "status"}


@pytest.mark.parametrize("wrong", ["runs", "run --shadows", "ledger exports", "feeds tests"])
def test_a_wrong_command_would_be_found(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(wrong)


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.place)
def test_targets_of_make_are_there(page: Page) -> None:
    targets = set(_TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    named = {name for code in (*page.blocks(), *page.spans()) for name in _MAKE.findall(code)}
    assert named <= targets
