"""Which tests run which line of the core, and how long each takes."""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import coverage
import pytest

from .mutants import CORE, Mutant, modules


@dataclass(frozen=True)
class Reach:
    """Of all tests, by the order in which they were collected."""

    tests: tuple[str, ...]
    seconds: tuple[float, ...]
    lines: dict[str, dict[int, tuple[int, ...]]]
    """By file and line, the tests that run it."""

    def of(self, mutant: Mutant) -> list[int]:
        """The tests that run the place of a mutant, the quickest first."""
        found: set[int] = set()
        for file, first, last in self._where(mutant):
            by_line = self.lines.get(file, {})
            for line in range(first, last + 1):
                found.update(by_line.get(line, ()))
        return sorted(found, key=lambda which: (self.seconds[which], which))

    def _where(self, mutant: Mutant) -> Iterable[tuple[str, int, int]]:
        """A constant is run where it is read, a function where it is changed."""
        if not mutant.place.name.isupper():
            return [(mutant.place.file, *mutant.lines)]
        return [
            (file, number, number)
            for file, text in self._texts.items()
            for number, line in enumerate(text, start=1)
            if mutant.place.name in line
        ]

    @cached_property
    def _texts(self) -> dict[str, list[str]]:
        return {
            str(path.relative_to(CORE)): path.read_text(encoding="utf-8").splitlines()
            for path in modules()
        }


class Recorder:
    """A plugin that runs every `parts`th test from `part` on and records what it reaches."""

    def __init__(self, out: Path, part: int, parts: int) -> None:
        self.out = out
        self._part, self._parts = part, parts
        self._coverage = coverage.Coverage(data_file=None, source=[str(CORE)], config_file=False)
        self._seconds: dict[str, float] = {}
        self.failed: list[str] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = items[self._part :: self._parts]
        self._coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self._coverage.switch_context(item.nodeid)
        began = time.process_time()
        found = yield
        self._seconds[item.nodeid] = time.process_time() - began
        return found

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        self._coverage.stop()
        data = self._coverage.get_data()
        lines = {
            str(Path(file).relative_to(CORE)): {
                str(line): [one for one in contexts if one]
                for line, contexts in data.contexts_by_lineno(file).items()
            }
            for file in data.measured_files()
        }
        self.out.write_text(json.dumps({"seconds": self._seconds, "lines": lines}), "utf-8")


def together(parts: Iterable[Path]) -> Reach:
    """What several recorders have written, as one."""
    seconds: dict[str, float] = {}
    lines: dict[str, dict[int, set[str]]] = {}
    for path in parts:
        part = json.loads(path.read_text(encoding="utf-8"))
        seconds |= part["seconds"]
        for file, by_line in part["lines"].items():
            for line, tests in by_line.items():
                lines.setdefault(file, {}).setdefault(int(line), set()).update(tests)
    tests = tuple(sorted(seconds))
    number = {name: which for which, name in enumerate(tests)}
    numbered = {
        file: {line: tuple(number[one] for one in found) for line, found in by_line.items()}
        for file, by_line in lines.items()
    }
    return Reach(tests, tuple(seconds[one] for one in tests), numbered)
